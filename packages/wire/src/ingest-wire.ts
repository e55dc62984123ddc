import { Money, type PricingStatus } from "@ai-usage/core";
import { batchSummary, parseBatch, toWireErrors } from "./batch-wire.ts";
import type { FieldError } from "./problem.ts";

/** Most metrics in one request. */
export const METRICS_MAX = 500;

/** Largest request body: 500 metrics of the largest size fit well. */
export const BODY_BYTES_MAX = 2 * 1024 * 1024;

/** What a request to store metrics holds, each still unread: one metric, or `{"metrics": [...]}`. */
export interface IngestRequest {
  readonly metrics: readonly unknown[];
  /** Whether they came as a list, so that messages name the place in it. */
  readonly listed: boolean;
}

/** @throws ProblemError when the body as a whole is unusable */
export function parseIngestRequest(body: unknown): IngestRequest {
  const rules = { list: "metrics", one: "one metric", entriesMax: METRICS_MAX };
  const { entries, listed } = parseBatch(body, rules);
  return { metrics: entries, listed };
}

/** What became of one metric of a request. */
export type IngestResult =
  | {
      readonly status: "recorded" | "duplicate";
      readonly requestId: string;
      readonly cost?: Money;
      readonly pricingStatus: PricingStatus;
    }
  | { readonly status: "conflict"; readonly requestId: string }
  | {
      readonly status: "rejected";
      readonly requestId: string | null;
      readonly errors: readonly FieldError[];
    };

const CONFLICT_MESSAGE = "is taken by a metric with other content, which stays as it is";

/** The answer, and its HTTP status: 200 when everything is stored, now or before, 207 otherwise. */
export function toWireIngestAnswer(results: readonly IngestResult[], request: IngestRequest) {
  const { status, summary } = batchSummary(results);
  const costs = results.flatMap((one) => (one.status === "recorded" && one.cost ? [one.cost] : []));
  const body = {
    results: results.map((result, index) => toWireResult(result, request.listed ? `metrics[${index}].` : "")),
    summary: { ...summary, cost_usd: Money.sum(costs).toString() },
  };
  return { status, body };
}

function toWireResult(result: IngestResult, prefix: string) {
  const { status, requestId: request_id } = result;
  switch (status) {
    case "recorded":
    case "duplicate":
      return {
        request_id,
        status,
        cost_usd: result.cost?.toString() ?? null,
        pricing_status: result.pricingStatus,
      };
    case "conflict":
      return { request_id, status, error: { field: `${prefix}request_id`, message: CONFLICT_MESSAGE } };
    case "rejected": {
      const { error, more_errors } = toWireErrors(result.errors, prefix);
      return { request_id, status, error, more_errors };
    }
    default:
      return status satisfies never;
  }
}
