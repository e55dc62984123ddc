import {
  Amount,
  amountAt,
  type Budget,
  decisiveMoment,
  measureOf,
  type PastPeriod,
  type Period,
  periodAt,
  periodBefore,
  rolloverAfter,
  rolloverCapAt,
} from "@ai-usage/core";
import { readTotalsOfRanges } from "./read-totals.ts";
import type { Table } from "./table.ts";

/** How many periods are read at first. Most often what rolls over is known from one or two. */
const FIRST_CHUNK = 2;
const CHUNK_GROWTH = 4;

/**
 * What rolls over into `period` by what was spent in those before it. As many of them are read as decide it, back to the
 * budget's first at most: a period that used up all it had, or left the cap, makes what came before it irrelevant.
 *
 * @param cap the most that may roll over into it
 */
export async function readRollover(
  table: Table,
  budget: Budget,
  period: Period,
  cap: Amount,
): Promise<Amount> {
  if (cap.isZero()) return Amount.zero;
  const first = periodAt(budget.period, budget.createdAt, budget.calendar);
  let past: PastPeriod[] = [];
  let earliest = period;
  for (let count = FIRST_CHUNK; ; count *= CHUNK_GROWTH) {
    const periods = periodsBefore(budget, earliest, first, count);
    past = [...(await readPastPeriods(table, budget, periods)), ...past];
    earliest = periods[0] ?? earliest;
    const rolledOver = rolloverAfter(past, cap, earliest.start <= first.start);
    if (rolledOver !== undefined) return rolledOver;
  }
}

/** Up to `count` periods before `of`, oldest first, none before `first`. */
function periodsBefore(budget: Budget, of: Period, first: Period, count: number): Period[] {
  const periods: Period[] = [];
  for (let at = of; periods.length < count && at.start > first.start; ) {
    at = periodBefore(at, budget.calendar);
    periods.unshift(at);
  }
  return periods;
}

async function readPastPeriods(
  table: Table,
  budget: Budget,
  periods: readonly Period[],
): Promise<PastPeriod[]> {
  const totals = await readTotalsOfRanges(table, budget.scope, periods);
  return totals.flatMap((sum, index) => {
    const period = periods[index];
    return period ? [pastPeriod(budget, period, measureOf(budget.unit, sum))] : [];
  });
}

function pastPeriod(budget: Budget, period: Period, spent: Amount): PastPeriod {
  const end = decisiveMoment(period, period.end);
  return { amount: amountAt(budget, end), spent, cap: rolloverCapAt(budget, end) };
}
