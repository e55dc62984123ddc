import type { PriceEdit, PriceHistoryEntry } from "@ai-usage/core";
import { getItems } from "./batches.ts";
import { type Item, ItemReader } from "./item.ts";
import { type Key, priceVersionKey } from "./keys.ts";
import { toPriceHistoryItem } from "./price-history.ts";
import type { Table } from "./table.ts";
import { type TransactItems, transact } from "./transact.ts";

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
  return transact(table, "prices", async () => {
    const items = await getItems(table, keys);
    const planned = plan(new Map(items.map((item) => [new ItemReader(item).key().SK, item])));
    return { writes: planned ? transactItems(table, edit, planned) : [], outcome: planned };
  });
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
