import {
  type AIUsageMetric,
  DAY_MS,
  epochMsOf,
  type Instant,
  isUsageUnit,
  type PricedMetric,
  type Pricing,
  refusals,
  servedConditionNames,
  type Usage,
  type UsageUnit,
} from "@ai-usage/core";
import * as z from "zod";
import {
  amountField,
  countField,
  instantField,
  leaseIdField,
  nameField,
  scoreField,
  wordField,
} from "./fields.ts";
import { type FieldError, fieldErrorsOf } from "./problem.ts";

export const COUNT_MAX = 1_000_000_000;
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

/** JSON can hold this name, and a record would drop it without a word. */
export const withoutPrototype = (message: string, path: string[] = []) =>
  z.custom((value) => typeof value !== "object" || value === null || !Object.hasOwn(value, "__proto__"), {
    error: () => message,
    path,
    abort: true,
  });

export const metadataField = withoutPrototype("must have names of letters, digits, _ . - (at most 64)")
  .pipe(
    z.record(metadataName, metadataValue, {
      error: () => "must be an object of names (letters, digits, _ . -) and plain values",
    }),
  )
  .refine(
    (metadata) => Object.keys(metadata).length <= METADATA_ENTRIES_MAX,
    `must have at most ${METADATA_ENTRIES_MAX} entries`,
  );

const USAGE_UNITS_MAX = 40;
const NO_UNIT = "is no unit that is known here; a unit of your own begins with x_";

/** Units are those that are known, or `x_…`: a count of one's own, or one that nobody can price yet. */
export const usageField = withoutPrototype(NO_UNIT, ["__proto__"])
  .pipe(z.record(z.string(), countField(COUNT_MAX), { error: () => "must be an object of counts by unit" }))
  .superRefine((usage, context) => {
    const names = Object.keys(usage);
    for (const name of names.filter((one) => !isUsageUnit(one)).slice(0, 10)) {
      context.addIssue({ code: "custom", path: [name], message: NO_UNIT });
    }
    if (names.length > USAGE_UNITS_MAX) {
      context.addIssue({ code: "custom", message: `must have at most ${USAGE_UNITS_MAX} units` });
    }
  })
  .transform((usage): Usage => usage as Partial<Record<UsageUnit, number>>);

const CONDITION_LENGTH_MAX = 64;

const conditionField = z
  .string({ error: () => "must be a string" })
  .regex(/^[\w.:@/ -]+$/, "must have letters, digits, spaces and _ . : @ / - only")
  .max(CONDITION_LENGTH_MAX, `must have at most ${CONDITION_LENGTH_MAX} characters`);

function conditionsField<const Names extends readonly string[]>(names: Names) {
  type Shape = { [Name in Names[number]]: z.ZodOptional<typeof conditionField> };
  const shape = Object.fromEntries(names.map((name) => [name, conditionField.optional()])) as Shape;
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? undefined : `must be an object of ${names.join(", ")}`,
  });
}

const ALSO_USED_MAX = 10;
const PROBLEMS_MAX = 10;
const PROBLEM_LENGTH_MAX = 200;

export const usageProblemsField = z
  .array(
    z
      .string({ error: () => "must be a string" })
      .max(PROBLEM_LENGTH_MAX, `must have at most ${PROBLEM_LENGTH_MAX} characters`),
    { error: () => "must be a list of strings" },
  )
  .min(1, "must not be empty")
  .max(PROBLEMS_MAX, `must have at most ${PROBLEMS_MAX} entries`);

/** What decides the price of a call, as a metric and a quote both have it. */
export const pricedFields = {
  model: nameField.optional(),
  usage: usageField.optional(),
  also_used: z
    .array(
      z.strictObject(
        { model: nameField, usage: usageField },
        {
          error: (issue) =>
            issue.code === "unrecognized_keys" ? undefined : "must have a model and its usage",
        },
      ),
      { error: () => "must be a list of models with their usage" },
    )
    .min(1, "must not be empty")
    .max(ALSO_USED_MAX, `must have at most ${ALSO_USED_MAX} models`)
    .optional(),
  served: conditionsField(servedConditionNames).optional(),
  requested: z
    .strictObject({
      model: nameField.optional(),
      tier: conditionField.optional(),
      region: conditionField.optional(),
    })
    .optional(),
  refusal: wordField(refusals).optional(),
  billing_account: nameField.optional(),
  call_count: countField(1_000_000, 1).optional(),
  cost_usd: amountField.optional(),
};

const durationField = z
  .number({ error: () => "must be a number of milliseconds" })
  .min(0, "must not be negative")
  .max(LATENCY_MS_MAX, "must be at most a week");

const ATTEMPTS_MAX = 1_000;

const promptHashField = z
  .string({ error: () => "must be a string" })
  .regex(/^[0-9a-f]{32,64}$/, "must be 32 to 64 hexadecimal digits in lower case, a keyed hash");

/** A metric as it is sent. */
export const metricSchema = z
  .strictObject(
    {
      request_id: nameField,
      service: nameField,
      ...pricedFields,
      operation: nameField,
      timestamp: instantField,
      input_tokens: countField(COUNT_MAX).optional(),
      output_tokens: countField(COUNT_MAX).optional(),
      total_tokens: countField(2 * COUNT_MAX).optional(),
      latency_ms: durationField.optional(),
      time_to_first_token_ms: durationField.optional(),
      attempts: countField(ATTEMPTS_MAX, 1).optional(),
      user_id: nameField.optional(),
      team: nameField.optional(),
      feature: nameField.optional(),
      environment: nameField.optional(),
      job_id: nameField.optional(),
      batch_id: nameField.optional(),
      lease_id: leaseIdField.optional(),
      github_pr: countField(COUNT_MAX, 1).optional(),
      error: nameField.optional(),
      usage_problems: usageProblemsField.optional(),
      usage_estimated: z.boolean({ error: () => "must be true or false" }).optional(),
      response_quality_score: scoreField.optional(),
      prompt_hash: promptHashField.optional(),
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

export function timestampProblem(
  timestamp: Instant,
  { now, retentionDays }: MetricRules,
): string | undefined {
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
    usage: usageFromWire(wire),
    ...(wire.also_used && { alsoUsed: wire.also_used }),
    callCount: wire.call_count ?? 1,
    ...(wire.served && { served: defined(wire.served) }),
    ...(wire.requested && { requested: defined(wire.requested) }),
    ...(wire.refusal && { refusal: wire.refusal }),
    ...(wire.billing_account !== undefined && { billingAccount: wire.billing_account }),
    reportedCost: wire.cost_usd,
    latencyMs: wholeMs(wire.latency_ms),
    timeToFirstTokenMs: wholeMs(wire.time_to_first_token_ms),
    attempts: wire.attempts,
    userId: wire.user_id,
    team: wire.team,
    feature: wire.feature,
    environment: wire.environment,
    jobId: wire.job_id,
    batchId: wire.batch_id,
    leaseId: wire.lease_id,
    githubPr: wire.github_pr,
    error: wire.error,
    ...(wire.usage_problems && { usageProblems: wire.usage_problems }),
    ...(wire.usage_estimated && { usageEstimated: true }),
    responseQualityScore: wire.response_quality_score,
    promptHash: wire.prompt_hash,
    metadata: wire.metadata ?? {},
  };
}

const wholeMs = (ms: number | undefined) => (ms === undefined ? undefined : Math.round(ms));

export function usageFromWire(wire: {
  readonly usage?: Usage;
  readonly input_tokens?: number;
  readonly output_tokens?: number;
}): Usage {
  if (wire.usage !== undefined) return wire.usage;
  return {
    ...(wire.input_tokens !== undefined && { input: wire.input_tokens }),
    ...(wire.output_tokens !== undefined && { output: wire.output_tokens }),
  };
}

/** Without the members that are there and undefined: they must not make two equal metrics different. */
export function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}

/** A stored metric as an answer shows it. */
export function toWireMetric({ metric, pricing, customScopes, formerPricings }: PricedMetric) {
  return {
    request_id: metric.requestId,
    service: metric.service,
    model: metric.model,
    operation: metric.operation,
    timestamp: metric.timestamp,
    usage: metric.usage,
    also_used: metric.alsoUsed,
    call_count: metric.callCount,
    served: metric.served,
    requested: metric.requested,
    refusal: metric.refusal,
    billing_account: metric.billingAccount,
    reported_cost_usd: metric.reportedCost?.toString(),
    ...toWirePricing(pricing),
    former_prices: formerPricings?.map((former) => ({
      ...toWirePricing(former.pricing),
      until: former.until,
      restatement_id: former.restatementId,
    })),
    latency_ms: metric.latencyMs,
    time_to_first_token_ms: metric.timeToFirstTokenMs,
    attempts: metric.attempts,
    user_id: metric.userId,
    team: metric.team,
    feature: metric.feature,
    environment: metric.environment,
    job_id: metric.jobId,
    batch_id: metric.batchId,
    lease_id: metric.leaseId,
    github_pr: metric.githubPr,
    error: metric.error,
    usage_problems: metric.usageProblems,
    usage_estimated: metric.usageEstimated,
    response_quality_score: metric.responseQualityScore,
    prompt_hash: metric.promptHash,
    metadata: metric.metadata,
    custom_scopes: customScopes.length > 0 ? customScopes : undefined,
  };
}

function toWirePricing(pricing: Pricing) {
  const isUnpriced = pricing.status === "unpriced";
  return {
    cost_usd: isUnpriced ? null : pricing.cost.toString(),
    pricing_status: pricing.status,
    price_id: isUnpriced ? undefined : pricing.priceId,
    list_cost_usd: pricing.status === "priced" ? pricing.listCost?.toString() : undefined,
    book_cost_usd: pricing.status === "reported" ? pricing.bookCost?.toString() : undefined,
    unpriced_reason: isUnpriced ? pricing.reason : undefined,
    unpriced_units: isUnpriced && pricing.units.length > 0 ? pricing.units : undefined,
  };
}
