import { createHash } from "node:crypto";
import {
  type AIUsageMetric,
  DAY_MS,
  epochMsOf,
  isUsageUnit,
  type ModelUsage,
  type Outcome,
  type PricedMetric,
  type Pricing,
  refusals,
  type Usage,
  type UsageUnit,
  utcDateOf,
} from "@ai-usage/core";
import { InvalidItemError } from "./errors.ts";
import { type Item, ItemReader, moneyAttribute } from "./item.ts";
import {
  batchPartition,
  jobPartition,
  metricKey,
  metricPosition,
  requestIdOf,
  SERVICE_LANES,
  serviceLanePartition,
  unpricedListingOf,
} from "./keys.ts";
import {
  pricingAttributes,
  readFormerPricing,
  readPricing,
  readVolume,
  toFormerPricing,
  toPricingAttributes,
} from "./pricing-item.ts";

export interface MetricItemOptions {
  /** Days after the call until the raw metric expires; its totals stay. */
  readonly retentionDays: number;
  /** Whether raw metrics can be listed by service and date (GSI1). Costs one more write unit an event. */
  readonly serviceIndex: boolean;
}

/**
 * The stored item is a function of the metric and its price alone, with nothing like a time of receipt in it: writing
 * it again writes the same bytes and changes nothing.
 */
export function toMetricItem(
  priced: PricedMetric,
  options: MetricItemOptions,
  hash = contentHash(priced.metric),
): Item {
  const { metric, pricing, customScopes, volume, formerPricings = [] } = priced;
  return {
    service: metric.service,
    model: metric.model,
    operation: metric.operation,
    timestamp: metric.timestamp,
    usage: metric.usage,
    also_used: metric.alsoUsed,
    call_count: metric.callCount === 1 ? undefined : metric.callCount,
    served: metric.served,
    requested: metric.requested,
    refusal: metric.refusal,
    billing_account: metric.billingAccount,
    reported_cost_usd: metric.reportedCost && moneyAttribute(metric.reportedCost),
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
    volume_id: volume?.volumeId,
    volume_before: volume?.before,
    metadata: Object.keys(metric.metadata).length > 0 ? metric.metadata : undefined,
    custom_scopes: customScopes.length > 0 ? customScopes : undefined,
    content_hash: hash,
    expires_at: Math.floor((epochMsOf(metric.timestamp) + options.retentionDays * DAY_MS) / 1000),
    former_pricings: formerPricings.length > 0 ? formerPricings.map(toFormerPricing) : undefined,
    // At the end: V8 takes 35 µs for an object of this size that begins with a spread, a fifth of what an event costs.
    ...metricKey(metric.requestId),
    ...toPricingAttributes(pricing),
    ...indexKeys(priced, options),
  };
}

/** @throws InvalidItemError naming the attribute that is not what a metric has */
export function fromMetricItem(item: Item): PricedMetric {
  const read = new ItemReader(item);
  return {
    metric: {
      requestId: requestIdOf(read.key()),
      service: read.text("service"),
      model: read.optionalText("model"),
      operation: read.text("operation"),
      timestamp: read.instant("timestamp"),
      usage: usageOf(read.map("usage")),
      ...(read.has("also_used") && { alsoUsed: read.maps("also_used").map(modelUsageOf) }),
      callCount: read.optionalInteger("call_count") ?? 1,
      ...(read.has("served") && { served: read.map("served").textMap() }),
      ...(read.has("requested") && { requested: read.map("requested").textMap() }),
      ...(read.has("refusal") && { refusal: read.word("refusal", refusals) }),
      ...(read.has("billing_account") && { billingAccount: read.text("billing_account") }),
      reportedCost: read.optionalMoney("reported_cost_usd"),
      latencyMs: read.optionalInteger("latency_ms"),
      timeToFirstTokenMs: read.optionalInteger("time_to_first_token_ms"),
      attempts: read.optionalInteger("attempts"),
      userId: read.optionalText("user_id"),
      team: read.optionalText("team"),
      feature: read.optionalText("feature"),
      environment: read.optionalText("environment"),
      jobId: read.optionalText("job_id"),
      batchId: read.optionalText("batch_id"),
      leaseId: read.optionalText("lease_id"),
      githubPr: read.optionalInteger("github_pr"),
      error: read.optionalText("error"),
      ...(read.has("usage_problems") && { usageProblems: read.texts("usage_problems") }),
      ...(read.has("usage_estimated") && read.flag("usage_estimated") && { usageEstimated: true }),
      responseQualityScore: read.optionalScore("response_quality_score"),
      promptHash: read.optionalText("prompt_hash"),
      metadata: read.has("metadata") ? metadataOf(read.plainMap("metadata")) : {},
    },
    pricing: readPricing(read),
    customScopes: read.has("custom_scopes") ? read.texts("custom_scopes") : [],
    ...readVolume(read),
    ...(read.has("former_pricings") && {
      formerPricings: read.maps("former_pricings").map(readFormerPricing),
    }),
  };
}

/** What was said about a call, not what we made of it: two metrics with one id and one hash are the same event. */
export function contentHash(said: AIUsageMetric | Outcome): string {
  const content = JSON.stringify(said, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash("sha256").update(content).digest("base64url").slice(0, 22);
}

function indexKeys({ metric, pricing }: PricedMetric, options: MetricItemOptions): Item {
  const position = metricPosition(metric.timestamp, metric.requestId);
  const run = metric.jobId === undefined ? undefined : jobPartition(metric.jobId);
  const group = run ?? (metric.batchId === undefined ? undefined : batchPartition(metric.batchId));
  const lane = laneOf(metric.requestId);
  const date = utcDateOf(metric.timestamp);
  return {
    ...(options.serviceIndex && {
      GSI1PK: serviceLanePartition(metric.service, date, lane),
      GSI1SK: position,
    }),
    ...(pricing.status === "unpriced" && unpricedListingOf(metric, lane)),
    ...(group !== undefined && { GSI3PK: group, GSI3SK: position }),
  };
}

/** Over which partition of a listing what has this id is spread. */
export function laneOf(id: string, lanes = SERVICE_LANES): number {
  return createHash("sha256").update(id).digest().readUInt8(0) % lanes;
}

function modelUsageOf(read: ItemReader): ModelUsage {
  return { model: read.text("model"), usage: usageOf(read.map("usage")) };
}

function usageOf(read: ItemReader): Usage {
  const usage: Partial<Record<UsageUnit, number>> = {};
  for (const name of read.names()) {
    if (!isUsageUnit(name)) throw new InvalidItemError(`usage.${name}`, "is no unit of usage");
    usage[name] = read.integer(name);
  }
  return usage;
}

export function metadataOf(item: Item): AIUsageMetric["metadata"] {
  const entries = Object.entries(item).map(([key, value]) => {
    if (typeof value === "string" || typeof value === "boolean") return [key, value] as const;
    return [key, Number(String(value))] as const;
  });
  return Object.fromEntries(entries);
}

/** What telling a duplicate from a conflict takes of a stored metric. */
export interface StoredMetric {
  readonly contentHash: string;
  readonly pricing: Pricing;
}

export const storedMetricAttributes = ["content_hash", ...pricingAttributes] as const;

export function fromStoredMetricItem(item: Item): StoredMetric {
  const read = new ItemReader(item);
  return { contentHash: read.text("content_hash"), pricing: readPricing(read) };
}
