import {
  type Budget,
  type BudgetStatus,
  defaultLevelOf,
  defaultThresholds,
  type Instant,
  Money,
  periodKinds,
  type Threshold,
  thresholdLevels,
} from "@ai-usage/core";
import * as z from "zod";
import { amountField, nameField, scopeField, wordField } from "./fields.ts";
import { timeZoneField } from "./usage-wire.ts";

const THRESHOLDS_MAX = 10;

const percentField = z
  .union([z.string(), z.number()], { error: () => "must be a percentage" })
  .transform(String)
  .refine(
    (text) => /^\d{1,4}(\.\d{1,2})?$/.test(text) && Number(text) > 0 && Number(text) <= 1000,
    "must be a percentage above 0 and up to 1000, with at most two decimals",
  )
  .transform((text) => String(Number(text)));

const thresholdField = z.union(
  [percentField, z.strictObject({ percent: percentField, level: wordField(thresholdLevels).optional() })],
  { error: () => 'must be a percentage, or {"percent", "level"}' },
);

const budgetSchema = z.strictObject({
  scope: scopeField,
  amount: amountField.refine((amount) => !amount.isZero(), "must be more than zero"),
  period: wordField(periodKinds),
  time_zone: timeZoneField.default("UTC"),
  thresholds: z
    .array(thresholdField, { error: () => "must be a list of percentages" })
    .min(1, "must not be empty")
    .max(THRESHOLDS_MAX, `must have at most ${THRESHOLDS_MAX} entries`)
    .optional(),
  name: nameField.optional(),
});

/** Reads the body of `POST /budgets`; id and time come from the edge. */
export function budgetFromWire(wire: z.output<typeof budgetSchema>, id: string, now: Instant): Budget {
  return {
    budgetId: id,
    name: wire.name ?? `${wire.scope} ${wire.period}`,
    scope: wire.scope,
    amount: wire.amount,
    period: wire.period,
    timeZone: wire.time_zone,
    thresholds: thresholdsOf(wire.thresholds),
    active: true,
    revision: 1,
    createdAt: now,
  };
}

export { budgetSchema };

function thresholdsOf(wire: z.output<typeof budgetSchema>["thresholds"]): readonly Threshold[] {
  if (wire === undefined) return defaultThresholds;
  const byPercent = new Map<string, Threshold>();
  for (const one of wire) {
    const { percent, level } = typeof one === "string" ? { percent: one, level: undefined } : one;
    byPercent.set(percent, { percent, level: level ?? defaultLevelOf(percent) });
  }
  return [...byPercent.values()].sort((a, b) => Number(a.percent) - Number(b.percent));
}

export function toWireBudget(budget: Budget) {
  return {
    budget_id: budget.budgetId,
    name: budget.name,
    scope: budget.scope,
    amount: budget.amount.toString(),
    currency: "USD",
    period: budget.period,
    time_zone: budget.timeZone,
    thresholds: budget.thresholds.map(({ percent, level }) => ({
      percent,
      level,
      amount: budget.amount.times(percent).dividedBy("100").toString(),
    })),
    active: budget.active,
    revision: budget.revision,
    created_at: budget.createdAt,
  };
}

export function toWireBudgetStatus(status: BudgetStatus) {
  const { period } = status;
  return {
    budget: toWireBudget(status.budget),
    period: { id: period.id, kind: period.kind, start: period.start, end: period.end },
    amount: status.budget.amount.toString(),
    spent: status.spent.toString(),
    reserved: Money.zero.toString(),
    remaining: status.remaining.toString(),
    percent_used: status.percentUsed,
    exceeded: status.exceeded,
    overage: status.overage.toString(),
    hours_until_reset: status.hoursUntilReset,
    unpriced_calls: status.unpricedCalls,
  };
}
