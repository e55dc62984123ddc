import type { Decision, Lease, NewLease } from "../answers.ts";
import type { DecideInput, LeaseInput, LeaseRenewal, SpentInput } from "../lease-requests.ts";
import { ApiMethods, pathOf } from "./api-methods.ts";

/** At the bottom of the classes, so that {@link LeaseClient} has no others in it. */
export abstract class LeaseMethods extends ApiMethods {
  /** Whether a call would fit its hard budgets. It leaves no trace: {@link acquireLease} is what holds. */
  decide(input: DecideInput): Promise<Decision> {
    return this.repeat("POST", "/budgets/decide", input);
  }

  /**
   * Reserves what calls may take, in all hard budgets that they fall under, or in none.
   * @throws BudgetExhaustedError when one of them has not enough left
   */
  acquireLease(input: LeaseInput): Promise<NewLease> {
    return this.change("POST", "/leases", input);
  }

  /**
   * Makes it last longer, and tops it up for what was spent.
   * @throws BudgetExhaustedError when there is not enough left; the lease stays as it was
   */
  renewLease(leaseId: string, renewal: LeaseRenewal = {}): Promise<Lease> {
    return this.change("POST", pathOf`/leases/${leaseId}/renew`, renewal);
  }

  /** Says what its calls came to; what was not used is free again. The same again has the same answer. */
  settleLease(leaseId: string, spent: SpentInput): Promise<Lease> {
    return this.repeat("POST", pathOf`/leases/${leaseId}/settle`, { spent });
  }

  /** Nothing was spent. */
  releaseLease(leaseId: string): Promise<Lease> {
    return this.repeat("POST", pathOf`/leases/${leaseId}/release`);
  }

  getLease(leaseId: string): Promise<Lease> {
    return this.ask(pathOf`/leases/${leaseId}`);
  }
}
