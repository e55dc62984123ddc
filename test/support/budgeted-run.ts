/** What an application tells that made calls until a budget refused them. */
export interface BudgetedRun {
  /** Calls that were answered. */
  readonly made: number;
  /** Calls that were not made since nobody could be asked. */
  readonly unasked: number;
  /** From the first call to the last refusal. */
  readonly seconds: number;
  readonly leaseRequests: number;
  /** Calls that were let in at once, from leases that were held. */
  readonly fromMemory: number;
  /** What deciding on these took, each. */
  readonly decisionMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly dropped: number;
  readonly waiting: number;
}
