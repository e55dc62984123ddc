import { type AIUsageMetric, customScopesOf, mayAccess, scopesOf } from "@ai-usage/core";
import type { CurrentPrices } from "@ai-usage/ingest";
import { decideUnpriced, type Quote, type QuoteOptions, quote } from "@ai-usage/pricing";
import { type Table, volumeCount } from "@ai-usage/store";
import { ProblemError, parseOrProblem, quotedMetric, quoteSchema, toWireQuote } from "@ai-usage/wire";
import { Hono } from "hono";
import { type ApiEnvironment, type ApiParts, callerWith, jsonBodyOf } from "../context.ts";

/** What a call costs, and why. */
export function quoteRoutes(parts: ApiParts): Hono<ApiEnvironment> {
  const { table, clock, prices, scopeMetadataKeys, unpricedPolicy } = parts;
  const app = new Hono<ApiEnvironment>();

  app.post("/", async (context) => {
    const caller = callerWith(context, "read");
    const wire = parseOrProblem(quoteSchema, await jsonBodyOf(context));
    const now = clock();
    const metric = quotedMetric(wire, now);
    const customScopes = customScopesOf(metric, scopeMetadataKeys);
    if (!mayAccess(caller, scopesOf(metric, customScopes))) {
      throw new ProblemError(403, `this token may ask about calls of ${caller.scopes?.join(", ")} only`);
    }
    const current = await prices.current(now);
    const asked = { metric, customScopes, volumeBefore: wire.volume_before };
    const quoted = await quoteInPlace(table, current, asked);
    return context.json(toWireQuote(quoted, decideUnpriced(unpricedPolicy, current.book, metric)));
  });

  return app;
}

interface AskedQuote {
  readonly metric: AIUsageMetric;
  readonly customScopes: readonly string[];
  /** How much of the month's volume came before; absent: what was counted so far. */
  readonly volumeBefore: number | undefined;
}

async function quoteInPlace(
  table: Table,
  { book, adjustments }: CurrentPrices,
  { metric, customScopes, volumeBefore }: AskedQuote,
): Promise<Quote> {
  const options: QuoteOptions = { adjustments, customScopes };
  const quoted = quote(book, metric, options);
  if (quoted.volumes.length === 0) return quoted;
  const counts = new Map<string, number>();
  for (const { volumeId } of quoted.volumes) {
    counts.set(volumeId, volumeBefore ?? (await volumeCount(table, volumeId)));
  }
  return quote(book, metric, { ...options, volumeBefore: (volumeId) => counts.get(volumeId) ?? 0 });
}
