import type { Amount, Budget, Lease, Period } from "@ai-usage/core";
import { TransactionConflictException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import pMap from "p-map";
import { ThrottledError } from "../errors.ts";
import { moneyAttribute } from "../item.ts";
import { ledgerKey } from "../keys.ts";
import type { Table } from "../table.ts";
import { backOff, TURNS_MAX } from "../transact.ts";

/** Counts what shadow budgets would have refused of a lease, once it is granted: each of the calls that it is for. */
export async function countRefused(
  table: Table,
  short: readonly { readonly budget: Budget; readonly period: Period }[],
  { calls, granted }: Pick<Lease, "calls" | "granted">,
): Promise<void> {
  await pMap(short, async ({ budget, period }) => {
    for (let attempt = 1; attempt <= TURNS_MAX; attempt++) {
      if (await tryToCount(table, { budgetId: budget.budgetId, period, calls, amount: granted[budget.unit] }))
        return;
      await backOff(attempt);
    }
    throw new ThrottledError(`the ledger of ${budget.budgetId} changes faster than it can be written`);
  });
}

/** @returns whether it was counted: not while a transaction is at the ledger */
async function tryToCount(
  table: Table,
  refused: { budgetId: string; period: Period; calls: number; amount: Amount },
): Promise<boolean> {
  try {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: ledgerKey(refused.budgetId, refused.period.id),
        UpdateExpression: "ADD would_have_refused_calls :calls, would_have_refused_amount :amount",
        ConditionExpression: "attribute_exists(PK)",
        ExpressionAttributeValues: { ":calls": refused.calls, ":amount": moneyAttribute(refused.amount) },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof TransactionConflictException) return false;
    throw error;
  }
}
