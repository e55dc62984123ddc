import {
  type ForecastAlert,
  RESOLVED_BY_RECOVERY,
  type RecoveredAlert,
  type ThresholdAlert,
} from "./alert.ts";
import {
  type Amount,
  type Budget,
  type Threshold,
  type ThresholdBasis,
  thresholdAmount,
  thresholdIdOf,
} from "./budget.ts";
import type { Period } from "./period.ts";
import type { Projection } from "./projection.ts";
import type { Instant } from "./time.ts";

/** Names the crossing of a threshold of a budget in a period. */
export function alertIdOf(budget: Budget, period: Period, threshold: Threshold): string {
  return crossingIdOf(budget, period, thresholdIdOf(threshold));
}

/** The same by the id of the threshold, and for another revision than that of `budget`. */
export function crossingIdOf(
  { budgetId, revision: present }: Budget,
  period: Period,
  thresholdId: string,
  revision: number = present,
): string {
  return `${budgetId}.${period.id}.${thresholdId}.r${revision}`;
}

/** Whether an alert was raised by the budget as it is, and not before its limit or its thresholds changed. */
export function isOfPresentRevision(
  { alertId, period, thresholdId }: CrossingAlert,
  budget: Budget,
): boolean {
  const crossing = crossingIdOf(budget, period, thresholdId);
  return alertId === crossing || alertId.startsWith(`${crossing}.`);
}

/**
 * Names a crossing for the `time`th time, counted from 1: what had recovered, because spending was corrected or more was
 * allowed for a while, has happened again.
 */
export function repeatedCrossingId(crossingId: string, time: number): string {
  return time === 1 ? crossingId : `${crossingId}.${time}`;
}

/** Alerts that may recover. */
export type CrossingAlert = ThresholdAlert | ForecastAlert;

/** What is known of a budget in a period at a moment, as far as its alerts depend on it. */
export interface BudgetReading {
  readonly budget: Budget;
  readonly period: Period;
  readonly limit: Amount;
  readonly spent: Amount;
  readonly projection?: Projection;
  readonly now: Instant;
}

/**
 * Alerts that are due by `reading`, the highest threshold first, so that a crash between two puts never leaves a lower
 * one to be told on its own. What has been crossed is not forecast as well.
 */
export function dueAlerts(reading: BudgetReading): CrossingAlert[] {
  const reached = reachedThresholds(reading, "actual");
  const forecast = reachedThresholds(reading, "forecast").filter(
    ({ amount }) => !reading.spent.atLeast(amount),
  );
  return [
    ...reached.map((one, index) => ({
      ...atThreshold(reading, one),
      kind: "budget_threshold" as const,
      notify: index === 0,
    })),
    ...forecast.map((one, index) => ({
      ...atThreshold(reading, one),
      kind: "budget_forecast" as const,
      projected: reading.projection?.spent ?? reading.spent,
      notify: index === 0,
    })),
  ];
}

interface ReachedThreshold {
  readonly threshold: Threshold;
  readonly amount: Amount;
}

/** Thresholds that have been reached, the highest first. Exactly on the threshold counts. */
function reachedThresholds({ budget, limit, spent, projection }: BudgetReading, on: ThresholdBasis) {
  const measured = on === "actual" ? spent : projection?.spent;
  if (measured === undefined) return [];
  return budget.thresholds
    .filter((threshold) => threshold.on === on)
    .map((threshold): ReachedThreshold => ({ threshold, amount: thresholdAmount(threshold, limit) }))
    .filter(({ amount }) => measured.atLeast(amount))
    .sort((a, b) => b.amount.compare(a.amount));
}

function atThreshold(reading: BudgetReading, { threshold, amount }: ReachedThreshold) {
  return {
    alertId: alertIdOf(reading.budget, reading.period, threshold),
    ...budgetAlertBase(reading),
    level: threshold.level,
    thresholdId: thresholdIdOf(threshold),
    ...("percent" in threshold.at && { thresholdPercent: threshold.at.percent }),
    thresholdAmount: amount,
  };
}

/** What every alert of a budget says. */
export function budgetAlertBase({ budget, period, limit, spent, projection, now }: BudgetReading) {
  return {
    budgetId: budget.budgetId,
    budgetName: budget.name,
    scope: budget.scope,
    unit: budget.unit,
    amount: limit,
    spent,
    period,
    timeZone: budget.calendar.timeZone,
    ...(budget.contact !== undefined && { contact: budget.contact }),
    ...(projection && { projected: projection.spent }),
    ...(projection?.exhaustedAt !== undefined && { exhaustedAt: projection.exhaustedAt }),
    raisedAt: now,
    state: "open" as const,
  };
}

/**
 * Alerts that what `raised` told of is no longer so, the highest threshold first and it alone to be told. There is none for
 * what still is. A forecast of a period that is over is held against how that ended.
 */
export function recoveredAlerts(raised: readonly CrossingAlert[], reading: BudgetReading): RecoveredAlert[] {
  return raised
    .flatMap((alert) => recoveredAlert(alert, reading) ?? [])
    .sort((a, b) => b.thresholdAmount.compare(a.thresholdAmount))
    .map((alert, index) => ({ ...alert, notify: index === 0 }));
}

function recoveredAlert(raised: CrossingAlert, reading: BudgetReading): RecoveredAlert | undefined {
  const { alertId, level, thresholdId, thresholdPercent } = raised;
  const { limit, spent, projection, now } = reading;
  const amount =
    thresholdPercent === undefined
      ? raised.thresholdAmount
      : thresholdAmount({ at: { percent: thresholdPercent } }, limit);
  const measured = raised.kind === "budget_threshold" ? spent : (projection?.spent ?? spent);
  if (measured.atLeast(amount)) return undefined;
  return {
    alertId: `${alertId}.recovered`,
    ...budgetAlertBase(reading),
    kind: "budget_recovered",
    level: "INFO",
    thresholdId,
    ...(thresholdPercent !== undefined && { thresholdPercent }),
    thresholdAmount: amount,
    recoveredAlertId: alertId,
    recoveredLevel: level,
    state: "resolved",
    resolved: { at: now, by: RESOLVED_BY_RECOVERY },
    notify: true,
  };
}
