import type { Budget, BudgetChange } from "@ai-usage/core";
import { toBudgetChangeItem } from "./budget-changes.ts";
import { toBudgetAttributes, toBudgetItem } from "./budget-item.ts";
import { ScopeFullError } from "./errors.ts";
import { activeBudgetsKey } from "./keys.ts";
import type { Table } from "./table.ts";
import { reasonsOf, type TransactItems } from "./transact.ts";

/** A budget as it was read, and the change that had made it so. */
export interface StoredBudget {
  readonly budget: Budget;
  readonly changeId: string;
}

/**
 * What a transaction writes to change a budget, on the condition that it is still as it was read: the budget, the active
 * ones of its scope, and the entry in the audit trail.
 */
export function budgetWrites(
  table: Table,
  before: StoredBudget | undefined,
  after: Budget,
  change: Omit<BudgetChange, "budgetId" | "at" | "before" | "after">,
): TransactItems {
  const { budgetId } = after;
  const entry: BudgetChange = {
    ...change,
    budgetId,
    at: after.updatedAt,
    ...(before && { before: before.budget }),
    after,
  };
  return [
    {
      Put: {
        TableName: table.name,
        Item: toBudgetItem(after, change.changeId),
        ...(before
          ? {
              ConditionExpression: "change_id = :known",
              ExpressionAttributeValues: { ":known": before.changeId },
            }
          : { ConditionExpression: "attribute_not_exists(PK)" }),
      },
    },
    {
      Put: {
        TableName: table.name,
        Item: toBudgetChangeItem(entry),
        ConditionExpression: "attribute_not_exists(PK)",
      },
    },
    ...(after.active || before?.budget.active ? [activeBudgetWrite(table, after)] : []),
  ];
}

function activeBudgetWrite(table: Table, budget: Budget): TransactItems[number] {
  return {
    Update: {
      TableName: table.name,
      Key: activeBudgetsKey(budget.scope),
      ExpressionAttributeNames: { "#id": budget.budgetId },
      ...(budget.active
        ? {
            UpdateExpression: "SET #id = :budget",
            ExpressionAttributeValues: { ":budget": toBudgetAttributes(budget) },
          }
        : { UpdateExpression: "REMOVE #id" }),
    },
  };
}

/** An item has 400 kB: room for some hundred active budgets of a scope, fewer if they have changed a lot. */
export async function orScopeFull<T>(whose: string, writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (error) {
    if (!reasonsOf(error).includes("ValidationError")) throw error;
    throw new ScopeFullError(`${whose} has no room for more active budgets: deactivate some`, {
      cause: error,
    });
  }
}
