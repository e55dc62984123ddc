import { setTimeout as sleep } from "node:timers/promises";
import type { PriceEdit, PriceHistoryEntry } from "@ai-usage/core";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand, type TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import { getItems } from "./batches.ts";
import { ThrottledError } from "./errors.ts";
import { type Item, ItemReader } from "./item.ts";
import { type Key, priceVersionKey } from "./keys.ts";
import { toPriceHistoryItem } from "./price-history.ts";
import type { Table } from "./table.ts";

/** What is there under a key, and what is to be there; nothing stands for no item. */
export interface ItemEdit {
  readonly key: Key;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

export interface PlannedEdit {
  readonly items: readonly ItemEdit[];
  /** What the audit trail says of it. */
  readonly entry: Omit<PriceHistoryEntry, keyof PriceEdit>;
}

type TransactItems = NonNullable<TransactWriteCommandInput["TransactItems"]>;

/** Everybody who changes prices meets on the version's item: more often than this they do not meet in turn. */
const ATTEMPTS_MAX = 14;
const BACKOFF_MS = 20;
const BACKOFF_MS_MAX = 1_000;

/**
 * Changes items of the prices' partition, counts the change in its version, and writes down in the audit trail what was
 * there before and after: all of it or nothing. Planned anew with what is there when somebody else was faster.
 *
 * @param plan from the items of `keys` that exist, by their sort key; nothing where nothing is to change
 */
export async function editPrices(
  table: Table,
  edit: PriceEdit,
  keys: readonly Key[],
  plan: (before: ReadonlyMap<string, Item>) => PlannedEdit | undefined,
): Promise<PlannedEdit | undefined> {
  for (let attempts = 1; ; attempts++) {
    const items = await getItems(table, keys);
    const planned = plan(new Map(items.map((item) => [new ItemReader(item).key().SK, item])));
    if (planned === undefined) return undefined;
    const transaction = new TransactWriteCommand({ TransactItems: transactItems(table, edit, planned) });
    try {
      await table.client.send(transaction);
      return planned;
    } catch (error) {
      if (!isMeeting(error)) throw error;
      if (attempts === ATTEMPTS_MAX)
        throw new ThrottledError("prices change faster than they can be written");
      await sleep(Math.random() * Math.min(BACKOFF_MS * 2 ** attempts, BACKOFF_MS_MAX));
    }
  }
}

function transactItems(table: Table, edit: PriceEdit, { items, entry }: PlannedEdit): TransactItems {
  return [
    ...items.map((item) => itemWrite(table, edit, item)),
    {
      Update: {
        TableName: table.name,
        Key: priceVersionKey,
        UpdateExpression: "SET changed_at = :at ADD #version :one",
        ExpressionAttributeNames: { "#version": "version" },
        ExpressionAttributeValues: { ":at": edit.at, ":one": 1 },
      },
    },
    {
      Put: {
        TableName: table.name,
        Item: toPriceHistoryItem({ ...edit, ...entry }),
        ConditionExpression: "attribute_not_exists(PK)",
      },
    },
  ];
}

/** Every item names the edit that it is of: so it is known whether it is still what was read. */
function itemWrite(table: Table, edit: PriceEdit, { key, before, after }: ItemEdit): TransactItems[number] {
  const unchanged =
    before === undefined
      ? { ConditionExpression: "attribute_not_exists(PK)" }
      : {
          ConditionExpression: "edit_id = :known",
          ExpressionAttributeValues: { ":known": new ItemReader(before).text("edit_id") },
        };
  if (after === undefined) return { Delete: { TableName: table.name, Key: key, ...unchanged } };
  return {
    Put: { TableName: table.name, Item: { ...after, ...key, edit_id: edit.editId }, ...unchanged },
  };
}

const MEETINGS = ["ConditionalCheckFailed", "TransactionConflict", "ThrottlingError"];

/** Somebody else wrote at the same moment, or between our reading and writing. */
function isMeeting(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  return (error.CancellationReasons ?? []).some(({ Code = "" }) => MEETINGS.includes(Code));
}
