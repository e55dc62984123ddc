import { getItems } from "./batches.ts";
import { InvalidCursorError } from "./errors.ts";
import { type Item, ItemReader } from "./item.ts";
import type { Listing } from "./keys.ts";
import { queryItems } from "./query.ts";
import type { Table } from "./table.ts";

const FIRST = "0";
const AFTER_ALL = "\uffff";

/** A page of something, newest first, and where the next one begins. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string;
}

/** Entities of a listing, newest first. The index gives the keys, the table the items. */
export async function listEntities<T>(
  table: Table,
  listing: Listing,
  request: PageRequest,
  fromItem: (item: Item) => T,
): Promise<Page<T>> {
  const upTo = request.cursor === undefined ? AFTER_ALL : decodeCursor(request.cursor);
  // One more than asked for tells whether there is a next page; the item at the cursor itself was given before.
  const found = await queryItems(table, {
    partition: listing,
    between: [FIRST, upTo],
    index: "GSI2",
    newestFirst: true,
    limit: request.limit + 2,
  });
  const positions = found.map((item) => new ItemReader(item)).filter((item) => item.text("GSI2SK") !== upTo);
  const page = positions.slice(0, request.limit);
  const byKey = await itemsByKey(table, page);
  return {
    items: page.flatMap((position) => {
      const item = byKey.get(position.text("PK"));
      return item ? [fromItem(item)] : [];
    }),
    nextCursor: nextCursor(positions, page, (position) => position.text("GSI2SK")),
  };
}

async function itemsByKey(table: Table, positions: readonly ItemReader[]): Promise<Map<string, Item>> {
  const items = await getItems(
    table,
    positions.map((position) => position.key()),
  );
  return new Map(items.map((item) => [new ItemReader(item).text("PK"), item]));
}

export function nextCursor<T>(
  found: readonly T[],
  page: readonly T[],
  positionOf: (item: T) => string,
): string | undefined {
  const last = page.at(-1);
  return last !== undefined && found.length > page.length ? encodeCursor(positionOf(last)) : undefined;
}

/** A position is `<instant>#<id>`; a cursor is that, made opaque. */
export function encodeCursor(position: string): string {
  return Buffer.from(position).toString("base64url");
}

/** @throws InvalidCursorError when no answer of ours gave this cursor */
export function decodeCursor(cursor: string): string {
  const position = Buffer.from(cursor, "base64url").toString();
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#.+$/.test(position) || encodeCursor(position) !== cursor) {
    throw new InvalidCursorError("is not a cursor that an earlier answer gave");
  }
  return position;
}
