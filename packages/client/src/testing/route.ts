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

export type Route = (ledger: MemoryLedger, request: RouteRequest, id: string) => RouteAnswer | object;

export function pageOf(name: string, items: readonly object[], query: RouteRequest["query"]) {
  const start = Number(query.cursor ?? 0);
  const end = start + Number(query.limit ?? 100);
  return { [name]: items.slice(start, end), next_cursor: end < items.length ? String(end) : null };
}
