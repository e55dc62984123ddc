import {
  Amount,
  budgetUnits,
  type FailMode,
  type Instant,
  instantFromEpochMs,
  LeaseBlock,
  plusMs,
  type Quantities,
  timesQuantities,
} from "@ai-usage/core";
import type { Lease, NewLease } from "./answers.ts";
import { ApiError, BudgetExhaustedError } from "./errors.ts";
import type { BudgetedCall, CallMaximum, SpentInput } from "./lease-requests.ts";
import type { LeaseMethods } from "./methods/lease-methods.ts";

export interface LeaseHolderOptions {
  readonly client: Pick<LeaseMethods, "acquireLease" | "renewLease" | "settleLease" | "releaseLease">;
  /** Which calls it is for: all of them fall under the same budgets, and take no more than one of them may. */
  readonly call: BudgetedCall;
  /** What one of them may take at most. What is left out is estimated. */
  readonly max?: CallMaximum;
  /** @default 60 */
  readonly ttlSeconds?: number;
  /** What becomes of calls when nobody could ever be asked; after that, what the budgets say. @default "open" */
  readonly failMode?: FailMode;
  /** Must not go back. @default the time since the process began, added to when that was */
  readonly clock?: () => Instant;
  /** Told of what goes wrong in the background: a lease that could not be settled ends with its time. */
  readonly onProblem?: (error: Error) => void;
}

/**
 * `admitted`: the call may be made, and its metric sent with the lease's id; say what it took when it is over (nothing said:
 * the most that it may take) · `refused`: a budget has not enough left ·
 * `unasked`: the API did not answer, and what then becomes of the call is as its budgets say.
 */
export type Admission =
  | { readonly outcome: "admitted"; readonly leaseId: string; readonly done: (taken?: Quantities) => void }
  | { readonly outcome: "refused"; readonly error: BudgetExhaustedError }
  | { readonly outcome: "unasked"; readonly failMode: FailMode; readonly error: Error };

/** A refusal, or a failure to ask, that is remembered for a while: nobody is asked again before. */
interface Verdict {
  readonly admission: Exclude<Admission, { outcome: "admitted" }>;
  readonly until: Instant;
}

interface HeldBlock {
  readonly block: LeaseBlock;
  readonly perCall: Quantities;
  /** By the API's clock. */
  expiresAt: string;
  /** `closing`: no more calls are let in · `ending`: nor is it renewed, it is settled when those under way are over. */
  state: "open" | "closing" | "ending" | "settled";
}

const TTL_SECONDS = 60;
/** Enough for so much time at the rate of late. */
const AHEAD_SECONDS = 2;
const CALLS_MAX = 10_000;
/** Somebody may get more, or give back, at any time: a refusal is not believed for longer. */
const REFUSED_MS_MAX = 30_000;
const UNASKED_MS = 1_000;
/** Leases are renewed or settled by so much of their life before they end: an answer takes its time. */
const MARGIN = 0.2;
const WAIT_MS_MIN = 50;

/**
 * Lets calls in from leases that it holds, in memory, and gets further ones ahead of need: as many calls at a time as
 * come in two seconds. What is let in never comes to more than what was granted. Leases are settled when they are used
 * up, or when they end; those with calls under way are renewed. One for each kind of call and process.
 */
export class LeaseHolder {
  readonly #options: LeaseHolderOptions;
  readonly #clock: () => Instant;
  readonly #ttlMs: number;
  #held: HeldBlock[] = [];
  #verdict: Verdict | undefined;
  #asking: Promise<void> | undefined;
  #failMode: FailMode;
  #waiting = 0;
  #pace: { readonly since: Instant; calls: number; readonly lastPerSecond: number };
  #timer: NodeJS.Timeout | undefined;
  readonly #settling = new Set<Promise<unknown>>();

  constructor(options: LeaseHolderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? monotonicClock;
    this.#ttlMs = (options.ttlSeconds ?? TTL_SECONDS) * 1000;
    this.#failMode = options.failMode ?? "open";
    this.#pace = { since: this.#clock(), calls: 0, lastPerSecond: 0 };
  }

  /**
   * Decides on a call in memory, without waiting.
   *
   * @returns nothing when nothing is held that it could be let in from: ask with {@link admit}
   */
  tryAdmit(): Admission | undefined {
    const now = this.#clock();
    const held = this.#held.find(
      ({ state, block, perCall }) => state === "open" && block.admit(perCall, now),
    );
    if (held !== undefined) {
      this.#countCall(now);
      this.#keepAhead(now);
      return { outcome: "admitted", leaseId: held.block.leaseId, done: this.#doneOf(held) };
    }
    return this.#isRefused(now) ? this.#verdict?.admission : undefined;
  }

  /** Decides on a call; waits for a lease where none is held that has room. */
  async admit(): Promise<Admission> {
    this.#waiting += 1;
    try {
      for (;;) {
        const admission = this.tryAdmit();
        if (admission !== undefined) return admission;
        await this.#ask();
      }
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Settles what is held, for good: calls that are still under way count with the most that they may take. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#asking;
    for (const held of this.#held) this.#settle(held);
    await Promise.all(this.#settling);
  }

  #doneOf(held: HeldBlock): (taken?: Quantities) => void {
    let isDone = false;
    return (taken = held.perCall) => {
      if (isDone) return;
      isDone = true;
      held.block.settle(held.perCall, taken);
      if (held.state !== "open") this.#settleIfOver(held);
    };
  }

  #isRefused(now: Instant): boolean {
    return this.#verdict !== undefined && now < this.#verdict.until;
  }

  /** Gets the next lease before the present ones are used up. Where calls are rare, they rather wait for one. */
  #keepAhead(now: Instant): void {
    const soon = Math.floor((this.#rateAt(now) * AHEAD_SECONDS) / 2);
    const isEnough = this.#held.some(
      ({ block, perCall, state }) => state === "open" && block.covers(timesQuantities(perCall, soon)),
    );
    if (!isEnough && !this.#isRefused(now)) void this.#ask();
  }

  /** Calls a second: of the last second that is over, or more if there were more in this one. */
  #rateAt(now: Instant): number {
    const { since, calls, lastPerSecond } = this.#pace;
    const seconds = msBetween(since, now) / 1000;
    if (seconds < 1) return Math.max(lastPerSecond, calls - 1);
    return calls / seconds;
  }

  #countCall(now: Instant): void {
    if (msBetween(this.#pace.since, now) >= 1000)
      this.#pace = { since: now, calls: 0, lastPerSecond: this.#rateAt(now) };
    this.#pace.calls += 1;
  }

  /** One at a time: those who ask meanwhile wait for the same answer. */
  #ask(): Promise<void> {
    this.#asking ??= this.#acquire().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #acquire(): Promise<void> {
    const { client, call, max } = this.#options;
    // Those who ask at the same moment are counted among those who wait.
    await Promise.resolve();
    const asked = this.#clock();
    const ahead = Math.ceil(this.#rateAt(asked) * AHEAD_SECONDS);
    const calls = Math.min(CALLS_MAX, Math.max(1, this.#waiting, ahead));
    try {
      const ttl_seconds = this.#ttlMs / 1000;
      const lease = await client.acquireLease({ call, calls, ttl_seconds, ...(max && { max }) });
      this.#hold(lease, asked);
    } catch (error) {
      this.#remember(error);
    }
  }

  /** The API's clock and ours may differ: a lease lasts as long as it was given for, from before it was asked for. */
  #hold(lease: NewLease, asked: Instant): void {
    this.#verdict = undefined;
    this.#failMode = lease.fail_mode;
    for (const held of [...this.#held]) if (!held.block.covers(held.perCall)) this.#closeBlock(held);
    const block = new LeaseBlock({
      leaseId: lease.lease_id,
      granted: fromWire(lease.granted),
      units: lease.budgets.map(({ unit }) => unit),
      expiresAt: plusMs(asked, msBetween(lease.acquired_at, lease.expires_at)),
    });
    const perCall = fromWire(lease.per_call);
    this.#held.push({ block, perCall, expiresAt: lease.expires_at, state: "open" });
    this.#schedule();
  }

  #remember(error: unknown): void {
    if (!(error instanceof Error)) throw error;
    const now = this.#clock();
    if (error instanceof BudgetExhaustedError) {
      const ms = Math.min(REFUSED_MS_MAX, error.retryAfterSeconds * 1000);
      this.#verdict = { admission: { outcome: "refused", error }, until: plusMs(now, ms) };
      return;
    }
    // What is wrong with the request is wrong whoever is down.
    if (error instanceof ApiError && error.status < 500 && error.status !== 429)
      this.#options.onProblem?.(error);
    const admission = { outcome: "unasked", failMode: this.#failMode, error } as const;
    this.#verdict = { admission, until: plusMs(now, UNASKED_MS) };
  }

  /** Lets no more calls in from it; with none under way it is settled. */
  #closeBlock(held: HeldBlock): void {
    if (held.state === "open") held.state = "closing";
    this.#settleIfOver(held);
  }

  #settleIfOver(held: HeldBlock): void {
    if (held.block.underWay === 0) this.#settle(held);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const turns = this.#held
      .filter(({ state }) => state !== "ending")
      .map(({ block }) => this.#turnOf(block));
    const [next] = turns.sort();
    if (next === undefined) return;
    const ms = Math.max(WAIT_MS_MIN, msBetween(this.#clock(), next));
    this.#timer = setTimeout(() => void this.#turn(), ms);
    this.#timer.unref();
  }

  /** When something has to be done about it, since it is about to expire. */
  #turnOf({ expiresAt }: LeaseBlock): Instant {
    return plusMs(expiresAt, -this.#ttlMs * MARGIN);
  }

  async #turn(): Promise<void> {
    const now = this.#clock();
    const due = this.#held.filter(({ state, block }) => state !== "ending" && this.#turnOf(block) <= now);
    await Promise.all(due.map((held) => this.#prolong(held)));
    this.#schedule();
  }

  /** No more calls are let in; where some are under way, it is made to last until they are over. */
  async #prolong(held: HeldBlock): Promise<void> {
    this.#closeBlock(held);
    if (held.state === "settled") return;
    const { client, onProblem } = this.#options;
    const { block } = held;
    try {
      const spent = toWire(block.committed);
      const renewal = { calls: 0, ttl_seconds: this.#ttlMs / 1000, spent };
      const lease = await client.renewLease(block.leaseId, renewal);
      const longerMs = msBetween(held.expiresAt, lease.expires_at);
      block.renew({ granted: fromWire(lease.granted), expiresAt: plusMs(block.expiresAt, longerMs) });
      held.expiresAt = lease.expires_at;
      // Its period ends: it lasts no longer.
      if (longerMs < this.#ttlMs * MARGIN) held.state = "ending";
    } catch (error) {
      // It expires. What its calls come to counts by their metrics, and by a settlement that comes late.
      held.state = "ending";
      onProblem?.(asError(error));
    }
  }

  #settle(held: HeldBlock): void {
    if (held.state === "settled") return;
    held.state = "settled";
    this.#held = this.#held.filter((one) => one !== held);
    const { client, onProblem } = this.#options;
    const { leaseId, committed } = held.block;
    const isUnused = budgetUnits.every((unit) => committed[unit].isZero());
    const settling: Promise<unknown> = isUnused
      ? client.releaseLease(leaseId)
      : client.settleLease(leaseId, toWire(committed));
    const settled = settling
      .catch((error: unknown) => onProblem?.(asError(error)))
      .finally(() => this.#settling.delete(settled));
    this.#settling.add(settled);
  }
}

const monotonicClock = (): Instant => instantFromEpochMs(performance.timeOrigin + performance.now());

const msBetween = (from: string, to: string): number => Date.parse(to) - Date.parse(from);

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const fromWire = (wire: Lease["granted"]): Quantities => ({
  usd: Amount.parse(wire.cost_usd),
  tokens: Amount.parse(wire.tokens),
  requests: Amount.parse(wire.requests),
});

const toWire = ({ usd, tokens, requests }: Quantities): SpentInput => ({
  cost_usd: usd.toString(),
  tokens: Number(tokens.toString()),
  requests: Number(requests.toString()),
});
