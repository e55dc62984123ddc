import { TransportError } from "./transport.ts";

export interface BackOffOptions {
  /** Most that is waited after the first failure; doubled with each that follows. @default 500 */
  readonly firstMs?: number;
  /** @default 60000 */
  readonly maxMs?: number;
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number;
}

const FAILURES_MAX = 5;
/** An other side that asks for more than this is asked sooner. */
const RETRY_AFTER_MS_MAX = 10 * 60_000;

/**
 * How long to wait after a failure: "full jitter", by chance from nothing up to a bound that doubles, so that many senders
 * do not come back at once. After five failures in a row it is open: then one attempt at a time is made to see.
 * Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export class BackOff {
  readonly #firstMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #failures = 0;
  #isHeld = false;

  constructor({ firstMs = 500, maxMs = 60_000, random = Math.random }: BackOffOptions = {}) {
    this.#firstMs = firstMs;
    this.#maxMs = maxMs;
    this.#random = random;
  }

  get isOpen(): boolean {
    return this.#failures >= FAILURES_MAX;
  }

  /** Whether the other side has said when to come back. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#isHeld = false;
  }

  /** @returns milliseconds until it may be tried again */
  failed(error: Error): number {
    const isOurs = error instanceof TransportError && error.reason === "misconfigured";
    // Somebody has to put it right first: there is no hurry.
    this.#failures = isOurs ? Math.max(FAILURES_MAX, this.#failures + 1) : this.#failures + 1;
    const boundMs = Math.min(this.#maxMs, this.#firstMs * 2 ** (this.#failures - 1));
    const asked = error instanceof TransportError ? (error.retryAfterMs ?? 0) : 0;
    this.#isHeld = asked > 0;
    return Math.max(Math.min(asked, RETRY_AFTER_MS_MAX), this.#random() * boundMs);
  }
}
