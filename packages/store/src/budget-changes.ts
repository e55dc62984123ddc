import { type BudgetChange, budgetEditKinds } from "@ai-usage/core";
import { fromBudgetItem, toBudgetAttributes } from "./budget-item.ts";
import { type Item, ItemReader } from "./item.ts";
import { budgetAuditKey, budgetAuditPartition } from "./keys.ts";
import { listPartition, type Page, type PageRequest } from "./listing.ts";
import type { Table } from "./table.ts";

/** A page of a budget's audit trail, newest first. */
export function listBudgetChanges(
  table: Table,
  budgetId: string,
  request: PageRequest,
): Promise<Page<BudgetChange>> {
  return listPartition(table, budgetAuditPartition(budgetId), request, fromBudgetChangeItem);
}

export function toBudgetChangeItem(change: BudgetChange): Item {
  return {
    ...budgetAuditKey(change.budgetId, change.at, change.changeId),
    change_id: change.changeId,
    budget_id: change.budgetId,
    at: change.at,
    by: change.by,
    approved_by: change.approvedBy,
    kind: change.kind,
    reason: change.reason,
    before: change.before && toBudgetAttributes(change.before),
    after: toBudgetAttributes(change.after),
  };
}

/** @throws InvalidItemError naming the attribute that is not what a change has */
function fromBudgetChangeItem(item: Item): BudgetChange {
  const read = new ItemReader(item);
  return {
    changeId: read.text("change_id"),
    budgetId: read.text("budget_id"),
    at: read.instant("at"),
    by: read.text("by"),
    approvedBy: read.optionalText("approved_by"),
    kind: read.word("kind", budgetEditKinds),
    reason: read.optionalText("reason"),
    before: read.has("before") ? fromBudgetItem(read.plainMap("before")) : undefined,
    after: fromBudgetItem(read.plainMap("after")),
  };
}
