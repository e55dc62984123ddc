import type { Budget } from "./budget.ts";
import { coversDay, type Period, periodsOverlapping } from "./period.ts";
import {
  DAY_MS,
  HOUR_MS,
  plusMs,
  startOfUtcDate,
  startOfUtcHour,
  type UtcDate,
  type UtcHour,
  utcDateOf,
} from "./time.ts";

/** The bucket of a stored total. */
export type TotalBucket =
  | { readonly kind: "day"; readonly date: UtcDate }
  | { readonly kind: "hour"; readonly hour: UtcHour };

/**
 * Periods of a budget whose sum a changed total is part of. A day's total counts in periods that hold the whole UTC
 * day, an hour's in those that take that day by the hour: each change is looked at where it counts, and nowhere else.
 * Totals know no minutes, so none is news for a budget by the minute.
 */
export function affectedPeriods(budget: Budget, bucket: TotalBucket): Period[] {
  if (budget.period === "minutely") return [];
  const start = bucket.kind === "day" ? startOfUtcDate(bucket.date) : startOfUtcHour(bucket.hour);
  const end = plusMs(start, bucket.kind === "day" ? DAY_MS : HOUR_MS);
  const periods = periodsOverlapping(budget.period, { start, end }, budget.calendar);
  return periods.filter((period) => coversDay(period, utcDateOf(start)) === (bucket.kind === "day"));
}
