import type { OwnPrice, OwnPriceContent, PriceEdit } from "@ai-usage/core";
import { editPrices, type ItemEdit } from "./edit-prices.ts";
import { type Item, ItemReader, readableOf } from "./item.ts";
import { ownPriceRange, PRICES_PARTITION } from "./keys.ts";
import {
  fromOwnPriceItem,
  keyOfOwnPrice,
  sameOwnPrice,
  toOwnPriceItem,
  toOwnPriceRecord,
} from "./own-price-item.ts";
import { queryItems } from "./query.ts";
import type { Table } from "./table.ts";

/**
 * Own prices of a provider, or all of them, in order of provider, model and beginning; those that are not active too, and
 * without items that are broken.
 */
export async function listOwnPrices(table: Table, provider?: string): Promise<OwnPrice[]> {
  const items = await queryItems(table, { partition: PRICES_PARTITION, between: ownPriceRange(provider) });
  return readableOf(items, fromOwnPriceItem);
}

/**
 * Sets a price, over the one of the same id if there is one. The same again changes nothing, and is no edit.
 * @returns what was there before
 */
export async function putOwnPrice(
  table: Table,
  price: OwnPriceContent,
  edit: PriceEdit,
): Promise<OwnPrice | undefined> {
  const key = keyOfOwnPrice(price);
  let former: OwnPrice | undefined;
  await editPrices(table, edit, [key], (items) => {
    const before = items.get(key.SK);
    former = before && fromOwnPriceItem(before);
    if (former && sameOwnPrice(former, price)) return undefined;
    return {
      items: [{ key, before, after: toOwnPriceItem(price, edit) }],
      entry: {
        action: "put",
        subject: price.priceId,
        ...(former && { before: toOwnPriceRecord(former) }),
        after: toOwnPriceRecord(price),
      },
    };
  });
  return former;
}

/** @returns what is no longer there, or nothing when there was none of that id */
export async function deleteOwnPrice(
  table: Table,
  priceId: string,
  edit: PriceEdit,
): Promise<OwnPrice | undefined> {
  const items = await queryItems(table, { partition: PRICES_PARTITION, between: ownPriceRange() });
  const listed = items.find((item) => item.price_id === priceId);
  if (listed === undefined) return undefined;
  const key = new ItemReader(listed).key();
  let former: OwnPrice | undefined;
  await editPrices(table, edit, [key], (items) => {
    const before = items.get(key.SK);
    former = before && fromOwnPriceItem(before);
    if (former === undefined) return undefined;
    return {
      items: [{ key, before, after: undefined }],
      entry: { action: "delete", subject: priceId, before: toOwnPriceRecord(former) },
    };
  });
  return former;
}

/** Bytes of JSON that one price may have, names and all. */
export const OWN_PRICE_BYTES_MAX = 8_000;

/** The entry in the audit trail holds all of them before and after: 320 KB at most, and an item may have 400. */
const IMPORT_CHUNK = 20;

/**
 * Sets many prices, one transaction for each few of them. After a failure the same import goes on where it stopped:
 * prices that are there already are no edit. In the audit trail all of them have the one subject.
 * @returns how many were set
 */
export async function importOwnPrices(
  table: Table,
  prices: readonly OwnPriceContent[],
  { importId, edit }: { readonly importId: string; readonly edit: PriceEdit },
): Promise<number> {
  let count = 0;
  for (let start = 0; start < prices.length; start += IMPORT_CHUNK) {
    const chunk = prices.slice(start, start + IMPORT_CHUNK);
    count += await importChunk(table, chunk, importId, { ...edit, editId: `${edit.editId}-${start}` });
  }
  return count;
}

async function importChunk(
  table: Table,
  prices: readonly OwnPriceContent[],
  importId: string,
  edit: PriceEdit,
): Promise<number> {
  const planned = await editPrices(table, edit, prices.map(keyOfOwnPrice), (items) => {
    const changed = prices.flatMap((price) => changeOf(price, items, edit) ?? []);
    if (changed.length === 0) return undefined;
    const former = changed.flatMap(({ former }) => (former ? [toOwnPriceRecord(former)] : []));
    return {
      items: changed.map(({ item }) => item),
      entry: {
        action: "import",
        subject: importId,
        ...(former.length > 0 && { before: { prices: former } }),
        after: { prices: changed.map(({ price }) => toOwnPriceRecord(price)) },
      },
    };
  });
  return planned?.items.length ?? 0;
}

function changeOf(price: OwnPriceContent, items: ReadonlyMap<string, Item>, edit: PriceEdit) {
  const key = keyOfOwnPrice(price);
  const before = items.get(key.SK);
  const former = before && fromOwnPriceItem(before);
  if (former && sameOwnPrice(former, price)) return undefined;
  const item: ItemEdit = { key, before, after: toOwnPriceItem(price, edit) };
  return { price, former, item };
}
