import {
  applyEdit,
  type Budget,
  type BudgetProposal,
  type ChangeNote,
  newProposal,
  type ProposalNote,
  type ProposalState,
  type Scope,
} from "@ai-usage/core";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { budgetWrites, orScopeFull } from "./budget-writes.ts";
import { findStoredBudget } from "./edit-budget.ts";
import { listings, proposalKey } from "./keys.ts";
import { listMatching, type Page, type PageRequest } from "./listing.ts";
import { fromProposalItem, toProposalItem } from "./proposal-item.ts";
import type { Table } from "./table.ts";
import { type Plan, type TransactItems, transact } from "./transact.ts";

/** Stores an edit that waits for a second person. */
export async function createProposal(
  table: Table,
  budget: Budget,
  { edit, ...note }: ProposalNote & Pick<BudgetProposal, "edit">,
): Promise<BudgetProposal> {
  const proposal = newProposal(budget, edit, note);
  await table.client.send(new PutCommand({ TableName: table.name, Item: toProposalItem(proposal) }));
  return proposal;
}

export async function findProposal(table: Table, proposalId: string): Promise<BudgetProposal | undefined> {
  const { Item: item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: proposalKey(proposalId), ConsistentRead: true }),
  );
  return item && fromProposalItem(item);
}

export interface ProposalFilter {
  readonly state?: ProposalState;
  /** Budgets of any of these scopes. */
  readonly scopes?: readonly Scope[];
  readonly budgetId?: string;
}

/** A page of proposals, newest first. It may have fewer than asked for, or none, and be followed by another all the same. */
export function listProposals(
  table: Table,
  request: PageRequest & ProposalFilter,
): Promise<Page<BudgetProposal>> {
  const { state, scopes, budgetId } = request;
  const matches = (proposal: BudgetProposal) =>
    (state === undefined || proposal.state === state) &&
    (scopes === undefined || scopes.includes(proposal.scope)) &&
    (budgetId === undefined || proposal.budgetId === budgetId);
  return listMatching(table, listings.proposals, request, { fromItem: fromProposalItem, matches });
}

/**
 * What deciding came to. `own`: who proposed it cannot approve it · `decided`: it had been decided before, as it says ·
 * `outdated`: the limit of the budget has changed since, or the time of the increase is over; it now says so.
 */
export type ApprovalOutcome =
  | { readonly outcome: "approved"; readonly proposal: BudgetProposal; readonly budget: Budget }
  | { readonly outcome: "own" | "decided" | "outdated"; readonly proposal: BudgetProposal }
  | { readonly outcome: "unknown" };

/**
 * Applies what was proposed, and marks it so, both or none.
 * @param note `by` is who approves it
 * @throws ThrottledError when others write at the same time, always; it may be tried again
 */
export function approveProposal(
  table: Table,
  proposalId: string,
  note: ChangeNote,
): Promise<ApprovalOutcome> {
  return orScopeFull(
    `the scope of ${proposalId}`,
    transact(table, "budgets", () => planApproval(table, proposalId, note)),
  );
}

async function planApproval(
  table: Table,
  proposalId: string,
  note: ChangeNote,
): Promise<Plan<ApprovalOutcome>> {
  const proposal = await findProposal(table, proposalId);
  if (proposal === undefined) return { writes: [], outcome: { outcome: "unknown" } };
  if (proposal.state !== "pending") return { writes: [], outcome: { outcome: "decided", proposal } };
  if (proposal.proposedBy === note.by) return { writes: [], outcome: { outcome: "own", proposal } };
  const decided = (state: ProposalState) => decidedProposal(proposal, state, note);
  const before = await findStoredBudget(table, proposal.budgetId);
  const edited =
    before?.budget.revision === proposal.revision
      ? applyEdit(before.budget, proposal.edit, changeOf(proposal, note))
      : undefined;
  if (before === undefined || edited?.outcome !== "edited") {
    const outdated = decided("outdated");
    return {
      writes: [proposalWrite(table, outdated)],
      outcome: { outcome: "outdated", proposal: outdated },
    };
  }
  const approved = decided("approved");
  const change = { ...changeOf(proposal, note), kind: proposal.edit.kind };
  return {
    writes: [...budgetWrites(table, before, edited.budget, change), proposalWrite(table, approved)],
    outcome: { outcome: "approved", proposal: approved, budget: edited.budget },
  };
}

/** The change is that of who proposed it. */
function changeOf({ proposedBy, reason }: BudgetProposal, { changeId, at, by }: ChangeNote): ChangeNote {
  return { changeId, at, by: proposedBy, approvedBy: by, ...(reason !== undefined && { reason }) };
}

export type RejectionOutcome =
  | { readonly outcome: "rejected" | "withdrawn" | "decided"; readonly proposal: BudgetProposal }
  | { readonly outcome: "unknown" };

/** Ends a proposal without effect; by who proposed it, it is withdrawn. */
export function rejectProposal(
  table: Table,
  proposalId: string,
  note: Pick<ChangeNote, "at" | "by" | "reason">,
): Promise<RejectionOutcome> {
  return transact<RejectionOutcome>(table, "proposals", async () => {
    const proposal = await findProposal(table, proposalId);
    if (proposal === undefined) return { writes: [], outcome: { outcome: "unknown" } };
    if (proposal.state !== "pending") return { writes: [], outcome: { outcome: "decided", proposal } };
    const outcome = proposal.proposedBy === note.by ? "withdrawn" : "rejected";
    const decided = decidedProposal(proposal, outcome, note);
    return { writes: [proposalWrite(table, decided)], outcome: { outcome, proposal: decided } };
  });
}

function decidedProposal(
  proposal: BudgetProposal,
  state: ProposalState,
  { at, by, reason }: Pick<ChangeNote, "at" | "by" | "reason">,
): BudgetProposal {
  return {
    ...proposal,
    state,
    decidedAt: at,
    decidedBy: by,
    ...(reason !== undefined && { decisionReason: reason }),
  };
}

function proposalWrite(table: Table, proposal: BudgetProposal): TransactItems[number] {
  return {
    Put: {
      TableName: table.name,
      Item: toProposalItem(proposal),
      ConditionExpression: "#state = :pending",
      ExpressionAttributeNames: { "#state": "state" },
      ExpressionAttributeValues: { ":pending": "pending" },
    },
  };
}
