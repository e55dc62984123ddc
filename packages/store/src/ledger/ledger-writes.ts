import type { Amount } from "@ai-usage/core";
import { moneyAttribute } from "../item.ts";
import { type Key, ledgerKey } from "../keys.ts";
import type { Table } from "../table.ts";
import type { TransactItems } from "../transact.ts";

type LedgerPart = "base" | "rolled_over" | "unleased" | "held" | "settled";

/** Parts that make the remainder larger; the others make it smaller. */
const LIMIT_PARTS: readonly LedgerPart[] = ["base", "rolled_over"];

/** What is added to parts of a ledger; what is left follows from it in the same write. */
export type LedgerDelta = Readonly<Partial<Record<LedgerPart, Amount>>> & {
  /** Leases that begin or end to hold a part. */
  readonly openLeases?: number;
};

export interface LedgerUpdate {
  readonly Key: Key;
  readonly TableName: string;
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, unknown>;
}

export interface LedgerCondition {
  /** The least that must be left. */
  readonly available?: Amount;
  readonly base?: Amount;
  readonly snapshot?: number;
}

/** One update of one ledger: the parts and what is left move together, and only on the condition. */
export function ledgerUpdate(
  table: Table,
  ledger: { readonly budgetId: string; readonly periodId: string },
  { openLeases = 0, ...delta }: LedgerDelta,
  condition: LedgerCondition = {},
): LedgerUpdate {
  const names: Record<string, string> = { "#available": "available" };
  const values: Record<string, unknown> = {};
  const sets: string[] = [];
  if (openLeases !== 0) {
    names["#open"] = "open_leases";
    values[":open"] = openLeases;
    sets.push("#open = #open + :open");
  }
  let left: Amount | undefined;
  for (const [part, amount] of Object.entries(delta) as [LedgerPart, Amount][]) {
    names[`#${part}`] = part;
    values[`:${part}`] = moneyAttribute(amount);
    sets.push(`#${part} = #${part} + :${part}`);
    const change = LIMIT_PARTS.includes(part) ? amount : amount.negated();
    left = left?.plus(change) ?? change;
  }
  if (left !== undefined) {
    values[":left"] = moneyAttribute(left);
    sets.push("#available = #available + :left");
  }
  const conditions = ["attribute_exists(PK)"];
  if (condition.available !== undefined) {
    conditions.push("#available >= :least");
    values[":least"] = moneyAttribute(condition.available);
  }
  if (condition.base !== undefined) {
    names["#base"] = "base";
    conditions.push("#base = :known_base");
    values[":known_base"] = moneyAttribute(condition.base);
  }
  if (condition.snapshot !== undefined) {
    names["#snapshot"] = "snapshot";
    conditions.push("#snapshot = :known_snapshot");
    values[":known_snapshot"] = condition.snapshot;
    sets.push("#snapshot = :next_snapshot");
    values[":next_snapshot"] = condition.snapshot + 1;
  }
  return {
    TableName: table.name,
    Key: ledgerKey(ledger.budgetId, ledger.periodId),
    UpdateExpression: `SET ${sets.join(", ")}`,
    ConditionExpression: conditions.join(" AND "),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}

export const inTransaction = (update: LedgerUpdate): TransactItems[number] => ({ Update: update });
