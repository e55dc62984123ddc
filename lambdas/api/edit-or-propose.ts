import {
  type Budget,
  type BudgetAmendment,
  type BudgetProposal,
  type ChangeNote,
  hasSameJson,
} from "@ai-usage/core";
import { createProposal, editBudget, listProposals } from "@ai-usage/store";
import { ProblemError, termsProblemError } from "@ai-usage/wire";
import { noSuchBudget } from "./budget-access.ts";
import { type ApiParts, newId } from "./context.ts";

/** A budget after a request; with a proposal it is as it was, until a second person agrees. */
export interface EditedBudget {
  readonly budget: Budget;
  readonly proposal?: BudgetProposal;
}

/**
 * Changes a budget, or proposes to where the deployment asks for a second person.
 * @throws ProblemError 400 when the budget cannot be so · 404
 */
export async function editOrPropose(
  { table, approval }: Pick<ApiParts, "table" | "approval">,
  budgetId: string,
  edit: BudgetAmendment,
  note: ChangeNote,
): Promise<EditedBudget> {
  const edited = await editBudget(table, budgetId, edit, note, approval);
  switch (edited.outcome) {
    case "edited":
    case "unchanged":
      return { budget: edited.budget };
    case "invalid":
      if (edit.kind === "end_increase") throw new ProblemError(404, "there is no such increase");
      throw termsProblemError(edited);
    case "needs_approval": {
      const { budget } = edited;
      const waiting = await waitingProposal({ table }, budget, edit);
      return { budget, proposal: waiting ?? (await propose({ table }, budget, edit, note)) };
    }
    case "unknown":
      throw noSuchBudget();
    default:
      return edited satisfies never;
  }
}

function propose(
  { table }: Pick<ApiParts, "table">,
  budget: Budget,
  edit: BudgetAmendment,
  { at, by, reason }: ChangeNote,
): Promise<BudgetProposal> {
  return createProposal(table, budget, {
    proposalId: newId("prp"),
    edit,
    at,
    by,
    ...(reason !== undefined && { reason }),
  });
}

const RECENT_PROPOSALS = 20;

/** The same change may have been asked for before: whoever asks again does not make another proposal of it. */
async function waitingProposal(
  { table }: Pick<ApiParts, "table">,
  budget: Budget,
  edit: BudgetAmendment,
): Promise<BudgetProposal | undefined> {
  const { budgetId, revision } = budget;
  const { items } = await listProposals(table, { limit: RECENT_PROPOSALS, state: "pending", budgetId });
  return items.find((one) => one.revision === revision && hasSameJson(one.edit, edit));
}
