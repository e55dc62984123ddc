import type { BudgetUnit } from "./budget.ts";
import type { FixedPoint } from "./fixed-point.ts";

/** An amount in each unit that budgets limit, in numbers that are quick to count with. Tokens and requests are whole. */
export interface LeaseAmounts {
  readonly usd: FixedPoint;
  readonly tokens: number;
  readonly requests: number;
}

export const noLeaseAmounts: LeaseAmounts = { usd: 0n, tokens: 0, requests: 0 };

/** What a client holds of a lease. Times are milliseconds since 1970, by its own clock. */
export interface GrantedLease {
  readonly leaseId: string;
  readonly granted: LeaseAmounts;
  /** What its budgets limit; in other units calls may take what they like. */
  readonly units: readonly BudgetUnit[];
  readonly expiresAtMs: number;
}

/**
 * Calls made from one lease, in memory: each is let in with the most that it may take, and counts with what it took once
 * that is known. What is let in never comes to more than what was granted. A decision takes less than a microsecond.
 */
export class LeaseBlock {
  readonly leaseId: string;
  readonly #units: readonly BudgetUnit[];
  #expiresAtMs: number;
  #granted: LeaseAmounts;
  /** Neither spent nor promised to calls under way. */
  #free: LeaseAmounts;
  /** Of calls that are over. */
  #spent = noLeaseAmounts;
  #underWay = 0;

  constructor({ leaseId, granted, units, expiresAtMs }: GrantedLease) {
    this.leaseId = leaseId;
    this.#units = units;
    this.#expiresAtMs = expiresAtMs;
    this.#granted = granted;
    this.#free = granted;
  }

  get expiresAtMs(): number {
    return this.#expiresAtMs;
  }

  get spent(): LeaseAmounts {
    return this.#spent;
  }

  get underWay(): number {
    return this.#underWay;
  }

  get free(): LeaseAmounts {
    return this.#free;
  }

  /** What was spent, and the most that calls under way may take besides. */
  get committed(): LeaseAmounts {
    return less(this.#granted, this.#free);
  }

  /** Whether there is room for so many calls that take at most `demand` each, if the lease lasts. */
  covers(demand: LeaseAmounts, calls = 1): boolean {
    const free = this.#free;
    for (const unit of this.#units) {
      const needed = unit === "usd" ? demand.usd * BigInt(calls) : demand[unit] * calls;
      if (free[unit] < needed) return false;
    }
    return true;
  }

  /** Whether a call that takes at most `demand` may be made now. It may until the lease expires. */
  admit(demand: LeaseAmounts, nowMs: number): boolean {
    if (nowMs >= this.#expiresAtMs || !this.covers(demand)) return false;
    this.#free = less(this.#free, demand);
    this.#underWay += 1;
    return true;
  }

  /** A call that was let in with `demand` is over, and took `taken`. */
  settle(demand: LeaseAmounts, taken: LeaseAmounts): void {
    if (taken !== demand) this.#free = plus(this.#free, less(demand, taken));
    this.#spent = plus(this.#spent, taken);
    this.#underWay -= 1;
  }

  /** It was renewed: with all that was granted now, what was spent included. */
  renew({ granted, expiresAtMs }: Pick<GrantedLease, "granted" | "expiresAtMs">): void {
    this.#free = plus(this.#free, less(granted, this.#granted));
    this.#granted = granted;
    this.#expiresAtMs = expiresAtMs;
  }
}

function plus(a: LeaseAmounts, b: LeaseAmounts): LeaseAmounts {
  return { usd: a.usd + b.usd, tokens: a.tokens + b.tokens, requests: a.requests + b.requests };
}

function less(a: LeaseAmounts, b: LeaseAmounts): LeaseAmounts {
  return { usd: a.usd - b.usd, tokens: a.tokens - b.tokens, requests: a.requests - b.requests };
}
