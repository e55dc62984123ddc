import {
  type Budget,
  baseLimitAt,
  decisiveMoment,
  type Instant,
  measureOf,
  type Period,
  type PeriodHistory,
  periodAt,
  periodBefore,
  rolloverCapAt,
  unusedOf,
  zeroTotals,
} from "@ai-usage/core";
import { readRollover } from "./read-rollover.ts";
import { readTotalsOfRanges } from "./read-totals.ts";
import type { Table } from "./table.ts";

/**
 * The last `count` periods of a budget, the running one first, back to the one that it was made in. Of a budget by the
 * minute there are none: totals know no minutes.
 */
export async function budgetHistory(
  table: Table,
  budget: Budget,
  now: Instant,
  count: number,
): Promise<PeriodHistory[]> {
  if (budget.period === "minutely") return [];
  const periods = lastPeriods(budget, now, count);
  const [first] = periods;
  if (first === undefined) return [];
  const capOf = (period: Period) => rolloverCapAt(budget, decisiveMoment(period, now));
  const [totals, rolledIntoFirst] = await Promise.all([
    readTotalsOfRanges(table, budget.scope, periods),
    readRollover(table, budget, first, capOf(first)),
  ]);
  const history: PeriodHistory[] = [];
  let rolledOver = rolledIntoFirst;
  for (const [index, period] of periods.entries()) {
    const { amount, increased } = baseLimitAt(budget, period, now);
    const spent = measureOf(budget.unit, totals[index] ?? zeroTotals);
    history.push({ period, budgeted: amount, rolledOver, increased, spent });
    const next = periods[index + 1];
    if (next) rolledOver = unusedOf({ amount, rolledOver, spent }, capOf(next));
  }
  return history.reverse();
}

/** Oldest first. */
function lastPeriods(budget: Budget, now: Instant, count: number): Period[] {
  const first = periodAt(budget.period, budget.createdAt, budget.calendar);
  const periods: Period[] = [];
  let at = periodAt(budget.period, now, budget.calendar);
  while (periods.length < count && at.start >= first.start) {
    periods.unshift(at);
    at = periodBefore(at, budget.calendar);
  }
  return periods;
}
