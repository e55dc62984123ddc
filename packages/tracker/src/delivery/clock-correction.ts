/** Nearer than that, timestamps stay as they are: the other side takes them. */
const CLOCK_OFF_MS_MAX = 2 * 60_000;

export const isClockOff = (aheadMs: number | undefined): aheadMs is number =>
  aheadMs !== undefined && Math.abs(aheadMs) > CLOCK_OFF_MS_MAX;

/** A date has whole seconds: it is on average half a second later than it says. */
const DATE_PRECISION_MS = 500;

/** @param date the header of an answer @param atMs our time when it was made */
export function clockAheadOf(date: string | undefined, atMs: number): number | undefined {
  const theirs = Date.parse(date ?? "");
  return Number.isNaN(theirs) ? undefined : Math.round(theirs + DATE_PRECISION_MS - atMs);
}

/** The metric with its timestamp moved. Deterministic: made again from the same line it is the same. */
export function shiftTimestamp(line: string, byMs: number): string {
  return withTimestamp(line, (at) => at + byMs);
}

/** The metric as if it had been made at `nowMs`, if it says that it was made later. */
export function pulledBack(line: string, nowMs: number): string | undefined {
  const changed = withTimestamp(line, (at) => Math.min(at, nowMs));
  return changed === line ? undefined : changed;
}

function withTimestamp(line: string, change: (atMs: number) => number): string {
  // Metadata may have a `timestamp` too, so that it cannot be found by its name alone.
  const metric = JSON.parse(line) as { timestamp?: unknown };
  const at = typeof metric.timestamp === "string" ? Date.parse(metric.timestamp) : Number.NaN;
  const changed = change(at);
  if (Number.isNaN(at) || changed === at) return line;
  return JSON.stringify({ ...metric, timestamp: new Date(changed).toISOString() });
}
