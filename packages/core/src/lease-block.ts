import type { BudgetUnit } from "./budget.ts";
import { addQuantities, noQuantities, type Quantities, subtractQuantities } from "./quantities.ts";
import type { Instant } from "./time.ts";

/** What a client holds of a lease. */
export interface GrantedLease {
  readonly leaseId: string;
  readonly granted: Quantities;
  /** What its budgets limit; in other units calls may take what they like. */
  readonly units: readonly BudgetUnit[];
  readonly expiresAt: Instant;
}

/**
 * Calls made from one lease, in memory: each is let in with the most that it may take, and counts with what it took once
 * that is known. What is let in never comes to more than what was granted.
 */
export class LeaseBlock {
  readonly leaseId: string;
  readonly #units: readonly BudgetUnit[];
  #expiresAt: Instant;
  #granted: Quantities;
  /** Neither spent nor promised to calls under way. */
  #free: Quantities;
  /** Of calls that are over. */
  #spent: Quantities = noQuantities;
  #underWay = 0;

  constructor({ leaseId, granted, units, expiresAt }: GrantedLease) {
    this.leaseId = leaseId;
    this.#units = units;
    this.#expiresAt = expiresAt;
    this.#granted = granted;
    this.#free = granted;
  }

  get expiresAt(): Instant {
    return this.#expiresAt;
  }

  get spent(): Quantities {
    return this.#spent;
  }

  get underWay(): number {
    return this.#underWay;
  }

  get free(): Quantities {
    return this.#free;
  }

  /** What was spent, and the most that calls under way may take besides. */
  get committed(): Quantities {
    return subtractQuantities(this.#granted, this.#free);
  }

  /** Whether there is room for a call that takes at most `demand`, if the lease lasts. */
  covers(demand: Quantities): boolean {
    return this.#units.every((unit) => this.#free[unit].atLeast(demand[unit]));
  }

  /** Whether a call that takes at most `demand` may be made now. It may until the lease expires. */
  admit(demand: Quantities, now: Instant): boolean {
    if (now >= this.#expiresAt || !this.covers(demand)) return false;
    this.#free = subtractQuantities(this.#free, demand);
    this.#underWay += 1;
    return true;
  }

  /** A call that was let in with `demand` is over, and took `taken`. */
  settle(demand: Quantities, taken: Quantities): void {
    if (taken !== demand) this.#free = addQuantities(this.#free, subtractQuantities(demand, taken));
    this.#spent = addQuantities(this.#spent, taken);
    this.#underWay -= 1;
  }

  /** It was renewed: with all that was granted now, what was spent included. */
  renew({ granted, expiresAt }: Pick<GrantedLease, "granted" | "expiresAt">): void {
    this.#free = addQuantities(this.#free, subtractQuantities(granted, this.#granted));
    this.#granted = granted;
    this.#expiresAt = expiresAt;
  }
}
