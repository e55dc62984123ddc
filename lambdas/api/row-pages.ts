import { InvalidCursorError, type Page, type PageRequest } from "@ai-usage/store";

/** A page of rows that are in memory. The cursor counts: a change of own prices between two pages may shift them by one. */
export function pageOfRows<T>(rows: Iterable<T>, { limit, cursor }: PageRequest): Page<T> {
  const start = cursor === undefined ? 0 : startOf(cursor);
  const items: T[] = [];
  let index = 0;
  for (const row of rows) {
    if (items.length === limit) return { items, nextCursor: cursorAt(start + limit) };
    if (index >= start) items.push(row);
    index += 1;
  }
  return { items };
}

const cursorAt = (start: number): string => Buffer.from(`row ${start}`).toString("base64url");

function startOf(cursor: string): number {
  const [, start] = /^row ([1-9]\d{0,6})$/.exec(Buffer.from(cursor, "base64url").toString()) ?? [];
  if (start === undefined || cursorAt(Number(start)) !== cursor) {
    throw new InvalidCursorError("is not a cursor that an earlier answer gave");
  }
  return Number(start);
}
