import { Amount, type AmountSince, type Budget } from "./budget.ts";
import type { Period } from "./period.ts";
import { type Instant, plusMs } from "./time.ts";

/** What may be spent in a period, and where that comes from. */
export interface PeriodLimit {
  readonly amount: Amount;
  readonly rolledOver: Amount;
  readonly increased: Amount;
}

export function limitOf({ amount, rolledOver, increased }: PeriodLimit): Amount {
  return amount.plus(rolledOver).plus(increased);
}

/** The amount of the budget that was in force at `at`; before the first one, that. */
export function amountAt(budget: Budget, at: Instant): Amount {
  return inForceAt(budget, at)?.amount ?? budget.amount;
}

/** How much could roll over into a period by what was in force at `at`; nothing where nothing rolls over. */
export function rolloverCapAt(budget: Budget, at: Instant): Amount {
  return inForceAt(budget, at)?.rolloverCap ?? Amount.zero;
}

function inForceAt({ amounts }: Budget, at: Instant): AmountSince | undefined {
  return amounts.findLast(({ from }) => from <= at) ?? amounts[0];
}

/** What temporary increases add at `at`. They begin and end by their own time stamps. */
export function increasedAt(budget: Budget, at: Instant): Amount {
  const inForce = budget.increases.filter(({ from, until }) => from <= at && at < until);
  return Amount.sum(inForce.map(({ amount }) => amount));
}

/** When the terms of a period are read: now, or the last moment of a period that is over. What is past is not rewritten. */
export function decisiveMoment(period: Period, now: Instant): Instant {
  return now < period.end ? now : plusMs(period.end, -1);
}

/** The limit without what was rolled over, at a moment within a period; once the period is over, as it was at its end. */
export function baseLimitAt(budget: Budget, period: Period, now: Instant): Omit<PeriodLimit, "rolledOver"> {
  const at = decisiveMoment(period, now);
  return { amount: amountAt(budget, at), increased: increasedAt(budget, at) };
}

/** A period that is over, as far as rollover depends on it. */
export interface PastPeriod {
  readonly amount: Amount;
  readonly spent: Amount;
  /** The most that could roll over into it. */
  readonly cap: Amount;
}

/**
 * What rolls over into the period after `past`: what was unused of the last period's amount and of what had been rolled
 * over into it, none of it more than `cap`, and so on back. Temporary increases do not roll over.
 *
 * @param past periods from the budget's first one on, or as many of the last ones as decide it, oldest first
 * @param cap the most that may roll over into the period after them
 * @param wholePast whether `past` begins with the budget's first period
 * @returns nothing when more of the past must be known
 */
export function rolloverAfter(
  past: readonly PastPeriod[],
  cap: Amount,
  wholePast: boolean,
): Amount | undefined {
  // What came into the first known period is between nothing and its cap. As soon as both lead to one result, it is known.
  let low = Amount.zero;
  let high = wholePast ? Amount.zero : (past[0]?.cap ?? cap);
  for (const [index, period] of past.entries()) {
    const capOfNext = past[index + 1]?.cap ?? cap;
    low = unusedOf({ ...period, rolledOver: low }, capOfNext);
    high = unusedOf({ ...period, rolledOver: high }, capOfNext);
  }
  return low.equals(high) ? low : undefined;
}

/** What a period leaves to the one after it, `cap` at most. */
export function unusedOf(
  period: { readonly amount: Amount; readonly rolledOver: Amount; readonly spent: Amount },
  cap: Amount,
): Amount {
  const left = period.amount.plus(period.rolledOver).minus(period.spent);
  if (left.isNegative()) return Amount.zero;
  return left.atLeast(cap) ? cap : left;
}
