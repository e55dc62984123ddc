import type { Amount } from "./budget.ts";
import type { TimeRange } from "./period.ts";
import { epochMsOf, HOUR_MS, type Instant, instantFromEpochMs } from "./time.ts";

/** What was spent in a stretch of time up to now. */
export interface RecentSpend {
  readonly range: TimeRange;
  readonly spent: Amount;
}

/** How a period will end if spending goes on as of late. */
export interface Projection {
  /** What will have been spent when the period ends. */
  readonly spent: Amount;
  /** What is spent in an hour, of late. */
  readonly perHour: Amount;
  /** When the limit is reached; absent when that is not before the period ends. The past where it has been reached. */
  readonly exhaustedAt?: Instant;
}

/**
 * A forecast needs something to go by: this share of the period, and this long. Before that there is none, so that the
 * first call of a month does not announce a disaster.
 */
const ELAPSED_SHARE_MIN = 0.05;
const ELAPSED_MS_MIN = HOUR_MS / 4;

/**
 * Extends the rate of `recent` (of the period's last days, or all of it so far) to the end of the period.
 *
 * @returns nothing while too little of the period has passed
 */
export function project(input: {
  period: TimeRange;
  spent: Amount;
  limit: Amount;
  recent: RecentSpend;
  now: Instant;
}): Projection | undefined {
  const { period, spent, recent } = input;
  const [start, end] = [epochMsOf(period.start), epochMsOf(period.end)];
  const now = Math.min(Math.max(epochMsOf(input.now), start), end);
  const elapsedMs = now - start;
  if (elapsedMs < ELAPSED_MS_MIN || elapsedMs < (end - start) * ELAPSED_SHARE_MIN) return undefined;
  const recentMs = Math.min(epochMsOf(recent.range.end), now) - epochMsOf(recent.range.start);
  if (recentMs <= 0) return undefined;
  const over = (ms: number) => recent.spent.times(String(ms)).dividedBy(String(recentMs));
  const projected = spent.plus(over(end - now));
  return { spent: projected, perHour: over(HOUR_MS), ...exhaustion({ ...input, recentMs, now, end }) };
}

function exhaustion(input: {
  spent: Amount;
  limit: Amount;
  recent: RecentSpend;
  recentMs: number;
  now: number;
  end: number;
}): Pick<Projection, "exhaustedAt"> {
  const { spent, limit, recent, recentMs, now, end } = input;
  const left = limit.minus(spent);
  if (left.isNegative() || left.isZero()) return { exhaustedAt: instantFromEpochMs(now) };
  if (recent.spent.isZero() || recent.spent.isNegative()) return {};
  // A moment, and no amount: rounding it to the millisecond is all that it needs.
  const ms = (left.toApproximateNumber() / recent.spent.toApproximateNumber()) * recentMs;
  return now + ms < end ? { exhaustedAt: instantFromEpochMs(Math.floor(now + ms)) } : {};
}
