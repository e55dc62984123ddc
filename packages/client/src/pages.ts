import type { Page } from "./answers.ts";

/** Every page of a list, each fetched when the one before it has been used. */
export async function* pagesOf<P extends Page>(
  fetchPage: (cursor: string | undefined) => Promise<P>,
  from?: string,
): AsyncGenerator<P, void> {
  let cursor = from;
  do {
    const page = await fetchPage(cursor);
    yield page;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}
