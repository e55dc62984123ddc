import type { FixedPoint } from "@ai-usage/core/exact";
import { CircuitOpenError, type CircuitReason } from "./circuit-open-error.ts";
import { RollingWindow } from "./rolling-window.ts";

/** `half-open`: one call at a time is made to see. */
export type CircuitState = "closed" | "open" | "half-open";

export interface CircuitChange {
  readonly from: CircuitState;
  readonly to: CircuitState;
  /** Why it opened. */
  readonly reason?: CircuitReason;
  /** When a call is made again to see, where it opened. */
  readonly retryAt?: Date;
}

/** So many calls, which are such a share of all calls in the window. */
export interface Share {
  readonly count: number;
  readonly share: number;
}

export interface CircuitLimits {
  readonly failures?: Share;
  readonly latency?: Share;
  readonly usdPerMinute?: FixedPoint;
  readonly windowMs: number;
  readonly openMs: number;
}

/** A call that was let through. */
export interface Passage {
  /** Calls that began before the circuit's last change say nothing of how things are now. */
  readonly era: number;
}

/** `ignored`: it was not made, or says nothing of the provider. */
export type CallResult = "ignored" | { readonly isFailure: boolean; readonly isSlow: boolean };

const MINUTE_MS = 60_000;

// One of our own: those of libraries know no money, and the tracker takes no other package.
/** Decides which calls are made. It has no clock: time is told in epoch milliseconds. */
export class Circuit {
  readonly #limits: CircuitLimits;
  readonly #onChange: (change: CircuitChange) => void;
  readonly #calls: RollingWindow;
  readonly #minute = new RollingWindow(MINUTE_MS);
  #state: CircuitState = "closed";
  #reason: CircuitReason = "failures";
  #retryAtMs = 0;
  /** Until then the call that is made to see may take; then another one is. */
  #trialEndsMs = 0;
  #era = 0;

  constructor(limits: CircuitLimits, onChange: (change: CircuitChange) => void) {
    this.#limits = limits;
    this.#onChange = onChange;
    this.#calls = new RollingWindow(limits.windowMs);
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** Each passage is to be {@link settle}d. @throws CircuitOpenError */
  enter(nowMs: number): Passage {
    if (this.#state === "closed") return { era: this.#era };
    if (this.#state === "open") {
      if (nowMs < this.#retryAtMs) throw new CircuitOpenError(this.#reason, new Date(this.#retryAtMs));
      this.#trialEndsMs = 0;
      this.#change("half-open");
    }
    if (nowMs < this.#trialEndsMs) throw new CircuitOpenError(this.#reason, new Date(nowMs));
    this.#trialEndsMs = nowMs + this.#limits.openMs;
    return { era: this.#era };
  }

  settle({ era }: Passage, nowMs: number, result: CallResult): void {
    if (era !== this.#era) return;
    if (result === "ignored") this.#trialEndsMs = 0;
    else if (this.#state === "half-open") this.#settleTrial(nowMs, result);
    else {
      const { isFailure, isSlow } = result;
      this.#calls.add(nowMs, { calls: 1, failures: isFailure ? 1 : 0, slow: isSlow ? 1 : 0 });
      const reason = this.#reasonToOpen(nowMs);
      if (reason !== undefined) this.#open(reason, nowMs + this.#limits.openMs);
    }
  }

  /** What calls came to, whenever that is known. */
  spend(nowMs: number, usd: FixedPoint): void {
    const { usdPerMinute: most } = this.#limits;
    if (most === undefined) return;
    this.#minute.add(nowMs, { spent: usd });
    if (this.#minute.total(nowMs).spent < most) return;
    const retryAtMs = this.#minute.spentLessAt(nowMs, most);
    if (this.#state !== "open") this.#open("spend", retryAtMs);
    else if (retryAtMs > this.#retryAtMs) this.#retryAtMs = retryAtMs;
  }

  #settleTrial(nowMs: number, { isFailure, isSlow }: Exclude<CallResult, "ignored">): void {
    const { failures, latency, openMs } = this.#limits;
    if (isFailure && failures !== undefined) this.#open("failures", nowMs + openMs);
    else if (isSlow && latency !== undefined) this.#open("latency", nowMs + openMs);
    else {
      this.#calls.clear();
      this.#change("closed");
    }
  }

  #reasonToOpen(nowMs: number): CircuitReason | undefined {
    const { failures, latency } = this.#limits;
    const total = this.#calls.total(nowMs);
    if (isReached(failures, total.failures, total.calls)) return "failures";
    return isReached(latency, total.slow, total.calls) ? "latency" : undefined;
  }

  #open(reason: CircuitReason, retryAtMs: number): void {
    this.#reason = reason;
    this.#retryAtMs = retryAtMs;
    this.#change("open", { reason, retryAt: new Date(retryAtMs) });
  }

  #change(to: CircuitState, more: Pick<CircuitChange, "reason" | "retryAt"> = {}): void {
    const from = this.#state;
    this.#state = to;
    this.#era += 1;
    this.#onChange({ from, to, ...more });
  }
}

const isReached = (limit: Share | undefined, some: number, all: number): boolean =>
  limit !== undefined && some >= limit.count && some >= limit.share * all;
