import type { FailMode } from "@ai-usage/core";
import { ApiError, BudgetExhaustedError } from "./errors.ts";
import { type Admission, HeldLease } from "./held-lease.ts";
import { toWireAmounts } from "./lease-amounts.ts";
import { LeasePace } from "./lease-pace.ts";
import type { BudgetedCall, CallMaximum } from "./lease-requests.ts";
import type { LeaseMethods } from "./methods/lease-methods.ts";

export type { Admission, AdmittedCall } from "./held-lease.ts";

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
  /** Milliseconds for which a refusal is believed at most: somebody may get more, or give back, at any time. @default 30000 */
  readonly refusedMsMax?: number;
  /** Milliseconds for which calls wait for an answer at most. One that comes later is still made use of. @default as long as it takes */
  readonly waitMsMax?: number;
  /** In milliseconds; must not go back. @default the time since the process began, added to when that was */
  readonly clock?: () => number;
  /** Told of what goes wrong in the background: a lease that could not be settled ends with its time. */
  readonly onProblem?: (error: Error) => void;
}

/** A refusal, or a failure to ask, that is remembered for a while: nobody is asked again before. */
interface Verdict {
  readonly admission: Exclude<Admission, { outcome: "admitted" }>;
  readonly untilMs: number;
}

const TTL_SECONDS = 60;
/** Enough for so much time at the rate of late, or for so many times what the last answer took, whichever is longer. */
const AHEAD_SECONDS = 2;
const AHEAD_ANSWERS = 4;
const CALLS_MAX = 10_000;
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
  readonly #clock: () => number;
  readonly #ttlMs: number;
  readonly #pace: LeasePace;
  #held: HeldLease[] = [];
  #verdict: Verdict | undefined;
  #asking: Promise<void> | undefined;
  #answerInTime: Promise<void> | undefined;
  #answerSeconds = 0;
  #lastAsked = { calls: 0, atMs: Number.NEGATIVE_INFINITY };
  #failMode: FailMode;
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #settling = new Set<Promise<unknown>>();

  constructor(options: LeaseHolderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? monotonicClock;
    this.#ttlMs = (options.ttlSeconds ?? TTL_SECONDS) * 1000;
    this.#failMode = options.failMode ?? "open";
    this.#pace = new LeasePace(this.#clock());
  }

  /**
   * Decides on a call in memory, without waiting.
   *
   * @returns nothing when nothing is held that it could be let in from: ask with {@link admit}
   */
  tryAdmit(): Admission | undefined {
    const now = this.#clock();
    for (const held of this.#held) {
      const call = held.admit(now);
      if (call === undefined) continue;
      this.#pace.count(now);
      this.#keepAhead(now);
      return call;
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
        await this.#askInTime();
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

  #isRefused(now: number): boolean {
    return this.#verdict !== undefined && now < this.#verdict.untilMs;
  }

  /** Gets the next lease before the present ones are used up. Where calls are rare, they rather wait for one. */
  #keepAhead(now: number): void {
    const soon = Math.floor(this.#callsAhead(now) / 2);
    for (const held of this.#held) if (held.hasRoom(soon)) return;
    if (!this.#isRefused(now)) void this.#ask();
  }

  /** One at a time: those who ask meanwhile wait for the same answer. */
  #ask(): Promise<void> {
    this.#asking ??= this.#acquire().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** Those who wait give up together. The request goes on: what it is granted would else be held by nobody. */
  #askInTime(): Promise<void> {
    const asking = this.#ask();
    const { waitMsMax } = this.#options;
    if (waitMsMax === undefined) return asking;
    this.#answerInTime ??= isOverWithin(asking, waitMsMax).then((isOver) => {
      this.#answerInTime = undefined;
      if (!isOver) this.#remember(new Error(`no answer within ${waitMsMax / 1000} s`));
    });
    return this.#answerInTime;
  }

  #callsAhead(now: number): number {
    return this.#pace.perSecond(now) * this.#aheadSeconds;
  }

  /** Where answers take long, more calls come meanwhile. */
  get #aheadSeconds(): number {
    return Math.max(AHEAD_SECONDS, AHEAD_ANSWERS * this.#answerSeconds);
  }

  /** Calls that wait come no faster than leases do: where the last one did not last, their pace does not tell what they need. */
  #callsToAskFor(now: number): number {
    const { calls, atMs } = this.#lastAsked;
    const isTooSmall = this.#waiting > 0 && now - atMs < this.#aheadSeconds * 1000;
    const ahead = Math.ceil(this.#callsAhead(now));
    return Math.min(CALLS_MAX, Math.max(1, this.#waiting, ahead, isTooSmall ? calls * 2 : 0));
  }

  async #acquire(): Promise<void> {
    const { client, call, max } = this.#options;
    // Those who ask at the same moment are counted among those who wait.
    await Promise.resolve();
    const asked = this.#clock();
    const calls = this.#callsToAskFor(asked);
    this.#lastAsked = { calls, atMs: asked };
    try {
      const ttl_seconds = this.#ttlMs / 1000;
      const lease = await client.acquireLease({ call, calls, ttl_seconds, ...(max && { max }) });
      this.#answerSeconds = (this.#clock() - asked) / 1000;
      this.#hold(new HeldLease(lease, asked, (held) => this.#settle(held)));
      this.#failMode = lease.fail_mode;
    } catch (error) {
      this.#remember(error);
    }
  }

  #hold(lease: HeldLease): void {
    this.#verdict = undefined;
    for (const held of [...this.#held]) if (!held.hasRoom(1)) this.#closeLease(held);
    this.#held.push(lease);
    this.#schedule();
  }

  #remember(error: unknown): void {
    if (!(error instanceof Error)) throw error;
    const now = this.#clock();
    if (error instanceof BudgetExhaustedError) {
      const { refusedMsMax = REFUSED_MS_MAX } = this.#options;
      const ms = Math.min(refusedMsMax, error.retryAfterSeconds * 1000);
      this.#verdict = { admission: { outcome: "refused", error }, untilMs: now + ms };
      return;
    }
    // What is wrong with the request is wrong whoever is down.
    if (error instanceof ApiError && error.status < 500 && error.status !== 429)
      this.#options.onProblem?.(error);
    const admission = { outcome: "unasked", failMode: this.#failMode, error } as const;
    this.#verdict = { admission, untilMs: now + UNASKED_MS };
  }

  /** Lets no more calls in from it; with none under way it is settled. */
  #closeLease(held: HeldLease): void {
    if (held.state === "open") held.state = "closing";
    if (held.block.underWay === 0) this.#settle(held);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    let next = Number.POSITIVE_INFINITY;
    for (const held of this.#held) if (held.state !== "ending") next = Math.min(next, this.#turnOf(held));
    if (next === Number.POSITIVE_INFINITY) return;
    const ms = Math.max(WAIT_MS_MIN, next - this.#clock());
    this.#timer = setTimeout(() => void this.#turn(), ms);
    this.#timer.unref();
  }

  /** When something has to be done about it, since it is about to expire. */
  #turnOf({ block }: HeldLease): number {
    return block.expiresAtMs - this.#ttlMs * MARGIN;
  }

  async #turn(): Promise<void> {
    const now = this.#clock();
    const due = this.#held.filter((held) => held.state !== "ending" && this.#turnOf(held) <= now);
    await Promise.all(due.map((held) => this.#prolong(held)));
    this.#schedule();
  }

  /** No more calls are let in; where some are under way, it is made to last until they are over. */
  async #prolong(held: HeldLease): Promise<void> {
    this.#closeLease(held);
    if (held.state === "settled") return;
    const { client, onProblem } = this.#options;
    const { leaseId, committed } = held.block;
    try {
      const renewal = { calls: 0, ttl_seconds: this.#ttlMs / 1000, spent: toWireAmounts(committed) };
      const longerMs = held.renew(await client.renewLease(leaseId, renewal));
      // Its period ends: it lasts no longer.
      if (longerMs < this.#ttlMs * MARGIN) held.state = "ending";
    } catch (error) {
      // It expires. What its calls come to counts by their metrics, and by a settlement that comes late.
      held.state = "ending";
      onProblem?.(asError(error));
    }
  }

  #settle(held: HeldLease): void {
    if (held.state === "settled") return;
    held.state = "settled";
    this.#held = this.#held.filter((one) => one !== held);
    const { client, onProblem } = this.#options;
    const { leaseId, committed } = held.block;
    const isUnused = committed.usd === 0n && committed.tokens === 0 && committed.requests === 0;
    const settling: Promise<unknown> = isUnused
      ? client.releaseLease(leaseId)
      : client.settleLease(leaseId, toWireAmounts(committed));
    const settled = settling
      .catch((error: unknown) => onProblem?.(asError(error)))
      .finally(() => this.#settling.delete(settled));
    this.#settling.add(settled);
  }
}

async function isOverWithin(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}

const monotonicClock = (): number => performance.timeOrigin + performance.now();

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
