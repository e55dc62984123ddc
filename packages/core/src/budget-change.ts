import type { Amount, Budget, BudgetTerms, Rollover, SpikeWatch, TemporaryIncrease } from "./budget.ts";
import type { Scope } from "./scope.ts";
import type { Instant } from "./time.ts";

/** What a new budget is made of. */
export interface BudgetCreation {
  readonly kind: "create";
  readonly budgetId: string;
  readonly terms: BudgetTerms;
  readonly managedBy?: string;
  readonly managedKey?: string;
}

/** Terms that may change; the others make it another budget. `null` ends what a budget may go without. */
export type TermsUpdate = Partial<
  Pick<BudgetTerms, "name" | "amount" | "thresholds" | "enforcement" | "failMode" | "metadata"> & {
    readonly rollover: Rollover | null;
    readonly spike: SpikeWatch | null;
    readonly contact: string | null;
  }
>;

/** What is to become of a budget that there is. */
export type BudgetAmendment =
  | { readonly kind: "update"; readonly terms: TermsUpdate }
  | { readonly kind: "increase"; readonly increase: TemporaryIncrease }
  | { readonly kind: "end_increase"; readonly increaseId: string }
  | { readonly kind: "deactivate" }
  | { readonly kind: "reactivate" };

export const budgetEditKinds = [
  "create",
  "update",
  "increase",
  "end_increase",
  "deactivate",
  "reactivate",
] as const satisfies readonly (BudgetCreation | BudgetAmendment)["kind"][];
export type BudgetEditKind = (typeof budgetEditKinds)[number];

/** Who changes a budget, when and why. */
export interface ChangeNote {
  readonly changeId: string;
  readonly at: Instant;
  /** Id of the token; `template:<id>`, `deploy`. */
  readonly by: string;
  /** Who let it through, where that took a second person. */
  readonly approvedBy?: string;
  readonly reason?: string;
}

/** An entry of the audit trail. Each begins with what the one before it ended with. */
export interface BudgetChange extends ChangeNote {
  readonly budgetId: string;
  readonly kind: BudgetEditKind;
  readonly before?: Budget;
  readonly after: Budget;
}

export const proposalStates = ["pending", "approved", "rejected", "withdrawn", "outdated"] as const;
export type ProposalState = (typeof proposalStates)[number];

/** An increase that a second person has to let through before it counts. */
export interface BudgetProposal {
  readonly proposalId: string;
  readonly budgetId: string;
  readonly scope: Scope;
  readonly edit: BudgetAmendment;
  readonly reason?: string;
  readonly proposedAt: Instant;
  readonly proposedBy: string;
  /** Revision of the budget that it was proposed for: it is outdated once the limit has changed otherwise. */
  readonly revision: number;
  readonly amountBefore: Amount;
  readonly amountAfter: Amount;
  readonly state: ProposalState;
  readonly decidedAt?: Instant;
  readonly decidedBy?: string;
  readonly decisionReason?: string;
}

/** From which increase on a second person has to agree. */
export interface ApprovalPolicy {
  /** US dollars more. */
  readonly aboveAmount?: Amount;
  /** Times as much, plain decimal text. */
  readonly aboveRatio?: string;
}
