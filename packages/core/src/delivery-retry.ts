import type { Delivery } from "./delivery.ts";
import { type Instant, plusMs } from "./time.ts";

/** So often a message is tried before it is given up. */
export const TRIES_MAX = 8;
/** Longest wait before the next attempt. */
export const RETRY_MS_MAX = 60 * 60_000;

export interface Failure {
  /** The same message would fail again. */
  readonly permanent: boolean;
  /** What the receiver asks to wait at least. */
  readonly retryAfterMs?: number;
}

/**
 * When to try again after an attempt that failed: exponential back-off with full jitter, so that messages that failed
 * together do not come back together. Nothing where it is given up.
 *
 * @param baseMs longest wait after the first attempt; twice as long after each further one
 * @param random from 0 up to 1
 */
export function retryAt(
  { tries }: Pick<Delivery, "tries">,
  { permanent, retryAfterMs = 0 }: Failure,
  { now, baseMs, random }: { now: Instant; baseMs: number; random: number },
): Instant | undefined {
  if (permanent || tries + 1 >= TRIES_MAX) return undefined;
  const backOffMs = random * Math.min(baseMs * 2 ** tries, RETRY_MS_MAX);
  return plusMs(now, Math.ceil(Math.min(Math.max(backOffMs, retryAfterMs), RETRY_MS_MAX)));
}
