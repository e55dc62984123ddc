import { PriceSource } from "@ai-usage/ingest";
import type { Table } from "@ai-usage/store";
import { logger } from "./environment.ts";

/** What a function prices by; what is wrong with prices is in its log. */
export function openPriceSource(table: Table, refreshSeconds: number): PriceSource {
  return new PriceSource(table, {
    refreshSeconds,
    onProblem: (message, details) => logger.error(message, { ...details }),
  });
}
