import { Money, type PricingStatus } from "@ai-usage/core";
import { type FieldError, fieldProblem, ProblemError } from "./problem.ts";

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
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw fieldProblem("(body)", 'must be one metric, or {"metrics": [...]}');
  }
  if (!Object.hasOwn(body, "metrics")) return { metrics: [body], listed: false };
  const { metrics, ...others } = body as { metrics: unknown };
  const [other] = Object.keys(others);
  if (other !== undefined) throw fieldProblem(other.slice(0, 64), "is not a field that is known here");
  if (!Array.isArray(metrics)) throw fieldProblem("metrics", "must be a list");
  if (metrics.length === 0) throw fieldProblem("metrics", "must not be empty");
  if (metrics.length > METRICS_MAX) {
    throw new ProblemError(
      413,
      `metrics must have at most ${METRICS_MAX} entries, send the rest in another request`,
      [{ field: "metrics", message: `must have at most ${METRICS_MAX} entries` }],
    );
  }
  return { metrics, listed: true };
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
  const count = (status: IngestResult["status"]) => results.filter((one) => one.status === status).length;
  const costs = results.flatMap((one) => (one.status === "recorded" && one.cost ? [one.cost] : []));
  const body = {
    results: results.map((result, index) => toWireResult(result, request.listed ? `metrics[${index}].` : "")),
    summary: {
      received: results.length,
      recorded: count("recorded"),
      duplicate: count("duplicate"),
      conflict: count("conflict"),
      rejected: count("rejected"),
      cost_usd: Money.sum(costs).toString(),
    },
  };
  return { status: count("conflict") + count("rejected") === 0 ? 200 : 207, body };
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
      const [first, ...more] = result.errors.map(({ field, message }) => ({
        field: prefix + field,
        message,
      }));
      return { request_id, status, error: first, more_errors: more.length > 0 ? more : undefined };
    }
    default:
      return status satisfies never;
  }
}
