import { DAYS_MAX, type Instant, plusDays, type UtcDate, utcDateOf } from "@ai-usage/core";
import { fieldProblem } from "./problem.ts";

const DEFAULT_DAYS = 30;

/**
 * The days that a query asks about, both included. Without dates: the last 30 days, today included, by UTC.
 * @throws ProblemError naming the parameter
 */
export function parseDays(
  { start_date, end_date }: { readonly start_date?: string; readonly end_date?: string },
  now: Instant,
): { first: UtcDate; last: UtcDate } {
  const last = end_date ?? utcDateOf(now);
  const first = start_date ?? plusDays(last, 1 - DEFAULT_DAYS);
  if (first > last) throw fieldProblem("start_date", "must not be after end_date");
  if (plusDays(first, DAYS_MAX - 1) < last) {
    throw fieldProblem("start_date", `ask about at most ${DAYS_MAX} days at a time`);
  }
  return { first: first as UtcDate, last: last as UtcDate };
}
