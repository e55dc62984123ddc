import {
  type Budget,
  parseScope,
  periodKinds,
  type Scope,
  type Threshold,
  thresholdLevels,
} from "@ai-usage/core";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { GetCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { getItems } from "./batches.ts";
import { InvalidItemError } from "./errors.ts";
import { type Item, ItemReader, moneyAttribute } from "./item.ts";
import { activeBudgetsKey, budgetKey, listingKey, listings } from "./keys.ts";
import { listEntities, type Page, type PageRequest } from "./listing.ts";
import type { Table } from "./table.ts";

/** Stores a new budget, and adds it to the active ones of its scope, both or none. */
export async function createBudget(table: Table, budget: Budget): Promise<void> {
  await table.client.send(
    new TransactWriteCommand({
      TransactItems: [
        {
          Put: {
            TableName: table.name,
            Item: toBudgetItem(budget),
            ConditionExpression: "attribute_not_exists(PK)",
          },
        },
        {
          Update: {
            TableName: table.name,
            Key: activeBudgetsKey(budget.scope),
            UpdateExpression: "SET #id = :budget",
            ExpressionAttributeNames: { "#id": budget.budgetId },
            ExpressionAttributeValues: { ":budget": budgetAttributes(budget) },
          },
        },
      ],
    }),
  );
}

/** @returns the budget, no longer active, or nothing when there is none of that id */
export async function deactivateBudget(table: Table, budgetId: string): Promise<Budget | undefined> {
  const budget = await findBudget(table, budgetId);
  if (!budget?.active) return budget;
  try {
    await table.client.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Update: {
              TableName: table.name,
              Key: budgetKey(budgetId),
              UpdateExpression: "SET active = :no",
              ConditionExpression: "active = :yes",
              ExpressionAttributeValues: { ":no": false, ":yes": true },
            },
          },
          {
            Update: {
              TableName: table.name,
              Key: activeBudgetsKey(budget.scope),
              UpdateExpression: "REMOVE #id",
              ExpressionAttributeNames: { "#id": budgetId },
            },
          },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const found = await findBudget(table, budgetId);
    // Somebody else deactivated it in between: that is what was asked for. Otherwise writers met; it may be tried again.
    if (found?.active) throw error;
    return found;
  }
  return { ...budget, active: false };
}

export async function findBudget(table: Table, budgetId: string): Promise<Budget | undefined> {
  const { Item: item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: budgetKey(budgetId), ConsistentRead: true }),
  );
  return item && fromBudgetItem(item);
}

export function listBudgets(table: Table, request: PageRequest): Promise<Page<Budget>> {
  return listEntities(table, listings.budgets, request, fromBudgetItem);
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

export function toBudgetItem(budget: Budget): Item {
  return {
    ...budgetKey(budget.budgetId),
    ...listingKey(listings.budgets, budget.createdAt, budget.budgetId),
    ...budgetAttributes(budget),
  };
}

function budgetAttributes(budget: Budget): Item {
  return {
    budget_id: budget.budgetId,
    name: budget.name,
    scope: budget.scope,
    amount: moneyAttribute(budget.amount),
    period: budget.period,
    time_zone: budget.timeZone,
    thresholds: budget.thresholds.map(({ percent, level }) => ({ percent, level })),
    active: budget.active,
    revision: budget.revision,
    created_at: budget.createdAt,
  };
}

/** @throws InvalidItemError naming the attribute that is not what a budget has */
export function fromBudgetItem(item: Item): Budget {
  const read = new ItemReader(item);
  return {
    budgetId: read.text("budget_id"),
    name: read.text("name"),
    scope: parseScope(read.text("scope")),
    amount: read.money("amount"),
    period: read.word("period", periodKinds),
    timeZone: read.text("time_zone"),
    thresholds: read.list("thresholds").map(thresholdOf),
    active: read.flag("active"),
    revision: read.integer("revision"),
    createdAt: read.instant("created_at"),
  };
}

function thresholdOf(value: unknown): Threshold {
  if (typeof value !== "object" || value === null) throw new InvalidItemError("thresholds", "holds no map");
  const read = new ItemReader(value as Item);
  return { percent: read.text("percent"), level: read.word("level", thresholdLevels) };
}
