import { divideHalfEven, nearestFixedPoint, parseFixedPoint } from "@ai-usage/core";
import type { RecordResult } from "./answers.ts";
import { ApiError } from "./errors.ts";
import type { MetricInput } from "./requests.ts";

/** A call that has just been made. */
export interface RequestToTrack extends Omit<MetricInput, "request_id" | "timestamp" | "operation"> {
  /** Names the call for ever: sent twice, it counts once. @default a new one */
  readonly request_id?: string;
  /** @default now */
  readonly timestamp?: string;
  /** @default "chat" */
  readonly operation?: string;
}

/** What a call came to. */
export interface TrackedRequest {
  readonly request_id: string;
  readonly status: "recorded" | "duplicate";
  /** Exact; null where the model has no price yet: it is counted once it has one. */
  readonly cost_usd: string | null;
  readonly pricing_status: NonNullable<RecordResult["pricing_status"]>;
  /**
   * Quality that a dollar buys, to two decimals: `response_quality_score` of each of its calls together, divided by their cost.
   * It compares ways to do the same work, by the same measure of quality. Null without a score, without a cost, and where it
   * cost nothing.
   */
  readonly efficiency_score: number | null;
}

export function metricOf(request: RequestToTrack): MetricInput {
  const { request_id, timestamp, operation = "chat", ...fields } = request;
  return {
    request_id: request_id ?? crypto.randomUUID(),
    timestamp: timestamp ?? new Date().toISOString(),
    operation,
    ...fields,
  };
}

/** @throws ApiError when it was refused, 400, or its id is another call's, 409 */
export function trackedRequest(metric: MetricInput, result: RecordResult): TrackedRequest {
  const { status, cost_usd = null, pricing_status } = result;
  if (status === "conflict" || status === "rejected" || pricing_status === undefined) throw refusal(result);
  const efficiency_score = efficiencyScore(metric, cost_usd);
  return { request_id: metric.request_id, status, cost_usd, pricing_status, efficiency_score };
}

function refusal({ status, error }: RecordResult): ApiError {
  const field = error?.field.replace(/^metrics\[0\]\./, "") ?? "(body)";
  const message = error?.message ?? "was not stored";
  const told =
    status === "conflict" ? { status: 409, title: "Conflict" } : { status: 400, title: "Bad request" };
  const errors = [{ field, message }];
  return new ApiError({ type: "about:blank", ...told, detail: `${field} ${message}`, errors });
}

function efficiencyScore(metric: MetricInput, costUsd: string | null): number | null {
  const { response_quality_score: score, call_count: calls = 1 } = metric;
  const cost = costUsd === null ? undefined : parseFixedPoint(costUsd);
  const quality = score === undefined ? undefined : nearestFixedPoint(String(score));
  if (cost === undefined || cost <= 0n || quality === undefined) return null;
  return Number(divideHalfEven(quality * BigInt(calls) * 100n, cost)) / 100;
}
