const MINUTE_MS = 60_000;

const UNITS_MS = new Map([
  ["minutes", MINUTE_MS],
  ["hours", 60 * MINUTE_MS],
  ["days", 24 * 60 * MINUTE_MS],
]);

/**
 * Reads `rate(1 minute)`, `rate(5 minutes)`, `rate(12 hours)`, `rate(1 day)`: singular after a one, else plural.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rate-expressions.html
 * @returns milliseconds, or undefined when it is no such expression
 */
export function parseRate(expression: string): number | undefined {
  const [, count = "", unit = ""] = /^rate\(([1-9]\d*)\s+([a-z]+)\)$/.exec(expression) ?? [];
  const unitMs = UNITS_MS.get(count === "1" ? `${unit}s` : unit);
  return unitMs === undefined ? undefined : Number(count) * unitMs;
}

/** Some 24 days: Node takes a longer delay for none at all. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/**
 * Calls one period from now and then every period, without keeping the process alive.
 * Periods that went by while the machine slept make one call together.
 * @param call is told when it was due
 * @returns a function that ends it
 */
export function everyPeriod(periodMs: number, call: (due: Date) => void): () => void {
  let dueMs = Date.now() + periodMs;
  let timer = wait();
  return () => clearTimeout(timer);

  function wait(): NodeJS.Timeout {
    return setTimeout(wake, Math.min(dueMs - Date.now(), LONGEST_DELAY_MS)).unref();
  }

  function wake(): void {
    const lateMs = Date.now() - dueMs;
    if (lateMs >= 0) {
      call(new Date(dueMs));
      dueMs += (1 + Math.floor(lateMs / periodMs)) * periodMs;
    }
    timer = wait();
  }
}
