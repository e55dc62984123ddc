import type { AmountInput } from "./budget-requests.ts";
import type { CallInput } from "./requests.ts";

/** Which call it is, as far as it counts in budgets. */
export type BudgetedCall = Pick<
  CallInput,
  "service" | "model" | "operation" | "user_id" | "team" | "feature" | "environment" | "job_id" | "metadata"
>;

/** What one call may take at most. What is left out is estimated. */
export interface CallMaximum {
  readonly cost_usd?: AmountInput;
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  /** By unit of usage, priced by the price book. */
  readonly usage?: CallInput["usage"];
}

export interface DecideInput {
  readonly call: BudgetedCall;
  readonly max?: CallMaximum;
  /** How many such calls. @default 1 */
  readonly calls?: number;
}

export interface LeaseInput extends DecideInput {
  /** 5 to 900. @default 60 */
  readonly ttl_seconds?: number;
}

export interface SpentInput {
  readonly cost_usd: AmountInput;
  readonly tokens?: number;
  readonly requests?: number;
}

export interface LeaseRenewal {
  readonly ttl_seconds?: number;
  /** Further ones; with 0 it lasts longer and no more. @default 1 */
  readonly calls?: number;
  /** All that has been spent from it so far. */
  readonly spent?: SpentInput;
}

/** What one call took, as a holder of leases is told. A unit that is left out counts with the most that the call may take. */
export interface LeaseSpent {
  /** Exact text in plain notation, `"0.0025"`. */
  readonly costUsd?: string | undefined;
  /** Input and output together. */
  readonly tokens?: number | undefined;
  /** 1 for a call that was made, 0 for one that was not. */
  readonly requests?: number | undefined;
}
