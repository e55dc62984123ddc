import { type OtlpSpan, spansFromJson, spansFromProtobuf } from "@ai-usage/wire/otlp";
import { type HrTime, ROOT_CONTEXT, type Span, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Exporters, openExporters } from "../support/otlp.ts";

let exporters: Exporters;
beforeAll(async () => {
  exporters = await openExporters();
});
afterAll(() => exporters.close());

interface SpanToMake {
  readonly attributes: Record<string, string | number | boolean | string[]>;
  readonly start: HrTime;
  readonly lasts: number;
  readonly inside: number;
  readonly failed: boolean;
  readonly exception: string | undefined;
}

const read = [
  "gen_ai.usage.input_tokens",
  "gen_ai.response.id",
  "user.id",
  "ai_usage.metadata.x",
  "error.type",
];
const unread = ["gen_ai.input.messages", "gen_ai.prompt.0.content", "http.route", "llm.prompts"];

// Text with all that UTF-8 has, but no halves of characters: an encoder must change those.
const text = fc.string({ unit: "binary", maxLength: 40 });
const value = fc.oneof(
  text,
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, 2 ** 31, 2 ** 32, 2 ** 52, -(2 ** 52), 0.1, 1e300, -5e-324),
  fc.boolean(),
  fc.array(text, { maxLength: 3 }),
);

const anySpan: fc.Arbitrary<SpanToMake> = fc.record({
  attributes: fc.dictionary(fc.constantFrom(...read, ...unread), value, { maxKeys: 6 }),
  start: fc.tuple(fc.integer({ min: 1, max: 4_102_444_800 }), fc.nat({ max: 999_999_999 })),
  lasts: fc.nat({ max: 86_400 }),
  inside: fc.nat(),
  failed: fc.boolean(),
  exception: fc.option(fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }), { nil: undefined }),
});

function make(tracer: Tracer, spans: readonly SpanToMake[]): void {
  const made: Span[] = [];
  for (const { attributes, start, lasts, inside, failed, exception } of spans) {
    const parent = made[inside % (made.length + 1)];
    const context = parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
    const span = tracer.startSpan("say my secret plan", { attributes, startTime: start }, context);
    if (exception !== undefined) span.recordException({ name: exception, message: "my secret plan" }, start);
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR, message: "my secret plan" });
    span.end([start[0] + lasts, start[1]]);
    made.push(span);
  }
}

/** What must come out, as the SDK itself has the span. */
function expectedOf(span: ReadableSpan, resource: Record<string, string>): OtlpSpan {
  const { traceId, spanId } = span.spanContext();
  const nanoseconds = ([seconds, rest]: HrTime) => BigInt(seconds) * 1_000_000_000n + BigInt(rest);
  const exceptionType = span.events[0]?.attributes?.["exception.type"];
  const attributes = Object.entries(span.attributes).filter(
    ([name, one]) => read.includes(name) && !Array.isArray(one),
  );
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? "",
    start: nanoseconds(span.startTime),
    end: nanoseconds(span.endTime),
    attributes: Object.fromEntries(attributes) as OtlpSpan["attributes"],
    resource,
    failed: span.status.code === SpanStatusCode.ERROR,
    ...(typeof exceptionType === "string" && { exceptionType }),
  };
}

describe("spans that OpenTelemetry's exporters send", () => {
  it("come out of either encoding as they went in, to the nanosecond, without what is not read", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anySpan, { minLength: 1, maxLength: 8 }), text, async (spans, name) => {
        const resource = { "service.name": `x${name}` };
        const sent = await exporters.export((tracer) => make(tracer, spans), {
          ...resource,
          "host.name": "h",
        });
        const expected = sent.spans.map((span) => expectedOf(span, resource));
        expect(expected).toHaveLength(spans.length);
        const fromProtobuf = await spansFromProtobuf(sent.protobuf);
        expect(fromProtobuf).toEqual(expected);
        expect(spansFromJson(JSON.parse(sent.json.toString("utf8")))).toEqual(expected);
        const kept = JSON.stringify(fromProtobuf, (_, one) => (typeof one === "bigint" ? String(one) : one));
        expect(kept).not.toContain("secret");
      }),
      { numRuns: 60 },
    );
  });
});
