import type { Budget, ChangeNote, Scope } from "@ai-usage/core";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { getItems } from "./batches.ts";
import { fromBudgetItem } from "./budget-item.ts";
import { budgetWrites, orScopeFull } from "./budget-writes.ts";
import { type Item, ItemReader } from "./item.ts";
import { activeBudgetsKey, budgetKey, listings } from "./keys.ts";
import { listMatching, type Page, type PageRequest } from "./listing.ts";
import type { Table } from "./table.ts";
import { transact } from "./transact.ts";

/**
 * Stores a new budget, adds it to the active ones of its scope and begins its audit trail: all of it or nothing. `exists`:
 * there is one of this id, active or not; nothing was changed.
 *
 * @throws ScopeFullError when the scope has too many active budgets
 * @throws ThrottledError when others write at the same time, always; it may be tried again
 */
export function createBudget(table: Table, budget: Budget, note: ChangeNote): Promise<"created" | "exists"> {
  return orScopeFull(
    budget.scope,
    transact<"created" | "exists">(table, "budgets", async () => {
      const item = await findBudgetItem(table, budget.budgetId);
      if (item !== undefined) return { writes: [], outcome: "exists" };
      return {
        writes: budgetWrites(table, undefined, budget, { ...note, kind: "create" }),
        outcome: "created",
      };
    }),
  );
}

export async function findBudget(table: Table, budgetId: string): Promise<Budget | undefined> {
  const item = await findBudgetItem(table, budgetId);
  return item && fromBudgetItem(item);
}

export async function findBudgetItem(table: Table, budgetId: string): Promise<Item | undefined> {
  const { Item: item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: budgetKey(budgetId), ConsistentRead: true }),
  );
  return item;
}

/** Which budgets are asked for; those that all that is given applies to. */
export interface BudgetFilter {
  /** Any of them. */
  readonly scopes?: readonly Scope[];
  readonly active?: boolean;
  readonly managedBy?: string;
}

/** A page of budgets, newest first. It may have fewer than asked for, or none, and be followed by another all the same. */
export function listBudgets(table: Table, request: PageRequest & BudgetFilter): Promise<Page<Budget>> {
  const { scopes, active, managedBy } = request;
  const matches = (budget: Budget) =>
    (scopes === undefined || scopes.includes(budget.scope)) &&
    (active === undefined || budget.active === active) &&
    (managedBy === undefined || budget.managedBy === managedBy);
  return listMatching(table, listings.budgets, request, { fromItem: fromBudgetItem, matches });
}

/** Active budgets of any of `scopes`, read consistently: one read for up to a hundred scopes. */
export async function activeBudgetsOf(table: Table, scopes: readonly Scope[]): Promise<Budget[]> {
  const items = await getItems(table, [...new Set(scopes)].map(activeBudgetsKey));
  return items.flatMap((item) => {
    const read = new ItemReader(item);
    const ids = read.names().filter((name) => name !== "PK" && name !== "SK");
    return ids.map((id) => fromBudgetItem(read.plainMap(id)));
  });
}
