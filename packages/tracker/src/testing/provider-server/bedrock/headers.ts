import type { AnswerUsage } from "../answer.ts";
import type { IdSource } from "../ids.ts";

/** A UUID in form. */
export function bedrockHeaders(ids: IdSource): Record<string, string> {
  const hex = ids.nextHex("", 32);
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    "-",
  );
  return { "x-amzn-requestid": id };
}

/**
 * Of plain InvokeModel only; input without what a cache had a part in.
 * Source: what https://github.com/DataDog/dd-trace-js reads of them, and of the last chunk of a stream.
 */
export function countHeaders(usage: AnswerUsage | undefined): Record<string, string> {
  if (!usage) return {};
  return {
    "x-amzn-bedrock-invocation-latency": "412",
    "x-amzn-bedrock-input-token-count": String(usage.input),
    "x-amzn-bedrock-output-token-count": String(usage.output + usage.reasoning),
    ...(usage.cachedInput > 0 && {
      "x-amzn-bedrock-cache-read-input-token-count": String(usage.cachedInput),
    }),
    ...(cacheWriteOf(usage) > 0 && {
      "x-amzn-bedrock-cache-write-input-token-count": String(cacheWriteOf(usage)),
    }),
  };
}

const cacheWriteOf = (usage: AnswerUsage): number => usage.cacheWrite + usage.cacheWriteOneHour;

/** What the last chunk of a streamed InvokeModel tells besides the model's own words. */
export function invocationMetrics(usage: AnswerUsage) {
  return {
    inputTokenCount: usage.input,
    outputTokenCount: usage.output + usage.reasoning,
    invocationLatency: 412,
    firstByteLatency: 103,
    ...(usage.cachedInput > 0 && { cacheReadInputTokenCount: usage.cachedInput }),
    ...(cacheWriteOf(usage) > 0 && { cacheWriteInputTokenCount: cacheWriteOf(usage) }),
  };
}
