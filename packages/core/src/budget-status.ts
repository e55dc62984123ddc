import { Amount, type Budget } from "./budget.ts";
import { limitOf, type PeriodLimit } from "./budget-limit.ts";
import type { Period } from "./period.ts";
import type { Projection } from "./projection.ts";
import { epochMsOf, HOUR_MS, type Instant } from "./time.ts";

/** Where a budget stands in a period: `limit = spent + reserved + remaining`, always; `remaining` may be below zero. */
export interface BudgetStatus {
  readonly budget: Budget;
  readonly period: Period;
  readonly limit: Amount;
  readonly limitParts: PeriodLimit;
  readonly spent: Amount;
  /** Promised to calls that have not been counted yet. */
  readonly reserved: Amount;
  readonly remaining: Amount;
  /** Of the limit; at most two decimals, rounded down. */
  readonly percentUsed: string;
  readonly exceeded: boolean;
  readonly overage: Amount;
  readonly hoursUntilReset: number;
  readonly unpricedCalls: number;
  readonly projection?: Projection;
  /** Calls that a shadow budget would have refused in the period, and what they asked for. */
  readonly wouldHaveRefused?: { readonly calls: number; readonly amount: Amount };
}

export function budgetStatus(input: {
  budget: Budget;
  period: Period;
  limit: PeriodLimit;
  spent: Amount;
  reserved: Amount;
  unpricedCalls: number;
  projection?: Projection;
  wouldHaveRefused?: BudgetStatus["wouldHaveRefused"];
  now: Instant;
}): BudgetStatus {
  const { budget, period, spent, reserved, now } = input;
  const limit = limitOf(input.limit);
  const unspent = limit.minus(spent);
  const msLeft = Math.max(0, epochMsOf(period.end) - epochMsOf(now));
  return {
    budget,
    period,
    limit,
    limitParts: input.limit,
    spent,
    reserved,
    remaining: unspent.minus(reserved),
    percentUsed: limit.isZero() ? "100" : spent.percentOf(limit),
    exceeded: spent.atLeast(limit),
    overage: unspent.isNegative() ? unspent.negated() : Amount.zero,
    hoursUntilReset: Math.round((msLeft / HOUR_MS) * 100) / 100,
    unpricedCalls: input.unpricedCalls,
    projection: input.projection,
    wouldHaveRefused: input.wouldHaveRefused,
  };
}

/** One period of a budget's past, or the running one. */
export interface PeriodHistory {
  readonly period: Period;
  /** The budget's own amount, as it was when the period ended. */
  readonly budgeted: Amount;
  readonly rolledOver: Amount;
  readonly increased: Amount;
  readonly spent: Amount;
}
