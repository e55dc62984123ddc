import type { UsageFormatName } from "@ai-usage/client";

type Shape = Readonly<Record<string, unknown>>;

// Of its own, so that this file takes no other along: the GitHub Action reads it with nothing installed.
const isObject = (value: unknown): value is Shape =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** By what an answer of a format, and of no other, is known. The formats that others share no sign with are not here. */
const signs: { readonly [Format in UsageFormatName]?: (answer: Shape) => boolean } = {
  "openai.chat": ({ object }) => object === "chat.completion",
  "openai.responses": ({ object, type }) =>
    object === "response" || (typeof type === "string" && type.startsWith("response.")),
  "openai.embeddings": ({ object, data }) =>
    object === "list" &&
    Array.isArray(data) &&
    data.some((one) => isObject(one) && one.object === "embedding"),
  "openai.images": ({ created, data, object }) =>
    typeof created === "number" &&
    object === undefined &&
    Array.isArray(data) &&
    data.some((one) => isObject(one) && ("b64_json" in one || "url" in one)),
  "openai.transcription": ({ text, usage }) => typeof text === "string" && isObject(usage) && "type" in usage,
  "openai.batch_line": (line) => "custom_id" in line && ("response" in line || "error" in line),
  "anthropic.messages": ({ type, role }) => type === "message" && role === "assistant",
  "anthropic.batch_line": (line) => "custom_id" in line && isObject(line.result),
  "gemini.generate_content": ({ usageMetadata, candidates, promptFeedback }) =>
    isObject(usageMetadata) && (Array.isArray(candidates) || isObject(promptFeedback)),
  "bedrock.converse": ({ usage, metrics, stopReason }) =>
    isObject(usage) && "inputTokens" in usage && (isObject(metrics) || stopReason !== undefined),
  cohere: ({ usage, meta }) =>
    [usage, meta].some((holder) => isObject(holder) && isObject(holder.billed_units)),
  "opentelemetry.span": (span) => attributeNames(span).some((name) => name.startsWith("gen_ai.")),
};

/** Every format that the shape of an answer speaks for. */
export function guessFormats(answer: object): UsageFormatName[] {
  const names = Object.keys(signs) as UsageFormatName[];
  return names.filter((name) => signs[name]?.({ ...answer }) === true);
}

/** Of a span's attributes: an object of them, a list of keys and values as OTLP has it, or the attributes themselves. */
function attributeNames(span: Shape): string[] {
  const { attributes } = span;
  if (Array.isArray(attributes)) {
    return attributes.flatMap((one) => (isObject(one) && typeof one.key === "string" ? [one.key] : []));
  }
  return Object.keys(isObject(attributes) ? attributes : span);
}
