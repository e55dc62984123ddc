import {
  type ApprovalPolicy,
  applyEdit,
  type Budget,
  type BudgetAmendment,
  type ChangeNote,
  type EditOutcome,
  needsApproval,
} from "@ai-usage/core";
import { fromBudgetItem } from "./budget-item.ts";
import { budgetWrites, orScopeFull, type StoredBudget } from "./budget-writes.ts";
import { findBudgetItem } from "./budgets.ts";
import { ItemReader } from "./item.ts";
import type { Table } from "./table.ts";
import { transact } from "./transact.ts";

/** What an edit came to. `needs_approval`: nothing was changed, it takes a proposal · `unknown`: there is no such budget. */
export type BudgetEditOutcome =
  | EditOutcome
  | { readonly outcome: "needs_approval"; readonly budget: Budget }
  | { readonly outcome: "unknown" };

/**
 * Changes a budget, the active ones of its scope and its audit trail: all of it or nothing. When somebody else was faster,
 * it is applied to what they made of it.
 *
 * @param policy what takes a second person; without one nothing does
 * @throws ScopeFullError when the scope has too many active budgets
 * @throws ThrottledError when others write at the same time, always; it may be tried again
 */
export function editBudget(
  table: Table,
  budgetId: string,
  edit: BudgetAmendment,
  note: ChangeNote,
  policy: ApprovalPolicy = {},
): Promise<BudgetEditOutcome> {
  return orScopeFull(
    `the scope of ${budgetId}`,
    transact<BudgetEditOutcome>(table, "budgets", async () => {
      const before = await findStoredBudget(table, budgetId);
      if (before === undefined) return { writes: [], outcome: { outcome: "unknown" } };
      const outcome = applyEdit(before.budget, edit, note);
      if (outcome.outcome !== "edited") return { writes: [], outcome };
      if (needsApproval(policy, before.budget, edit, note.at)) {
        return { writes: [], outcome: { outcome: "needs_approval", budget: before.budget } };
      }
      return { writes: budgetWrites(table, before, outcome.budget, { ...note, kind: edit.kind }), outcome };
    }),
  );
}

export async function findStoredBudget(table: Table, budgetId: string): Promise<StoredBudget | undefined> {
  const item = await findBudgetItem(table, budgetId);
  return item && { budget: fromBudgetItem(item), changeId: new ItemReader(item).text("change_id") };
}
