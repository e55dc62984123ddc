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

/** A listing of GSI2, or another partition of an index whose sort keys are `<instant>#<id>`. */
type Source = Listing | { readonly index: "GSI1"; readonly partition: string };

const sourceOf = (source: Source) =>
  typeof source === "string"
    ? ({ index: "GSI2", partition: source, position: "GSI2SK" } as const)
    : ({ ...source, position: `${source.index}SK` } as const);

/** Entities of a listing, newest first. The index gives the keys, the table the items. */
export async function listEntities<T>(
  table: Table,
  source: Source,
  request: PageRequest,
  fromItem: (item: Item, position: string) => T,
): Promise<Page<T>> {
  const { index, partition, position: attribute } = sourceOf(source);
  const upTo = request.cursor === undefined ? AFTER_ALL : decodeCursor(request.cursor);
  // One more than asked for tells whether there is a next page; the item at the cursor itself was given before.
  const found = await queryItems(table, {
    partition,
    between: [FIRST, upTo],
    index,
    newestFirst: true,
    limit: request.limit + 2,
  });
  const positions = found.map((item) => new ItemReader(item)).filter((item) => item.text(attribute) !== upTo);
  const page = positions.slice(0, request.limit);
  const byKey = await itemsByKey(table, page);
  return {
    items: page.flatMap((position) => {
      const item = byKey.get(keyText(position));
      return item ? [fromItem(item, position.text(attribute))] : [];
    }),
    nextCursor: nextCursor(positions, page, (position) => position.text(attribute)),
  };
}

/** Pages of a listing that one answer looks through at most for what matches, and how large they are. */
const SEARCHED_PAGES_MAX = 10;
const SEARCHED_PAGE = 100;

/**
 * Entities of a listing that match, newest first. Where few of many do, a page may have fewer than asked for, or none, and
 * be followed by another all the same.
 */
export async function listMatching<T>(
  table: Table,
  source: Source,
  request: PageRequest,
  { fromItem, matches }: { fromItem: (item: Item) => T; matches: (entity: T) => boolean },
): Promise<Page<T>> {
  const found: { entity: T; position: string }[] = [];
  let { cursor } = request;
  for (let pages = 0; pages < SEARCHED_PAGES_MAX; pages++) {
    const limit = pages === 0 ? request.limit : SEARCHED_PAGE;
    const page = await listEntities(table, source, { limit, cursor }, (item, position) => ({
      entity: fromItem(item),
      position,
    }));
    found.push(...page.items.filter(({ entity }) => matches(entity)));
    const wanted = found.slice(0, request.limit);
    const last = wanted.at(-1);
    const isMore = found.length > wanted.length || page.nextCursor !== undefined;
    cursor = page.nextCursor;
    if (wanted.length === request.limit && last)
      return {
        items: wanted.map(({ entity }) => entity),
        nextCursor: isMore ? encodeCursor(last.position) : undefined,
      };
    if (cursor === undefined) break;
  }
  return { items: found.map(({ entity }) => entity), nextCursor: cursor };
}

/** A page of a partition whose sort keys are `<instant>#<id>`, newest first. */
export async function listPartition<T>(
  table: Table,
  partition: string,
  request: PageRequest,
  fromItem: (item: Item) => T,
): Promise<Page<T>> {
  const upTo = request.cursor === undefined ? AFTER_ALL : decodeCursor(request.cursor);
  const found = await queryItems(table, {
    partition,
    between: [FIRST, upTo],
    newestFirst: true,
    limit: request.limit + 2,
  });
  const positionOf = (item: Item) => new ItemReader(item).key().SK;
  // The item at the cursor itself was given before; one more than asked for tells whether there is a next page.
  const fresh = found.filter((item) => positionOf(item) !== upTo);
  const page = fresh.slice(0, request.limit);
  return { items: page.map(fromItem), nextCursor: nextCursor(fresh, page, positionOf) };
}

async function itemsByKey(table: Table, positions: readonly ItemReader[]): Promise<Map<string, Item>> {
  const items = await getItems(
    table,
    positions.map((position) => position.key()),
  );
  return new Map(items.map((item) => [keyText(new ItemReader(item)), item]));
}

const keyText = (read: ItemReader): string => Object.values(read.key()).join(" ");

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
