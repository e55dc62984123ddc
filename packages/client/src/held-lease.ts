import {
  costOfUsage,
  type FailMode,
  fixedPointText,
  type LeaseAmounts,
  LeaseBlock,
  type UnitPrices,
  type Usage,
} from "@ai-usage/core";
import type { Lease, NewLease } from "./answers.ts";
import type { BudgetExhaustedError } from "./errors.ts";
import { amountsOf, fromWireAmounts, fromWireUnitPrices } from "./lease-amounts.ts";
import type { LeaseSpent } from "./lease-requests.ts";

/** A call that may be made. Its metric is to be sent with the lease's id. */
export interface AdmittedCall {
  readonly outcome: "admitted";
  readonly leaseId: string;
  /** It is over; what is said after that is not heard. Of what is not told, the most that it may take counts. */
  done(taken?: LeaseSpent): void;
  /**
   * What it costs, to the last digit, if it was served by the model that the lease is for, in the standard tier: exact text.
   *
   * @returns undefined where the lease does not tell the prices of all that was used
   */
  costOf(usage: Usage): string | undefined;
}

/**
 * `admitted`: the call may be made · `refused`: a budget has not enough left ·
 * `unasked`: the API did not answer, and what then becomes of the call is as its budgets say.
 */
export type Admission =
  | AdmittedCall
  | { readonly outcome: "refused"; readonly error: BudgetExhaustedError }
  | { readonly outcome: "unasked"; readonly failMode: FailMode; readonly error: Error };

/** A lease, and the calls that are made from it. */
export class HeldLease {
  readonly block: LeaseBlock;
  readonly unitPrices: UnitPrices;
  readonly #perCall: LeaseAmounts;
  readonly #whenOver: (held: HeldLease) => void;
  /** By the API's clock. */
  #expiresAt: string;
  /** `closing`: no more calls are let in · `ending`: nor is it renewed, it is settled when those under way are over. */
  state: "open" | "closing" | "ending" | "settled" = "open";

  /**
   * The API's clock and ours may differ: a lease lasts as long as it was given for, from before it was asked for.
   *
   * @param whenOver is called when the last call is over after no more were let in
   */
  constructor(lease: NewLease, askedMs: number, whenOver: (held: HeldLease) => void) {
    this.block = new LeaseBlock({
      leaseId: lease.lease_id,
      granted: fromWireAmounts(lease.granted),
      units: lease.budgets.map(({ unit }) => unit),
      expiresAtMs: askedMs + msBetween(lease.acquired_at, lease.expires_at),
    });
    this.unitPrices = fromWireUnitPrices(lease);
    this.#perCall = fromWireAmounts(lease.per_call);
    this.#expiresAt = lease.expires_at;
    this.#whenOver = whenOver;
  }

  /** Whether there is room for so many calls. */
  hasRoom(calls: number): boolean {
    return this.state === "open" && this.block.covers(this.#perCall, calls);
  }

  admit(nowMs: number): AdmittedCall | undefined {
    if (this.state !== "open" || !this.block.admit(this.#perCall, nowMs)) return undefined;
    return new HeldCall(this);
  }

  /** One of its calls is over. */
  callOver(taken: LeaseSpent | undefined): void {
    const most = this.#perCall;
    this.block.settle(most, taken === undefined ? most : amountsOf(taken, most));
    if (this.state !== "open" && this.block.underWay === 0) this.#whenOver(this);
  }

  /** @returns by how much longer it lasts now */
  renew(lease: Lease): number {
    const longerMs = msBetween(this.#expiresAt, lease.expires_at);
    this.#expiresAt = lease.expires_at;
    const granted = fromWireAmounts(lease.granted);
    this.block.renew({ granted, expiresAtMs: this.block.expiresAtMs + longerMs });
    return longerMs;
  }
}

class HeldCall implements AdmittedCall {
  readonly outcome = "admitted";
  readonly #held: HeldLease;
  #isDone = false;

  constructor(held: HeldLease) {
    this.#held = held;
  }

  get leaseId(): string {
    return this.#held.block.leaseId;
  }

  done(taken?: LeaseSpent): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#held.callOver(taken);
  }

  costOf(usage: Usage): string | undefined {
    const cost = costOfUsage(this.#held.unitPrices, usage);
    return cost === undefined ? undefined : fixedPointText(cost);
  }
}

const msBetween = (from: string, to: string): number => Date.parse(to) - Date.parse(from);
