import { Money } from "./money.ts";
import type { Period, PeriodKind } from "./period.ts";
import type { Scope } from "./scope.ts";
import { epochMsOf, HOUR_MS, type Instant } from "./time.ts";

export const thresholdLevels = ["INFO", "WARNING", "CRITICAL", "EXCEEDED"] as const;
export type ThresholdLevel = (typeof thresholdLevels)[number];

/** `percent` of a budget's amount, plain decimal text (`"80"`, `"99.5"`), at which an alert of `level` is raised. */
export interface Threshold {
  readonly percent: string;
  readonly level: ThresholdLevel;
}

export const defaultThresholds: readonly Threshold[] = [
  { percent: "50", level: "INFO" },
  { percent: "80", level: "WARNING" },
  { percent: "95", level: "CRITICAL" },
  { percent: "100", level: "EXCEEDED" },
];

/** The level that a threshold without one of its own gets: the highest default that it reaches. */
export function defaultLevelOf(percent: string): ThresholdLevel {
  const reached = defaultThresholds.filter((threshold) => Number(percent) >= Number(threshold.percent));
  return reached.at(-1)?.level ?? "INFO";
}

/** An amount for a scope in each period of a kind. Periods begin by the calendar of `timeZone`. */
export interface Budget {
  readonly budgetId: string;
  readonly name: string;
  readonly scope: Scope;
  readonly amount: Money;
  readonly period: PeriodKind;
  readonly timeZone: string;
  /** In ascending order. */
  readonly thresholds: readonly Threshold[];
  readonly active: boolean;
  /** Goes up with each change of the limit: a crossing of a new limit is a new alert. */
  readonly revision: number;
  readonly createdAt: Instant;
}

export function thresholdAmount(budget: Budget, threshold: Threshold): Money {
  return budget.amount.times(threshold.percent).dividedBy("100");
}

/** Thresholds that `spent` has reached, ascending. Exactly on the threshold counts. */
export function reachedThresholds(budget: Budget, spent: Money): Threshold[] {
  return budget.thresholds.filter((threshold) => spent.atLeast(thresholdAmount(budget, threshold)));
}

/** Where a budget stands in a period: `amount = spent + remaining`, and `remaining` goes below zero when it is overrun. */
export interface BudgetStatus {
  readonly budget: Budget;
  readonly period: Period;
  readonly spent: Money;
  readonly remaining: Money;
  readonly percentUsed: string;
  readonly exceeded: boolean;
  readonly overage: Money;
  readonly hoursUntilReset: number;
  readonly unpricedCalls: number;
}

export function budgetStatus(input: {
  budget: Budget;
  period: Period;
  spent: Money;
  unpricedCalls: number;
  now: Instant;
}): BudgetStatus {
  const { budget, period, spent, now } = input;
  const remaining = budget.amount.minus(spent);
  const msLeft = Math.max(0, epochMsOf(period.end) - epochMsOf(now));
  return {
    budget,
    period,
    spent,
    remaining,
    percentUsed: spent.percentOf(budget.amount),
    exceeded: spent.atLeast(budget.amount),
    overage: remaining.isNegative() ? remaining.negated() : Money.zero,
    hoursUntilReset: Math.round((msLeft / HOUR_MS) * 100) / 100,
    unpricedCalls: input.unpricedCalls,
  };
}
