import {
  Amount,
  type Budget,
  baseLimitAt,
  coverOf,
  DAY_MS,
  decisiveMoment,
  epochMsOf,
  type Instant,
  instantFromEpochMs,
  limitOf,
  measureOf,
  type Period,
  type PeriodLimit,
  type Projection,
  periodAt,
  plusMs,
  project,
  QUARTER_MS,
  type RecentSpend,
  rolloverCapAt,
  type ScopeSeries,
  startOfUtcDate,
  startOfUtcHour,
  sumTotals,
  type Totals,
  utcDateOf,
  zeroTotals,
} from "@ai-usage/core";
import { readRollover } from "./read-rollover.ts";
import { readScopeSeries } from "./read-totals.ts";
import type { Table } from "./table.ts";

/** What a budget comes to in a period by the totals of its scope. */
export interface BudgetFigures {
  readonly period: Period;
  readonly limit: PeriodLimit;
  /** The parts of the limit together. */
  readonly limitTotal: Amount;
  readonly totals: Totals;
  /** What of the totals counts towards the budget. */
  readonly spent: Amount;
  /** Absent while too little of the period has passed, and once it is over. */
  readonly projection?: Projection;
}

/** A forecast goes by this long, or by all of the period where that is shorter: weekends are in it as often as they are in weeks. */
const RECENT_MS = 7 * DAY_MS;

/**
 * Reads what was spent of a budget and what may be: in the period of now, or in another one. Of a budget by the minute
 * nothing is spent here: totals know no minutes, its ledger does.
 */
export async function readBudget(
  table: Table,
  budget: Budget,
  now: Instant,
  period: Period = periodAt(budget.period, now, budget.calendar),
): Promise<BudgetFigures> {
  const base = baseLimitAt(budget, period, now);
  if (period.kind === "minutely") {
    const limit = { ...base, rolledOver: Amount.zero };
    return { period, limit, limitTotal: limitOf(limit), totals: zeroTotals, spent: Amount.zero };
  }
  const cap = rolloverCapAt(budget, decisiveMoment(period, now));
  const [series, rolledOver] = await Promise.all([
    readScopeSeries(table, budget.scope, coverOf(period)),
    readRollover(table, budget, period, cap),
  ]);
  const limit: PeriodLimit = { ...base, rolledOver };
  const limitTotal = limitOf(limit);
  const totals = sumFrom(series, period.start);
  const spent = measureOf(budget.unit, totals);
  const isRunning = period.start <= now && now < period.end;
  const recent = isRunning ? recentSpend(budget, period, series, now) : undefined;
  const projection = recent && project({ period, spent, limit: limitTotal, recent, now });
  return { period, limit, limitTotal, totals, spent, ...(projection && { projection }) };
}

/** From the beginning of a UTC day on, as totals are by the day. */
function recentSpend(budget: Budget, period: Period, series: ScopeSeries, now: Instant): RecentSpend {
  const day = startOfUtcDate(utcDateOf(plusMs(now, -RECENT_MS)));
  const start = instantFromEpochMs(Math.max(epochMsOf(day), epochMsOf(period.start)));
  return { range: { start, end: now }, spent: measureOf(budget.unit, sumFrom(series, start)) };
}

function sumFrom({ days, quarters }: ScopeSeries, start: Instant): Totals {
  const ofDays = [...days].filter(([date]) => startOfUtcDate(date) >= start);
  const ofQuarters = quarters.filter(
    ({ hour, quarter }) => plusMs(startOfUtcHour(hour), quarter * QUARTER_MS) >= start,
  );
  return sumTotals([...ofDays.map(([, totals]) => totals), ...ofQuarters.map(({ totals }) => totals)]);
}
