import type { PageQuery } from "@ai-usage/client";

const PAGE_MAX = 500;

export interface Collected<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins, when there is more. */
  readonly nextCursor: string | null;
}

/** Fetches pages until there are `limit` items or no more. Never asks for more than is wanted, so that the cursor holds. */
export async function collect<Item>(
  limit: number,
  fetchPage: (query: PageQuery) => Promise<Collected<Item>>,
  from?: string,
): Promise<Collected<Item>> {
  const items: Item[] = [];
  let cursor: string | null = from ?? null;
  do {
    const page: Collected<Item> = await fetchPage({
      limit: Math.min(PAGE_MAX, limit - items.length),
      cursor: cursor ?? undefined,
    });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && items.length < limit);
  return { items, nextCursor: cursor };
}
