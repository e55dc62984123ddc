import type { CallMaximum } from "@ai-usage/client/leases";
import type { CallStart } from "../recording/call.ts";

/**
 * What a call may take at most, by its request: the tokens that its text can come to, and the output that it asks for.
 * Where it does not say how much output it wants, nothing is said either, and the budgets' side estimates.
 */
export function maximumOf({ request }: CallStart, outputTokensMax?: number): CallMaximum {
  const asked = outputTokensOf(request);
  const output = Math.min(asked ?? Number.POSITIVE_INFINITY, outputTokensMax ?? Number.POSITIVE_INFINITY);
  return {
    input_tokens: roundedUp(Math.ceil(bytesOf(request) / BYTES_A_TOKEN) + TOKENS_AROUND),
    ...(Number.isFinite(output) && { output_tokens: output * answersOf(request) }),
  };
}

/** A token has three to four bytes of most texts; of the densest, which are numbers and odd symbols, hardly less than two. */
const BYTES_A_TOKEN = 2;
/** What providers put around the messages. */
const TOKENS_AROUND = 64;
const DEPTH_MAX = 8;

/** Calls of about one size share their leases. */
function roundedUp(tokens: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(256, tokens)));
}

const OUTPUT_NAMES = [
  "max_completion_tokens",
  "max_output_tokens",
  "max_tokens",
  "maxOutputTokens",
  "maxTokens",
];
/** Where Gemini and Bedrock have it. */
const INSIDE = ["config", "generationConfig", "inferenceConfig"];

export function outputTokensOf(request: unknown): number | undefined {
  if (!isObject(request)) return undefined;
  for (const name of OUTPUT_NAMES) {
    const count = request[name];
    if (typeof count === "number" && count > 0) return count;
  }
  for (const name of INSIDE) {
    const count = outputTokensOf(request[name]);
    if (count !== undefined) return count;
  }
  return undefined;
}

function answersOf(request: unknown): number {
  const n = isObject(request) ? request.n : undefined;
  return typeof n === "number" && n > 1 ? n : 1;
}

/**
 * Of all texts in a request, tools and schemas among them. Pictures and files count by what stands for them, so their tokens are
 * for the caller to declare.
 */
function bytesOf(value: unknown, depth = 0): number {
  if (typeof value === "string") return value.startsWith("data:") ? 0 : Buffer.byteLength(value);
  if (depth > DEPTH_MAX || typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return 0;
  let bytes = 0;
  if (Array.isArray(value)) for (const item of value) bytes += bytesOf(item, depth + 1);
  else
    for (const name in value)
      bytes += name.length + bytesOf((value as Record<string, unknown>)[name], depth + 1);
  return bytes;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
