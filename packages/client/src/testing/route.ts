import type { Instant } from "@ai-usage/core";
import type { MemoryLedger } from "./memory-ledger.ts";

export interface RouteRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly now: Instant;
}

export interface RouteAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** `id` and `innerId` are what stands for `:id` in the path, in order. */
export type Route = (
  ledger: MemoryLedger,
  request: RouteRequest,
  id: string,
  innerId: string,
) => RouteAnswer | object;

export function pageOf(name: string, items: readonly object[], query: RouteRequest["query"]) {
  const start = Number(query.cursor ?? 0);
  const end = start + Number(query.limit ?? 100);
  return { [name]: items.slice(start, end), next_cursor: end < items.length ? String(end) : null };
}

/** What stands for `:id` in a path like `/budgets/:id/increases/:id`; nothing when it is another path. */
export function idsIn(pattern: string, path: string): string[] | undefined {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== given.length) return undefined;
  const ids: string[] = [];
  for (const [index, segment] of wanted.entries()) {
    const text = given[index] ?? "";
    if (segment === ":id") ids.push(decodeURIComponent(text));
    else if (segment !== text) return undefined;
  }
  return ids;
}
