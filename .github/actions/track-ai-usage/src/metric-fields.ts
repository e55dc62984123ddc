import type { MetricInput } from "../../../../packages/client/src/requests.ts";

/** Whatever the API takes, and nothing else: a field that it does not know may hold what was said to a model. */
const FIELDS = {
  request_id: true,
  service: true,
  model: true,
  operation: true,
  timestamp: true,
  usage: true,
  also_used: true,
  input_tokens: true,
  output_tokens: true,
  total_tokens: true,
  served: true,
  requested: true,
  refusal: true,
  billing_account: true,
  call_count: true,
  cost_usd: true,
  latency_ms: true,
  time_to_first_token_ms: true,
  attempts: true,
  user_id: true,
  team: true,
  feature: true,
  environment: true,
  job_id: true,
  batch_id: true,
  lease_id: true,
  github_pr: true,
  error: true,
  usage_problems: true,
  usage_estimated: true,
  response_quality_score: true,
  prompt_hash: true,
  metadata: true,
} as const satisfies Record<keyof MetricInput, true>;

/** A metric as it was given: the API reads it, and answers for each field. */
export type UnreadMetric = Readonly<Partial<Record<keyof MetricInput, unknown>>>;

/** @returns how many of the names are none of a metric's fields */
export function unknownFields(value: object): number {
  return Object.keys(value).filter((name) => !Object.hasOwn(FIELDS, name)).length;
}
