import {
  Amount,
  amountAt,
  type Budget,
  type BudgetStatus,
  baseLimitAt,
  budgetStatus,
  decisiveMoment,
  type Instant,
  limitOf,
  measureOf,
  type Period,
  type PeriodHistory,
  type PeriodLimit,
  periodAt,
  periodBefore,
  project,
  rolloverCapAt,
  type Totals,
  unusedOf,
} from "@ai-usage/core";

/** What was spent in a stretch of time, by scope. */
export type TotalsOf = (scope: Budget["scope"], range: Period) => Totals;

export function memoryStatus(totalsOf: TotalsOf, budget: Budget, now: Instant): BudgetStatus {
  const { period, limit, spent, totals } = figuresOf(totalsOf, budget, now);
  // The forecast goes by all of the period so far.
  const recent = { range: { start: period.start, end: now }, spent };
  const projection = project({ period, spent, limit: limitOf(limit), recent, now });
  return budgetStatus({
    budget,
    period,
    limit,
    spent,
    reserved: Amount.zero,
    unpricedCalls: totals.unpricedCalls,
    ...(projection && { projection }),
    ...(budget.enforcement === "shadow" && { wouldHaveRefused: { calls: 0, amount: Amount.zero } }),
    now,
  });
}

/** The running period first, back to the one that the budget was made in. */
export function memoryHistory(
  totalsOf: TotalsOf,
  budget: Budget,
  now: Instant,
  count: number,
): PeriodHistory[] {
  const first = periodAt(budget.period, budget.createdAt, budget.calendar);
  const periods: PeriodHistory[] = [];
  let at = periodAt(budget.period, now, budget.calendar);
  while (periods.length < count && at.start >= first.start) {
    const { period, limit, spent } = figuresOf(totalsOf, budget, now, at);
    const { amount: budgeted, rolledOver, increased } = limit;
    periods.push({ period, budgeted, rolledOver, increased, spent });
    at = periodBefore(at, budget.calendar);
  }
  return periods;
}

function figuresOf(
  totalsOf: TotalsOf,
  budget: Budget,
  now: Instant,
  period = periodAt(budget.period, now, budget.calendar),
): { period: Period; limit: PeriodLimit; spent: Amount; totals: Totals } {
  const limit = {
    ...baseLimitAt(budget, period, now),
    rolledOver: rolledInto(totalsOf, budget, period, now),
  };
  const totals = totalsOf(budget.scope, period);
  return { period, limit, spent: measureOf(budget.unit, totals), totals };
}

function rolledInto(totalsOf: TotalsOf, budget: Budget, period: Period, now: Instant): Amount {
  const cap = rolloverCapAt(budget, decisiveMoment(period, now));
  const first = periodAt(budget.period, budget.createdAt, budget.calendar);
  if (cap.isZero() || period.start <= first.start) return Amount.zero;
  const before = periodBefore(period, budget.calendar);
  const spent = measureOf(budget.unit, totalsOf(budget.scope, before));
  const amount = amountAt(budget, decisiveMoment(before, now));
  return unusedOf({ amount, rolledOver: rolledInto(totalsOf, budget, before, now), spent }, cap);
}
