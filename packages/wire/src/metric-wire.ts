import {
  type AIUsageMetric,
  DAY_MS,
  epochMsOf,
  type Instant,
  type PricedMetric,
  type Usage,
  usageKindNames,
} from "@ai-usage/core";
import * as z from "zod";
import { amountField, countField, instantField, nameField } from "./fields.ts";
import { type FieldError, fieldErrorsOf } from "./problem.ts";

const COUNT_MAX = 1_000_000_000;
const LATENCY_MS_MAX = 7 * DAY_MS;
/** A clock may be this much ahead of ours. */
const CLOCK_AHEAD_MS_MAX = 5 * 60_000;
const METADATA_ENTRIES_MAX = 20;
const METADATA_VALUE_LENGTH_MAX = 256;

// What was said to a model and what it answered is never kept, so a field that would hold it is refused.
const TEXT_OF_CALL = /^(prompts?|messages?|completions?|content|responses?|input_text|output_text)$/i;

const metadataName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, "must have names of letters, digits, _ . - (at most 64)")
  .refine((key) => !TEXT_OF_CALL.test(key), "must not hold the text of a call");

// What a number of DynamoDB and a number of JavaScript both hold.
const isStorable = (value: number) =>
  value === 0 || (Math.abs(value) >= 1e-100 && Math.abs(value) <= Number.MAX_SAFE_INTEGER);

const PLAIN_VALUE = `must be a number up to 2^53, true, false or a string of at most ${METADATA_VALUE_LENGTH_MAX} characters`;

const metadataValue = z.union(
  [
    z
      .string()
      .max(METADATA_VALUE_LENGTH_MAX, PLAIN_VALUE)
      .refine((text) => !/\p{Cs}/u.test(text), "must not contain half a character (a lone surrogate)"),
    z.number().refine(isStorable, PLAIN_VALUE),
    z.boolean(),
  ],
  { error: () => PLAIN_VALUE },
);

const metadataField = z
  // JSON can hold this name, and a record would drop it without a word.
  .custom((value) => typeof value !== "object" || value === null || !Object.hasOwn(value, "__proto__"), {
    error: () => "must have names of letters, digits, _ . - (at most 64)",
    abort: true,
  })
  .pipe(
    z.record(metadataName, metadataValue, {
      error: () => "must be an object of names (letters, digits, _ . -) and plain values",
    }),
  )
  .refine(
    (metadata) => Object.keys(metadata).length <= METADATA_ENTRIES_MAX,
    `must have at most ${METADATA_ENTRIES_MAX} entries`,
  );

const usageField = z.strictObject(
  Object.fromEntries(usageKindNames.map((kind) => [kind, countField(COUNT_MAX).optional()])),
  {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? undefined : "must be an object of counts by kind",
  },
);

const metricSchema = z
  .strictObject(
    {
      request_id: nameField,
      service: nameField,
      model: nameField.optional(),
      operation: nameField,
      timestamp: instantField,
      usage: usageField.optional(),
      input_tokens: countField(COUNT_MAX).optional(),
      output_tokens: countField(COUNT_MAX).optional(),
      total_tokens: countField(2 * COUNT_MAX).optional(),
      call_count: countField(1_000_000, 1).optional(),
      cost_usd: amountField.optional(),
      latency_ms: z
        .number({ error: () => "must be a number of milliseconds" })
        .min(0, "must not be negative")
        .max(LATENCY_MS_MAX, "must be at most a week")
        .optional(),
      user_id: nameField.optional(),
      team: nameField.optional(),
      feature: nameField.optional(),
      environment: nameField.optional(),
      job_id: nameField.optional(),
      batch_id: nameField.optional(),
      github_pr: countField(COUNT_MAX, 1).optional(),
      error: nameField.optional(),
      metadata: metadataField.optional(),
    },
    { error: (issue) => (issue.code === "unrecognized_keys" ? undefined : "must be an object, one metric") },
  )
  .superRefine((wire, context) => {
    const { usage, input_tokens, output_tokens, total_tokens } = wire;
    const counts = { input_tokens, output_tokens, total_tokens };
    for (const [field, count] of Object.entries(counts)) {
      if (usage === undefined || count === undefined) continue;
      context.addIssue({ code: "custom", path: [field], message: "must be left out when usage is given" });
    }
    if (
      usage === undefined &&
      total_tokens !== undefined &&
      total_tokens !== (input_tokens ?? 0) + (output_tokens ?? 0)
    ) {
      context.addIssue({
        code: "custom",
        path: ["total_tokens"],
        message: "must be input_tokens and output_tokens together",
      });
    }
  });

export interface MetricRules {
  readonly now: Instant;
  /** Calls longer ago than this are refused: their totals could no longer be checked against raw metrics. */
  readonly retentionDays: number;
}

export type ParsedMetric =
  | { readonly metric: AIUsageMetric }
  | { readonly requestId: string | null; readonly errors: readonly FieldError[] };

/** Reads one metric as it comes over the wire. What is wrong with it is data, since the rest of its batch goes on. */
export function parseMetric(input: unknown, rules: MetricRules): ParsedMetric {
  const parsed = metricSchema.safeParse(input);
  if (!parsed.success) return { requestId: requestIdOf(input), errors: fieldErrorsOf(parsed.error) };
  const metric = fromWireMetric(parsed.data);
  const problem = timestampProblem(metric.timestamp, rules);
  if (!problem) return { metric };
  return { requestId: metric.requestId, errors: [{ field: "timestamp", message: problem }] };
}

function timestampProblem(timestamp: Instant, { now, retentionDays }: MetricRules): string | undefined {
  const age = epochMsOf(now) - epochMsOf(timestamp);
  if (age < -CLOCK_AHEAD_MS_MAX) return "must not be more than 5 minutes ahead of our clock";
  if (age > retentionDays * DAY_MS) return `must be within the last ${retentionDays} days`;
  return undefined;
}

function requestIdOf(input: unknown): string | null {
  const id =
    typeof input === "object" && input !== null && "request_id" in input ? input.request_id : undefined;
  return typeof id === "string" ? id.slice(0, 128) : null;
}

function fromWireMetric(wire: z.output<typeof metricSchema>): AIUsageMetric {
  return {
    requestId: wire.request_id,
    service: wire.service,
    model: wire.model,
    operation: wire.operation,
    timestamp: wire.timestamp,
    usage: usageOf(wire),
    callCount: wire.call_count ?? 1,
    reportedCost: wire.cost_usd,
    latencyMs: wire.latency_ms === undefined ? undefined : Math.round(wire.latency_ms),
    userId: wire.user_id,
    team: wire.team,
    feature: wire.feature,
    environment: wire.environment,
    jobId: wire.job_id,
    batchId: wire.batch_id,
    githubPr: wire.github_pr,
    error: wire.error,
    metadata: wire.metadata ?? {},
  };
}

function usageOf(wire: z.output<typeof metricSchema>): Usage {
  if (wire.usage !== undefined) return wire.usage;
  return {
    ...(wire.input_tokens !== undefined && { input: wire.input_tokens }),
    ...(wire.output_tokens !== undefined && { output: wire.output_tokens }),
  };
}

/** A stored metric as an answer shows it. */
export function toWireMetric({ metric, pricing, customScopes }: PricedMetric) {
  return {
    request_id: metric.requestId,
    service: metric.service,
    model: metric.model,
    operation: metric.operation,
    timestamp: metric.timestamp,
    usage: metric.usage,
    call_count: metric.callCount,
    cost_usd: pricing.status === "unpriced" ? null : pricing.cost.toString(),
    pricing_status: pricing.status,
    price_id: pricing.status === "priced" ? pricing.priceId : undefined,
    unpriced_reason: pricing.status === "unpriced" ? pricing.reason : undefined,
    latency_ms: metric.latencyMs,
    user_id: metric.userId,
    team: metric.team,
    feature: metric.feature,
    environment: metric.environment,
    job_id: metric.jobId,
    batch_id: metric.batchId,
    github_pr: metric.githubPr,
    error: metric.error,
    metadata: metric.metadata,
    custom_scopes: customScopes.length > 0 ? customScopes : undefined,
  };
}
