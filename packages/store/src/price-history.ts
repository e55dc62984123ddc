import { type PriceHistoryEntry, priceActions } from "@ai-usage/core";
import { InvalidItemError } from "./errors.ts";
import { type Item, ItemReader } from "./item.ts";
import { PRICE_AUDIT_PARTITION, priceAuditKey } from "./keys.ts";
import { listPartition, type Page, type PageRequest } from "./listing.ts";
import type { Table } from "./table.ts";

/** A page of the audit trail, newest first. */
export function listPriceHistory(table: Table, request: PageRequest): Promise<Page<PriceHistoryEntry>> {
  return listPartition(table, PRICE_AUDIT_PARTITION, request, fromPriceHistoryItem);
}

export function toPriceHistoryItem(entry: PriceHistoryEntry): Item {
  return {
    ...priceAuditKey(entry.at, entry.editId),
    edit_id: entry.editId,
    at: entry.at,
    by: entry.by,
    action: entry.action,
    subject: entry.subject,
    // As text: what an answer shows, which is nothing that the table needs to look into.
    before: entry.before && JSON.stringify(entry.before),
    after: entry.after && JSON.stringify(entry.after),
  };
}

/** @throws InvalidItemError naming the attribute that is not what an entry has */
function fromPriceHistoryItem(item: Item): PriceHistoryEntry {
  const read = new ItemReader(item);
  return {
    editId: read.text("edit_id"),
    at: read.instant("at"),
    by: read.text("by"),
    action: read.word("action", priceActions),
    subject: read.text("subject"),
    ...(read.has("before") && { before: jsonObject(read, "before") }),
    ...(read.has("after") && { after: jsonObject(read, "after") }),
  };
}

/** An attribute that holds an object as JSON text. */
export function jsonObject(read: ItemReader, name: string): Readonly<Record<string, unknown>> {
  const value = parsed(read.text(name));
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new InvalidItemError(name, "is no JSON object");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
