import type { Attributes, OtlpSpan } from "./span.ts";

export const TRACE = "5b8efff798038103d269b633813fc60c";

/** A call to a model as an application's own instrumentation tells of it. */
export const chat: Attributes = {
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "openai",
  "gen_ai.response.model": "gpt-4o-mini",
  "gen_ai.usage.input_tokens": 1200,
  "gen_ai.usage.output_tokens": 300,
};

/** @param id its own and, after a slash, that of the span that it is in: `b/a` */
export function spanOf(id: string, attributes: Attributes = chat, fields: Partial<OtlpSpan> = {}): OtlpSpan {
  const [own = "", parent] = id.split("/");
  return {
    traceId: TRACE,
    spanId: own.padStart(16, "0"),
    parentSpanId: parent === undefined ? "" : parent.padStart(16, "0"),
    start: 1_795_256_100_123_456_789n,
    end: 1_795_256_101_373_456_789n,
    attributes,
    resource: {},
    failed: false,
    ...fields,
  };
}
