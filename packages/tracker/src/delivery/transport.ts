/**
 * Where metrics go. An implementation sends one batch at a time, once; what is tried again, and when, is for
 * {@link Delivery} to say.
 */
export interface Transport {
  /** How it is called in problems and statistics: `http`, `lambda`, `file`, … */
  readonly name: string;
  /**
   * Where it sends to, for people to read and without secrets: the address. What was spooled for one destination is sent to no
   * other; without one nothing is spooled unless a directory is named.
   */
  readonly destination?: string;
  /**
   * @param lines each the JSON of one metric, as `POST /ai_usage` takes it
   * @returns what became of each of them, in their order
   * @throws TransportError when that is not known, or nothing of it was taken
   */
  send(lines: readonly string[]): Promise<BatchReceipt>;
  /** Most metrics in one batch. @default 500 */
  readonly batchMax?: number;
  /**
   * How far the other side's clock is ahead of ours, where it can be asked. It is asked once, before the first batch: what is
   * stored with a wrong time stays so.
   * @throws TransportError
   */
  clockAheadMs?(): Promise<number | undefined>;
  close?(): Promise<void>;
}

export interface BatchReceipt {
  readonly outcomes: readonly LineOutcome[];
  /** How far the other side's clock is ahead of ours, where it tells. */
  readonly clockAheadMs?: number;
}

/**
 * `stored`: now or before · `conflict`: the id is taken by a call with other content · `rejected`: it will never be taken
 * as it is.
 */
export type LineOutcome =
  | { readonly status: "stored" }
  | { readonly status: "conflict" }
  | { readonly status: "rejected"; readonly field?: string; readonly message: string };

/**
 * `unavailable`: for now; whether something of the batch was stored is not known · `misconfigured`: a wrong token, address or
 * permission, which somebody has to put right; nothing was taken, and nothing is given up · `too_large`: send less at once ·
 * `refused`: something in the batch spoils it as a whole.
 */
export type TransportFailure = "unavailable" | "misconfigured" | "too_large" | "refused";

export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly reason: TransportFailure;
  /** Before that it would not be taken either. */
  readonly retryAfterMs: number | undefined;

  // By `import` and by `require` an application may have two copies of this package: an error of either is one.
  static override [Symbol.hasInstance](thrown: unknown): boolean {
    return thrown instanceof Error && thrown.name === "TransportError" && "reason" in thrown;
  }

  constructor(
    message: string,
    { reason, retryAfterMs, cause }: { reason: TransportFailure; retryAfterMs?: number; cause?: unknown },
  ) {
    super(message, { cause });
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

export const STORED: LineOutcome = { status: "stored" };
