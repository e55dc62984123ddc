import {
  type ApprovalPolicy,
  applyEdit,
  type Budget,
  type BudgetAmendment,
  type BudgetChange,
  type BudgetCreation,
  type BudgetProposal,
  type BudgetTemplate,
  type ChangeNote,
  type EditOutcome,
  hasSameJson,
  type Instant,
  needsApproval,
  newBudget,
  newProposal,
} from "@ai-usage/core";
import { ProblemError, termsProblemError } from "@ai-usage/wire";

/** Who asks: there is one token, so nobody but tests themselves can approve what was proposed through it. */
export const MEMORY_CALLER = "token1";

/** A change that was made, or that waits for a second person. */
export interface MemoryChange {
  readonly budget: Budget;
  readonly proposal?: BudgetProposal;
}

/** Budgets with their audit trail, proposals and templates, in memory. */
export class MemoryBudgets {
  readonly all = new Map<string, Budget>();
  /** Newest first. */
  readonly changes: BudgetChange[] = [];
  readonly proposals = new Map<string, BudgetProposal>();
  readonly templates = new Map<string, BudgetTemplate>();
  /** What takes a second person; nothing unless a test says so. */
  policy: ApprovalPolicy = {};
  #changeCount = 0;

  nextId(): string {
    return `bud_${this.all.size + 1}`;
  }

  /** A budget as it is made, or as it is when there is one of its id. */
  create(creation: BudgetCreation, at: Instant, reason?: string): { budget: Budget; isNew: boolean } {
    const known = this.all.get(creation.budgetId);
    if (known) return { budget: known, isNew: false };
    const note = this.#note(at, reason);
    const { budget } = edited(newBudget(creation, note));
    this.#keep(undefined, budget, { ...note, kind: "create" });
    return { budget, isNew: true };
  }

  edit(budgetId: string, edit: BudgetAmendment, at: Instant, reason?: string): MemoryChange {
    const before = this.get(budgetId);
    const note = this.#note(at, reason);
    const outcome = edited(applyEdit(before, edit, note));
    if (outcome.outcome === "unchanged") return { budget: before };
    if (needsApproval(this.policy, before, edit, at))
      return { budget: before, proposal: this.#propose(before, edit, note) };
    this.#keep(before, outcome.budget, { ...note, kind: edit.kind });
    return { budget: outcome.budget };
  }

  /** @throws ProblemError 403 when it is approved by who proposed it, 409 when it was decided otherwise */
  approve(proposalId: string, at: Instant, reason?: string): BudgetProposal {
    const proposal = this.proposal(proposalId);
    if (proposal.state === "approved") return proposal;
    const pending = this.#pending(proposal);
    if (pending.proposedBy === MEMORY_CALLER)
      throw new ProblemError(403, "who proposed a change cannot approve it: that takes a second person");
    const before = this.get(pending.budgetId);
    const note = { ...this.#note(at, pending.reason), by: pending.proposedBy, approvedBy: MEMORY_CALLER };
    const { budget } = edited(applyEdit(before, pending.edit, note));
    this.#keep(before, budget, { ...note, kind: pending.edit.kind });
    return this.#decide(pending, "approved", at, reason);
  }

  reject(proposalId: string, at: Instant, reason?: string): BudgetProposal {
    const proposal = this.proposal(proposalId);
    if (proposal.state === "rejected" || proposal.state === "withdrawn") return proposal;
    const pending = this.#pending(proposal);
    const state = pending.proposedBy === MEMORY_CALLER ? "withdrawn" : "rejected";
    return this.#decide(pending, state, at, reason);
  }

  get(budgetId: string): Budget {
    const budget = this.all.get(budgetId);
    if (!budget) throw new ProblemError(404, "there is no such budget");
    return budget;
  }

  proposal(proposalId: string): BudgetProposal {
    const proposal = this.proposals.get(proposalId);
    if (!proposal) throw new ProblemError(404, "there is no such proposal");
    return proposal;
  }

  /** The same again is no other proposal. */
  #propose(budget: Budget, edit: BudgetAmendment, { at, by, reason }: ChangeNote): BudgetProposal {
    const waiting = [...this.proposals.values()].find(
      (one) => one.state === "pending" && one.budgetId === budget.budgetId && hasSameJson(one.edit, edit),
    );
    if (waiting) return waiting;
    const proposalId = `prop_${this.proposals.size + 1}`;
    const proposal = newProposal(budget, edit, {
      proposalId,
      at,
      by,
      ...(reason !== undefined && { reason }),
    });
    this.proposals.set(proposal.proposalId, proposal);
    return proposal;
  }

  #pending(proposal: BudgetProposal): BudgetProposal {
    if (proposal.state === "pending") return proposal;
    throw new ProblemError(409, `this proposal is ${proposal.state}: there is nothing left to decide`);
  }

  #decide(
    proposal: BudgetProposal,
    state: BudgetProposal["state"],
    at: Instant,
    reason: string | undefined,
  ): BudgetProposal {
    const decided = {
      ...proposal,
      state,
      decidedAt: at,
      decidedBy: MEMORY_CALLER,
      ...(reason !== undefined && { decisionReason: reason }),
    };
    this.proposals.set(proposal.proposalId, decided);
    return decided;
  }

  #note(at: Instant, reason: string | undefined): ChangeNote {
    this.#changeCount += 1;
    const changeId = `chg_${this.#changeCount}`;
    return { changeId, at, by: MEMORY_CALLER, ...(reason !== undefined && { reason }) };
  }

  #keep(
    before: Budget | undefined,
    after: Budget,
    change: Omit<BudgetChange, "budgetId" | "at" | "before" | "after">,
  ): void {
    const { budgetId, updatedAt: at } = after;
    this.all.set(budgetId, after);
    this.changes.unshift({ ...change, budgetId, at, ...(before && { before }), after });
  }
}

function edited(outcome: EditOutcome): Exclude<EditOutcome, { outcome: "invalid" }> {
  if (outcome.outcome === "invalid") throw termsProblemError(outcome);
  return outcome;
}
