import {
  type Amount,
  type Budget,
  type BudgetCreation,
  type BudgetStatus,
  type BudgetTerms,
  HOUR_MS,
  type Instant,
  increaseProblem,
  limitOf,
  managedBudgetId,
  type Period,
  type PeriodHistory,
  plusMs,
  type TemporaryIncrease,
  type TermsUpdate,
} from "@ai-usage/core";
import * as z from "zod";
import {
  changeableFields,
  excessProblem,
  limitAmountField,
  reasonField,
  rolloverFromWire,
  spikeFromWire,
  termsFields,
  termsFromWire,
  termsProblemError,
  thresholdsFromWire,
  toWireTerms,
} from "./budget-terms-wire.ts";
import { instantField, nameField, pageFields, scopeField, wordField } from "./fields.ts";
import { fieldProblem, parseOrProblem } from "./problem.ts";

export const managedByField = z
  .string({ error: () => "must be a string" })
  .regex(/^code:[\w.-]{1,64}$/, "must be code: and the name of the set, for example code:main");

/** By what set of budgets as code it is kept, and what that calls it. */
export const managedFields = {
  managed_by: managedByField.optional(),
  managed_key: nameField.optional(),
  reason: reasonField.optional(),
};

/** Body of `POST /budgets`. */
export const budgetSchema = z.strictObject({ scope: scopeField, ...termsFields, ...managedFields });

/** @throws ProblemError 400 when one is given without the other */
export function managerFromWire({
  managed_by: managedBy,
  managed_key: managedKey,
}: {
  managed_by?: string;
  managed_key?: string;
}): { managedBy: string; managedKey: string } | undefined {
  if (managedBy !== undefined && managedKey !== undefined) return { managedBy, managedKey };
  if (managedBy !== undefined) throw fieldProblem("managed_key", "must be given with managed_by");
  if (managedKey !== undefined) throw fieldProblem("managed_by", "must be given with managed_key");
  return undefined;
}

/**
 * Reads the body of `POST /budgets`. What manages a budget and its key make its id: however often it is made, there is one.
 *
 * @param newId the id of a budget that nothing manages
 * @throws ProblemError 400
 */
export function parseNewBudget(body: unknown, newId: string): { creation: BudgetCreation; reason?: string } {
  const wire = parseOrProblem(budgetSchema, body);
  const terms: BudgetTerms = { ...termsFromWire(wire, wire.scope), scope: wire.scope };
  const manager = managerFromWire(wire);
  const budgetId = manager ? managedBudgetId(manager.managedBy, manager.managedKey, terms) : newId;
  return {
    creation: { kind: "create", budgetId, terms, ...manager },
    ...(wire.reason !== undefined && { reason: wire.reason }),
  };
}

const fixedField = z.never({
  error: () => "cannot be changed: make a new budget, and deactivate this one",
});

/** Body of `PATCH /budgets/{id}`. */
export const budgetPatchSchema = z.strictObject({
  name: nameField.optional(),
  amount: limitAmountField.optional(),
  thresholds: changeableFields.thresholds,
  enforcement: changeableFields.enforcement.unwrap().optional(),
  fail_mode: changeableFields.fail_mode.unwrap().optional(),
  rollover: changeableFields.rollover.nullable(),
  spike: changeableFields.spike.nullable(),
  contact: changeableFields.contact.nullable(),
  metadata: changeableFields.metadata.unwrap().optional(),
  reason: reasonField.optional(),
  scope: fixedField.optional(),
  unit: fixedField.optional(),
  period: fixedField.optional(),
  time_zone: fixedField.optional(),
  week_starts_on: fixedField.optional(),
  fiscal_year_starts_in: fixedField.optional(),
});

/**
 * Reads the body of `PATCH /budgets/{id}`: `null` ends what a budget may go without.
 * @throws ProblemError 400
 */
export function parseBudgetPatch(body: unknown, budget: Budget): { terms: TermsUpdate; reason?: string } {
  const { reason, rollover, spike, thresholds, fail_mode, ...wire } = parseOrProblem(budgetPatchSchema, body);
  const amount = wire.amount ?? budget.amount;
  const all: TermsUpdate = {
    name: wire.name,
    amount: wire.amount,
    thresholds: thresholds && thresholdsFromWire(thresholds, amount),
    enforcement: wire.enforcement,
    failMode: fail_mode,
    rollover: rollover && rolloverFromWire(rollover, amount),
    spike: spike && spikeFromWire(spike),
    contact: wire.contact,
    metadata: wire.metadata,
  };
  const terms: TermsUpdate = Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  );
  if (Object.keys(terms).length === 0)
    throw fieldProblem(
      "(body)",
      "must have at least one of name, amount, thresholds, enforcement and the like",
    );
  const problem = excessProblem(budget.unit, terms);
  if (problem) throw termsProblemError(problem);
  return { terms, ...(reason !== undefined && { reason }) };
}

const INCREASE_HOURS_MAX = 366 * 24;

/** Body of `POST /budgets/{id}/increases`. */
export const increaseSchema = z.strictObject({
  amount: limitAmountField,
  from: instantField.optional(),
  until: instantField.optional(),
  hours: z
    .number({ error: () => "must be a number of hours" })
    .positive("must be more than zero")
    .max(INCREASE_HOURS_MAX, `must be at most ${INCREASE_HOURS_MAX}: change the amount for longer`)
    .optional(),
  reason: reasonField,
});

/**
 * Reads the body of `POST /budgets/{id}/increases`. One that would have begun before `now` begins now.
 * @throws ProblemError 400
 */
export function parseIncrease(
  body: unknown,
  { budget, ...made }: { budget: Budget; increaseId: string; now: Instant; by: string },
): TemporaryIncrease {
  const { amount, hours, reason, ...wire } = parseOrProblem(increaseSchema, body);
  if ((wire.until === undefined) === (hours === undefined))
    throw fieldProblem("until", "or hours must be given, one of the two");
  const from = wire.from !== undefined && wire.from > made.now ? wire.from : made.now;
  if (from > plusMs(made.now, INCREASE_HOURS_MAX * HOUR_MS))
    throw fieldProblem("from", "must be within 366 days");
  const until = wire.until ?? plusMs(from, Math.round((hours ?? 0) * HOUR_MS));
  const increase = { increaseId: made.increaseId, amount, from, until, by: made.by, reason };
  const problem = increaseProblem(increase, budget.unit) ?? excessProblem(budget.unit, increase);
  if (problem) throw termsProblemError(problem);
  if (until > plusMs(from, INCREASE_HOURS_MAX * HOUR_MS))
    throw fieldProblem("until", "must be within 366 days: change the amount for longer");
  return increase;
}

/** Query of `GET /budgets`. */
export const budgetListSchema = z
  .strictObject({
    ...pageFields,
    scope: scopeField.optional(),
    active: wordField(["true", "false"])
      .transform((word) => word === "true")
      .optional(),
    managed_by: z.string().max(100, "is nothing that manages budgets").optional(),
  })
  .transform(({ managed_by: managedBy, ...query }) => ({ ...query, managedBy }));

/** @throws ProblemError 400 that names every parameter that is wrong */
export function parseBudgetList(query: unknown) {
  return parseOrProblem(budgetListSchema, query);
}

const PERIODS_MAX = 120;

/** Query of `GET /budgets/{id}/history`. */
export const historySchema = z.strictObject({
  periods: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, `must be a whole number from 1 to ${PERIODS_MAX}`)
    .transform(Number)
    .refine((periods) => periods <= PERIODS_MAX, `must be a whole number from 1 to ${PERIODS_MAX}`)
    .default(12),
});

/** How many periods `GET /budgets/{id}/history` is asked for. */
export function parseHistoryQuery(query: unknown): number {
  return parseOrProblem(historySchema, query).periods;
}

/** @param now when its increases are looked at */
export function toWireBudget(budget: Budget, now: Instant) {
  const { name, ...terms } = toWireTerms(budget);
  return {
    budget_id: budget.budgetId,
    name,
    scope: budget.scope,
    ...terms,
    active: budget.active,
    revision: budget.revision,
    created_at: budget.createdAt,
    created_by: budget.createdBy,
    updated_at: budget.updatedAt,
    ...(budget.managedBy !== undefined && { managed_by: budget.managedBy }),
    ...(budget.managedKey !== undefined && { managed_key: budget.managedKey }),
    increases: budget.increases.map((increase) => toWireIncrease(increase, now)),
  };
}

export function toWireIncrease({ increaseId, amount, ...increase }: TemporaryIncrease, now: Instant) {
  return {
    increase_id: increaseId,
    amount: amount.toString(),
    from: increase.from,
    until: increase.until,
    by: increase.by,
    reason: increase.reason,
    state: stateOf(increase, now),
  };
}

function stateOf(
  { from, until }: Pick<TemporaryIncrease, "from" | "until">,
  now: Instant,
): "planned" | "in_force" | "ended" {
  if (until <= now) return "ended";
  return from <= now ? "in_force" : "planned";
}

/** `limit = spent + reserved + remaining`, always. */
export function toWireBudgetStatus(status: BudgetStatus, now: Instant) {
  const { limitParts, projection, wouldHaveRefused } = status;
  return {
    budget: toWireBudget(status.budget, now),
    period: toWirePeriod(status.period),
    limit: status.limit.toString(),
    limit_parts: {
      amount: limitParts.amount.toString(),
      rolled_over: limitParts.rolledOver.toString(),
      increased: limitParts.increased.toString(),
    },
    spent: status.spent.toString(),
    reserved: status.reserved.toString(),
    remaining: status.remaining.toString(),
    percent_used: status.percentUsed,
    exceeded: status.exceeded,
    overage: status.overage.toString(),
    hours_until_reset: status.hoursUntilReset,
    unpriced_calls: status.unpricedCalls,
    ...(projection && {
      projected: {
        spent: projection.spent.toString(),
        per_hour: projection.perHour.toString(),
        ...(projection.exhaustedAt !== undefined && { exhausted_at: projection.exhaustedAt }),
      },
    }),
    ...(wouldHaveRefused && {
      would_have_refused: { calls: wouldHaveRefused.calls, amount: wouldHaveRefused.amount.toString() },
    }),
  };
}

/** Periods newest first. */
export function toWireBudgetHistory(budget: Budget, periods: readonly PeriodHistory[], now: Instant) {
  return {
    budget: toWireBudget(budget, now),
    periods: periods.map(({ period, budgeted: amount, rolledOver, increased, spent }) => {
      const limit: Amount = limitOf({ amount, rolledOver, increased });
      return {
        ...toWirePeriod(period),
        budgeted: amount.toString(),
        rolled_over: rolledOver.toString(),
        increased: increased.toString(),
        limit: limit.toString(),
        spent: spent.toString(),
        percent_used: limit.isZero() ? "100" : spent.percentOf(limit),
        running: period.start <= now && now < period.end,
      };
    }),
  };
}

const toWirePeriod = ({ id, kind, start, end }: Period) => ({ id, kind, start, end });
