/** Why calls are not made. */
export type CircuitReason = "failures" | "latency" | "spend";

const BECAUSE: Readonly<Record<CircuitReason, string>> = {
  failures: "too many calls failed",
  latency: "too many calls were slow",
  spend: "calls have spent what they may in a minute",
};

/** A call was not made: those before it failed, were slow, or spent too much. */
export class CircuitOpenError extends Error {
  override readonly name = "CircuitOpenError";
  readonly reason: CircuitReason;
  /** Before that the answer will be the same. */
  readonly retryAt: Date;

  constructor(reason: CircuitReason, retryAt: Date) {
    super(`the call was not made, ${BECAUSE[reason]}: try again at ${retryAt.toISOString()}`);
    this.reason = reason;
    this.retryAt = retryAt;
  }
}
