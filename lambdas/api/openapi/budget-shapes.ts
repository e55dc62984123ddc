import {
  budgetEditKinds,
  enforcements,
  failModes,
  periodKinds,
  proposalStates,
  thresholdBases,
  weekdays,
} from "@ai-usage/core";
import * as z from "zod";
import {
  amountShape,
  countShape,
  instantShape,
  levelShape,
  named,
  periodShape,
  scopeShape,
  unitShape,
} from "./shapes.ts";

const termsFields = {
  name: z.string(),
  unit: unitShape,
  amount: amountShape,
  currency: z.literal("USD").optional(),
  period: z.enum(periodKinds),
  time_zone: z.string(),
  week_starts_on: z.enum(weekdays),
  fiscal_year_starts_in: z.int().min(1).max(12),
  thresholds: z.array(
    z.object({
      percent: z.string().optional(),
      amount: amountShape,
      on: z.enum(thresholdBases),
      level: levelShape,
    }),
  ),
  enforcement: z.enum(enforcements),
  fail_mode: z.enum(failModes),
  rollover: z.object({ cap: amountShape }).optional(),
  spike: z.object({ times: z.string(), at_least: amountShape }).optional(),
  contact: z.string().optional(),
  metadata: z.record(z.string(), z.string()),
};

const managed = {
  managed_by: z.string().optional().describe("What keeps it as it is: people do where this is absent."),
  managed_key: z.string().optional(),
};

export const budgetShape = z
  .object({
    budget_id: z.string(),
    scope: scopeShape,
    ...termsFields,
    active: z.boolean(),
    revision: countShape.describe("Goes up with each change of the limit or the thresholds."),
    created_at: instantShape,
    created_by: z.string(),
    updated_at: instantShape,
    ...managed,
    increases: z.array(
      z.object({
        increase_id: z.string(),
        amount: amountShape,
        from: instantShape,
        until: instantShape,
        by: z.string(),
        reason: z.string(),
        state: z.enum(["planned", "in_force", "ended"]),
      }),
    ),
  })
  .register(named, { id: "Budget" });

export const templateShape = z
  .object({
    template_id: z.string(),
    pattern: z.string(),
    ...termsFields,
    active: z.boolean(),
    created_at: instantShape,
    created_by: z.string(),
    ...managed,
  })
  .register(named, { id: "BudgetTemplate" });

/** All that an update would change, in the words of its request; what is null ends. */
const changesShape = z.object({
  name: termsFields.name.optional(),
  amount: amountShape.optional(),
  thresholds: z
    .array(
      z.object({
        percent: z.string().optional(),
        amount: amountShape.optional(),
        on: z.enum(thresholdBases),
        level: levelShape,
      }),
    )
    .optional(),
  enforcement: termsFields.enforcement.optional(),
  fail_mode: termsFields.fail_mode.optional(),
  rollover: termsFields.rollover.nullable(),
  spike: termsFields.spike.nullable(),
  contact: termsFields.contact.nullable(),
  metadata: termsFields.metadata.optional(),
});

export const proposalShape = z
  .object({
    proposal_id: z.string(),
    budget_id: z.string(),
    scope: scopeShape,
    state: z.enum(proposalStates),
    kind: z.enum(budgetEditKinds),
    amount_before: amountShape,
    amount_after: amountShape,
    changes: changesShape.optional(),
    from: instantShape.optional(),
    until: instantShape.optional(),
    reason: z.string().optional(),
    proposed_at: instantShape,
    proposed_by: z.string(),
    decided_at: instantShape.optional(),
    decided_by: z.string().optional(),
    decision_reason: z.string().optional(),
  })
  .register(named, { id: "BudgetProposal", description: "A raise that waits for a second person." });

export const proposedShape = z.object({ budget: budgetShape, proposal: proposalShape });

export const statusShape = z
  .object({
    budget: budgetShape,
    period: periodShape,
    limit: amountShape.describe("`spent`, `reserved` and `remaining` together."),
    limit_parts: z.object({ amount: amountShape, rolled_over: amountShape, increased: amountShape }),
    spent: amountShape,
    reserved: amountShape,
    remaining: amountShape,
    percent_used: z.string(),
    exceeded: z.boolean(),
    overage: amountShape,
    hours_until_reset: z.number(),
    unpriced_calls: countShape,
    projected: z
      .object({ spent: amountShape, per_hour: amountShape, exhausted_at: instantShape.optional() })
      .optional(),
    would_have_refused: z.object({ calls: countShape, amount: amountShape }).optional(),
  })
  .register(named, { id: "BudgetStatus" });

export const historyShape = z
  .object({
    budget: budgetShape,
    periods: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(periodKinds),
        start: instantShape,
        end: instantShape,
        budgeted: amountShape,
        rolled_over: amountShape,
        increased: amountShape,
        limit: amountShape,
        spent: amountShape,
        percent_used: z.string(),
        running: z.boolean(),
      }),
    ),
  })
  .register(named, { id: "BudgetHistory" });

export const changeShape = z
  .object({
    change_id: z.string(),
    at: instantShape,
    by: z.string(),
    approved_by: z.string().optional(),
    kind: z.enum(budgetEditKinds),
    reason: z.string().optional(),
    before: budgetShape.optional(),
    after: budgetShape,
  })
  .register(named, { id: "BudgetChange" });
