import { type NormalizedUsage, normalizeUsage } from "@ai-usage/core/normalize";
import type * as z from "zod";
import type { metricSchema } from "../metric-wire.ts";
import { type AttributionField, attributionOf, METADATA, metadataOf } from "./attribution.ts";
import { byConventions, serviceNamed, USAGE } from "./conventions.ts";
import { kindOf, operationOf, type SpanKind } from "./model-calls.ts";
import type { Attributes, OtlpSpan } from "./span.ts";

/** A metric as `POST /ai_usage` takes it. */
export type MetricOfSpan = z.input<typeof metricSchema>;

/** A span that is, or may be, a call to a model. */
export interface SpanReading {
  readonly span: OtlpSpan;
  readonly kind: Exclude<SpanKind, "around">;
  /** By their names in the GenAI conventions. */
  readonly attributes: Attributes;
  readonly usage: NormalizedUsage;
  readonly hasUsage: boolean;
  /** Whether it says who bills. */
  readonly saysService: boolean;
  /** Class of its error, if it is one. */
  readonly error?: string;
}

/** Nothing where the span is around calls. */
export function readingOf(span: OtlpSpan): SpanReading | undefined {
  const kind = kindOf(span.attributes);
  if (kind === "around") return undefined;
  const attributes = byConventions(span.attributes);
  const provider = attributes["gen_ai.provider.name"];
  const service = typeof provider === "string" && provider !== "" ? serviceNamed(provider) : undefined;
  const usage = normalizeUsage("opentelemetry.span", attributes, service === undefined ? {} : { service });
  const hasUsage = Object.keys(usage.usage).length > 0;
  const error = errorOf(span, usage.error, hasUsage);
  return {
    span,
    kind,
    attributes,
    usage,
    hasUsage,
    saysService: service !== undefined,
    ...(error !== undefined && { error }),
  };
}

const ERROR_CLASS = /^[\w.:/-]{1,64}$/;

/** An exception that was told of and got over is no error: there is usage then. */
function errorOf(span: OtlpSpan, told: string | undefined, hasUsage: boolean): string | undefined {
  if (told !== undefined) return told;
  const { exceptionType, failed } = span;
  const isError = failed || (!hasUsage && exceptionType !== undefined);
  if (!isError) return undefined;
  return exceptionType !== undefined && ERROR_CLASS.test(exceptionType) ? exceptionType : "Error";
}

/**
 * The id is the provider's own of its answer, so that a call that our tracker meters too is counted once; without one it
 * is the span's. The time is when it began, as the tracker has it.
 */
export function metricOf({ span, attributes, usage, error }: SpanReading): MetricOfSpan {
  const attribution = Array.from(attributionOf(span), ([field, { value }]) => [field, value]);
  const metadata = metadataOf(span);
  return {
    request_id: usage.requestId ?? `otel-${span.traceId}-${span.spanId}`,
    service: usage.service,
    operation: operationOf(attributes),
    timestamp: startOf(span),
    usage: usage.usage,
    ...(usage.model !== undefined && { model: usage.model }),
    ...(usage.served && { served: usage.served }),
    ...(usage.requested && { requested: usage.requested }),
    ...(usage.usageProblems.length > 0 && { usage_problems: [...usage.usageProblems] }),
    ...(error !== undefined && { error }),
    ...durationsOf(span, attributes),
    ...Object.fromEntries(attribution),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
}

const NANOSECONDS_IN_MS = 1_000_000n;
/** Later moments have no ISO text: they are refused as what they are, too far ahead. */
const EPOCH_MS_MAX = 8_640_000_000_000_000n;

function startOf({ start = 0n }: OtlpSpan): string {
  const ms = start / NANOSECONDS_IN_MS;
  return new Date(Number(ms < EPOCH_MS_MAX ? ms : EPOCH_MS_MAX)).toISOString();
}

function durationsOf(span: OtlpSpan, attributes: Attributes): Partial<MetricOfSpan> {
  const { start, end } = span;
  const latency = start !== undefined && end !== undefined && end >= start ? end - start : undefined;
  const firstMs = attributes["ai.response.msToFirstChunk"];
  const firstSeconds = attributes["gen_ai.response.time_to_first_chunk"];
  const first = typeof firstSeconds === "number" ? firstSeconds * 1000 : firstMs;
  return {
    ...(latency !== undefined && { latency_ms: Math.round(Number(latency) / 1e6) }),
    ...(typeof first === "number" && first >= 0 && { time_to_first_token_ms: Math.round(first) }),
  };
}

const attributesOfFields: Readonly<Record<string, string>> = {
  request_id: "gen_ai.response.id",
  service: "gen_ai.provider.name",
  model: "gen_ai.response.model",
  operation: "gen_ai.operation.name",
  timestamp: "startTimeUnixNano",
  latency_ms: "endTimeUnixNano",
  time_to_first_token_ms: "gen_ai.response.time_to_first_chunk",
  error: "error.type",
};

/** The name, in the span, of what a field of its metric is made of. */
export function attributeOf(field: string, span: OtlpSpan): string {
  if (field.startsWith("metadata.")) return METADATA + field.slice("metadata.".length);
  if (field.startsWith("usage.")) return USAGE + field.slice("usage.".length);
  return attributionOf(span).get(field as AttributionField)?.name ?? attributesOfFields[field] ?? field;
}
