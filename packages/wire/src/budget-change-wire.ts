import {
  type Budget,
  type BudgetChange,
  type BudgetProposal,
  type Instant,
  proposalStates,
} from "@ai-usage/core";
import * as z from "zod";
import { updateToRequest } from "./budget-set-wire.ts";
import { reasonField } from "./budget-terms-wire.ts";
import { toWireBudget } from "./budget-wire.ts";
import { pageFields, wordField } from "./fields.ts";

/** Body of what is done to a budget or a proposal as it is: nobody has to say why. */
export const decisionSchema = z.strictObject({ reason: reasonField.optional() });

/** Query of `GET /budgets/proposals`. */
export const proposalListSchema = z
  .strictObject({
    ...pageFields,
    state: wordField(proposalStates).optional(),
    budget_id: z.string().max(64, "is no id of a budget").optional(),
  })
  .transform(({ budget_id: budgetId, ...query }) => ({ ...query, budgetId }));

/** An entry of the audit trail. */
export function toWireBudgetChange(change: BudgetChange) {
  const { at } = change;
  return {
    change_id: change.changeId,
    at,
    by: change.by,
    ...(change.approvedBy !== undefined && { approved_by: change.approvedBy }),
    kind: change.kind,
    ...(change.reason !== undefined && { reason: change.reason }),
    ...(change.before && { before: toWireBudget(change.before, at) }),
    after: toWireBudget(change.after, at),
  };
}

/** What a second person decides about: all that would change, and for how long. */
export function toWireProposal(proposal: BudgetProposal) {
  return {
    proposal_id: proposal.proposalId,
    budget_id: proposal.budgetId,
    scope: proposal.scope,
    state: proposal.state,
    kind: proposal.edit.kind,
    amount_before: proposal.amountBefore.toString(),
    amount_after: proposal.amountAfter.toString(),
    ...(proposal.edit.kind === "update" && { changes: updateToRequest(proposal.edit.terms) }),
    ...(proposal.edit.kind === "increase" && {
      from: proposal.edit.increase.from,
      until: proposal.edit.increase.until,
    }),
    ...(proposal.reason !== undefined && { reason: proposal.reason }),
    proposed_at: proposal.proposedAt,
    proposed_by: proposal.proposedBy,
    ...(proposal.decidedAt !== undefined && { decided_at: proposal.decidedAt }),
    ...(proposal.decidedBy !== undefined && { decided_by: proposal.decidedBy }),
    ...(proposal.decisionReason !== undefined && { decision_reason: proposal.decisionReason }),
  };
}

/** Answer to a change that waits for a second person: the budget is as it was. */
export function toWireProposed(budget: Budget, proposal: BudgetProposal, now: Instant) {
  return { budget: toWireBudget(budget, now), proposal: toWireProposal(proposal) };
}
