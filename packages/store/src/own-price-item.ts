import { createHash } from "node:crypto";
import type { OwnPrice, OwnPriceContent, PriceEdit, PriceFileRow } from "@ai-usage/core";
import { InvalidItemError } from "./errors.ts";
import { type Item, ItemReader } from "./item.ts";
import { type Key, ownPriceKey } from "./keys.ts";
import { jsonObject } from "./price-history.ts";

const HASH_DIGITS = 16;

export function keyOfOwnPrice({ provider, model, row }: OwnPriceContent): Key {
  const conditions = JSON.stringify(row.when ?? {});
  const conditionsHash = createHash("sha256").update(conditions).digest("hex").slice(0, HASH_DIGITS);
  return ownPriceKey({ provider, model, from: row.effective_from, conditionsHash });
}

export function toOwnPriceItem(price: OwnPriceContent, { at, by, editId }: PriceEdit): Item {
  return {
    ...keyOfOwnPrice(price),
    price_id: price.priceId,
    provider: price.provider,
    model_name: price.model,
    names: price.names.length > 0 ? price.names : undefined,
    services: price.services.length > 0 ? price.services : undefined,
    context_window: price.contextWindow,
    max_output_tokens: price.maxOutputTokens,
    is_active: price.isActive,
    price: JSON.stringify(price.row),
    changed_at: at,
    changed_by: by,
    edit_id: editId,
  };
}

/** @throws InvalidItemError naming the attribute that is not what an own price has */
export function fromOwnPriceItem(item: Item): OwnPrice {
  const read = new ItemReader(item);
  return {
    priceId: read.text("price_id"),
    provider: read.text("provider"),
    model: read.text("model_name"),
    names: read.has("names") ? read.texts("names") : [],
    services: read.has("services") ? read.texts("services") : [],
    ...(read.has("context_window") && { contextWindow: read.integer("context_window") }),
    ...(read.has("max_output_tokens") && { maxOutputTokens: read.integer("max_output_tokens") }),
    isActive: read.flag("is_active"),
    row: rowOf(read),
    changedAt: read.instant("changed_at"),
    changedBy: read.text("changed_by"),
  };
}

/** What holds of the rest of a row is for the price book to say, which reads it as it reads a price file. */
function rowOf(read: ItemReader): PriceFileRow {
  const { source, ...row } = jsonObject(read, "price");
  if (typeof source !== "string") throw new InvalidItemError("price", "has no source");
  return { ...row, source };
}

/** What the audit trail keeps of a price: the fields that it was set with. */
export function toOwnPriceRecord(price: OwnPriceContent): Record<string, unknown> {
  return {
    price_id: price.priceId,
    provider: price.provider,
    model_name: price.model,
    names: price.names,
    services: price.services,
    ...(price.contextWindow !== undefined && { context_window: price.contextWindow }),
    ...(price.maxOutputTokens !== undefined && { max_output_tokens: price.maxOutputTokens }),
    is_active: price.isActive,
    ...price.row,
  };
}

export function sameOwnPrice(one: OwnPriceContent, other: OwnPriceContent): boolean {
  return sortedJson(toOwnPriceRecord(one)) === sortedJson(toOwnPriceRecord(other));
}

/** Whatever order the members of objects are in. */
function sortedJson(record: Record<string, unknown>): string {
  return JSON.stringify(record, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
