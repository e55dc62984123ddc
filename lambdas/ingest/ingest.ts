import {
  type Caller,
  costOf,
  customScopesOf,
  type Instant,
  mayAccess,
  type PricedMetric,
  scopesOf,
} from "@ai-usage/core";
import { type PriceBook, priceMetric } from "@ai-usage/pricing";
import { type RecordOutcome, recordMetrics, type Table } from "@ai-usage/store";
import { type IngestResult, parseIngestRequest, parseMetric, toWireIngestAnswer } from "@ai-usage/wire";

/** What storing metrics needs. */
export interface Ingest {
  readonly table: Table;
  readonly book: PriceBook;
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
  const results: (IngestResult | undefined)[] = [];
  const accepted: { index: number; priced: PricedMetric }[] = [];
  for (const [index, input] of request.metrics.entries()) {
    const read = readMetric(ingest, input, now, caller);
    if ("rejected" in read) results[index] = read.rejected;
    else accepted.push({ index, priced: read.priced });
  }
  const outcomes = await recordMetrics(
    ingest.table,
    accepted.map(({ priced }) => priced),
    ingest,
  );
  for (const [position, { index, priced }] of accepted.entries()) {
    const outcome = outcomes[position];
    if (outcome) results[index] = resultOf(priced.metric.requestId, outcome);
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
): { priced: PricedMetric } | { rejected: IngestResult } {
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
  return { priced: { metric, pricing: priceMetric(ingest.book, metric), customScopes } };
}

function resultOf(requestId: string, outcome: RecordOutcome): IngestResult {
  if (outcome.status === "conflict") return { status: "conflict", requestId };
  const { status, pricing } = outcome;
  return { status, requestId, cost: costOf(pricing), pricingStatus: pricing.status };
}
