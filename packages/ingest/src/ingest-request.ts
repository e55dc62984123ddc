import {
  type AIUsageMetric,
  type Caller,
  costOf,
  customScopesOf,
  type Instant,
  mayAccess,
  type Scope,
  scopesOf,
} from "@ai-usage/core";
import { pricingOf, quote } from "@ai-usage/pricing";
import { type MetricToRecord, type RecordOutcome, recordMetrics, type Table } from "@ai-usage/store";
import { type IngestResult, parseIngestRequest, parseMetric, toWireIngestAnswer } from "@ai-usage/wire";
import type { CurrentPrices, PriceSource } from "./price-source.ts";

/** What storing metrics needs. */
export interface Ingest {
  readonly table: Table;
  readonly prices: PriceSource;
  /** Metadata that makes a custom scope of its own. */
  readonly scopeMetadataKeys: readonly string[];
  readonly retentionDays: number;
  readonly serviceIndex: boolean;
}

/**
 * Reads, prices and stores the metrics of a request; those that are refused lose nothing of the others.
 * @throws ProblemError when the body as a whole is unusable
 */
export async function ingestRequest(ingest: Ingest, body: unknown, now: Instant, caller?: Caller) {
  const request = parseIngestRequest(body);
  const prices = await ingest.prices.current(now);
  const results: (IngestResult | undefined)[] = [];
  const accepted: { index: number; metric: MetricToRecord }[] = [];
  for (const [index, input] of request.metrics.entries()) {
    const read = readMetric(ingest, input, now, caller);
    if ("rejected" in read) results[index] = read.rejected;
    else accepted.push({ index, metric: withPrice(prices, read.metric, read.customScopes) });
  }
  const outcomes = await recordMetrics(
    ingest.table,
    accepted.map(({ metric }) => metric),
    ingest,
  );
  for (const [position, { index, metric }] of accepted.entries()) {
    const outcome = outcomes[position];
    if (outcome) results[index] = resultOf(metric.metric.requestId, outcome);
  }
  return toWireIngestAnswer(
    results.filter((result) => result !== undefined),
    request,
  );
}

function readMetric(
  ingest: Ingest,
  input: unknown,
  now: Instant,
  caller: Caller | undefined,
): { metric: AIUsageMetric; customScopes: readonly Scope[] } | { rejected: IngestResult } {
  const parsed = parseMetric(input, { now, retentionDays: ingest.retentionDays });
  if ("errors" in parsed) return { rejected: { status: "rejected", ...parsed } };
  const { metric } = parsed;
  const customScopes = customScopesOf(metric, ingest.scopeMetadataKeys);
  if (caller && !mayAccess(caller, scopesOf(metric, customScopes))) {
    const message = `must count in one of this token's scopes: ${caller.scopes?.join(", ")}`;
    return {
      rejected: { status: "rejected", requestId: metric.requestId, errors: [{ field: "(scope)", message }] },
    };
  }
  return { metric, customScopes };
}

/** A price that depends on the month's volume is made when the metric is given its place in it. */
function withPrice(
  { book, adjustments }: CurrentPrices,
  metric: AIUsageMetric,
  customScopes: readonly Scope[],
): MetricToRecord {
  const quoted = quote(book, metric, { adjustments, customScopes });
  const [volume] = quoted.volumes;
  if (volume === undefined) return { metric, pricing: pricingOf(quoted), customScopes };
  const priceAt = (before: number) =>
    pricingOf(quote(book, metric, { adjustments, customScopes, volumeBefore: () => before }));
  return { metric, customScopes, volume, priceAt };
}

function resultOf(requestId: string, outcome: RecordOutcome): IngestResult {
  if (outcome.status === "conflict") return { status: "conflict", requestId };
  const { status, pricing } = outcome;
  return { status, requestId, cost: costOf(pricing), pricingStatus: pricing.status };
}
