import type { FieldError } from "../problem.ts";
import { readingOf, type SpanReading } from "./call-metric.ts";
import type { OtlpSpan } from "./span.ts";

/** What of a request's spans is to be counted, and what ought to be and cannot. The others are no calls. */
export interface CountedCalls {
  readonly calls: readonly SpanReading[];
  readonly rejected: readonly FieldError[];
}

/**
 * The calls among the spans of a request, each once: of spans that are in one another the innermost counts, since those
 * around it tell its usage again. What is around is known by its name; for the rest, and for those that have the same name
 * as what is in them, their place in the trace tells, as far as they come in one request.
 *
 * https://github.com/langfuse/langfuse/issues/16409 (`embeddings` in `embeddings`)
 */
export function countedCalls(spans: readonly OtlpSpan[]): CountedCalls {
  const readings = spans.flatMap((span) => {
    const reading = readingOf(span);
    return reading !== undefined && mayBeCall(reading) ? [reading] : [];
  });
  const inside = weightsInside(spans, readings);
  const calls: SpanReading[] = [];
  const rejected: FieldError[] = [];
  for (const reading of readings) {
    if ((inside.get(keyOf(reading.span)) ?? 0) >= weightOf(reading)) continue;
    const error = missingIn(reading);
    if (error === undefined) calls.push(reading);
    else rejected.push(error);
  }
  return { calls, rejected };
}

/** What does not say what it is counts as a call when it has all that one has. */
function mayBeCall({ kind, hasUsage, usage, saysService }: SpanReading): boolean {
  return kind === "call" || (hasUsage && usage.model !== undefined && saysService);
}

/** A span with usage says more than one that failed, or says nothing. */
function weightOf({ hasUsage }: SpanReading): number {
  return hasUsage ? 2 : 1;
}

/** The weight of the weightiest call that is inside of a span, by the span's key. */
function weightsInside(
  spans: readonly OtlpSpan[],
  readings: readonly SpanReading[],
): ReadonlyMap<string, number> {
  const parents = new Map(spans.map((span) => [keyOf(span), parentKeyOf(span)]));
  const inside = new Map<string, number>();
  for (const reading of readings) {
    const weight = weightOf(reading);
    let above = parentKeyOf(reading.span);
    // Marked by another before: so are all above it, also where spans claim to be in one another.
    while (above !== undefined && (inside.get(above) ?? 0) < weight) {
      inside.set(above, weight);
      above = parents.get(above);
    }
  }
  return inside;
}

const keyOf = ({ traceId, spanId }: OtlpSpan) => `${traceId}/${spanId}`;

function parentKeyOf({ traceId, parentSpanId }: OtlpSpan): string | undefined {
  return parentSpanId === "" ? undefined : `${traceId}/${parentSpanId}`;
}

function missingIn({ span, usage, hasUsage, error, saysService }: SpanReading): FieldError | undefined {
  if (!saysService) {
    return { field: "gen_ai.provider.name", message: "is missing: it says who bills the call" };
  }
  if (!hasUsage && error === undefined) {
    return { field: "gen_ai.usage.input_tokens", message: "is missing: there is nothing to count" };
  }
  if (span.start === undefined) {
    return { field: "startTimeUnixNano", message: "must be the time in nanoseconds at which the call began" };
  }
  if (usage.requestId === undefined && !(span.traceId.length === 32 && span.spanId.length === 16)) {
    return { field: "traceId", message: "and spanId must be 32 and 16 hexadecimal digits" };
  }
  return undefined;
}
