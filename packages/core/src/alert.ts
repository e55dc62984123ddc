import {
  type Budget,
  reachedThresholds,
  type Threshold,
  type ThresholdLevel,
  thresholdAmount,
} from "./budget.ts";
import type { Money } from "./money.ts";
import type { Period } from "./period.ts";
import type { Scope } from "./scope.ts";
import type { Instant } from "./time.ts";

/**
 * A budget's threshold was crossed. There is one per budget, period, threshold and revision of the limit: they make
 * up the id, and the store puts an alert only if it is absent.
 */
export interface Alert {
  readonly alertId: string;
  readonly budgetId: string;
  readonly budgetName: string;
  readonly scope: Scope;
  readonly level: ThresholdLevel;
  readonly thresholdPercent: string;
  readonly thresholdAmount: Money;
  /** The budget's amount. */
  readonly amount: Money;
  /** What had been spent when the crossing was seen. */
  readonly spent: Money;
  readonly period: Period;
  readonly timeZone: string;
  readonly raisedAt: Instant;
  readonly state: "open";
  /** False for a threshold passed on the way to a higher one in the same step: only the highest is told to people. */
  readonly notify: boolean;
}

/** A message about an alert over one channel. */
export interface Delivery {
  readonly channel: "email";
  readonly state: "sending" | "sent" | "failed";
  readonly attempts: number;
  readonly at: Instant;
}

export function alertIdOf(budget: Budget, period: Period, threshold: Threshold): string {
  return `${budget.budgetId}.${period.id}.${threshold.percent}.r${budget.revision}`;
}

/**
 * Alerts that are due when `spent` is what the budget's scope has spent in `period`, the highest threshold first, so
 * that a crash between two puts never leaves a lower one to be told on its own.
 */
export function dueAlerts(input: { budget: Budget; period: Period; spent: Money; now: Instant }): Alert[] {
  const { budget, period, spent, now } = input;
  const reached = reachedThresholds(budget, spent).reverse();
  return reached.map((threshold, index) => ({
    alertId: alertIdOf(budget, period, threshold),
    budgetId: budget.budgetId,
    budgetName: budget.name,
    scope: budget.scope,
    level: threshold.level,
    thresholdPercent: threshold.percent,
    thresholdAmount: thresholdAmount(budget, threshold),
    amount: budget.amount,
    spent,
    period,
    timeZone: budget.timeZone,
    raisedAt: now,
    state: "open",
    notify: index === 0,
  }));
}
