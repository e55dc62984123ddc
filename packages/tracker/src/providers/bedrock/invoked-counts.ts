/** As Converse tells them, whose format reads them. */
export interface ConverseUsage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadInputTokens?: number;
  readonly cacheWriteInputTokens?: number;
  readonly cacheDetails?: readonly { readonly ttl: string; readonly inputTokens: number }[];
}

const HEADERS = {
  inputTokens: "x-amzn-bedrock-input-token-count",
  outputTokens: "x-amzn-bedrock-output-token-count",
  cacheReadInputTokens: "x-amzn-bedrock-cache-read-input-token-count",
  cacheWriteInputTokens: "x-amzn-bedrock-cache-write-input-token-count",
} as const;

/** Counts that Bedrock tells beside an answer, of whichever model it is. */
export function countsInHeaders(
  headers: Readonly<Record<string, string>> | undefined,
): ConverseUsage | undefined {
  if (headers?.[HEADERS.inputTokens] === undefined) return undefined;
  const counts: Record<string, number> = {};
  for (const [name, header] of Object.entries(HEADERS)) {
    const count = Number(headers[header]);
    if (headers[header] !== undefined && Number.isInteger(count)) counts[name] = count;
  }
  return counts;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Counts in the body of an answer, or in an event of its stream, under the names that the makers of models have for them.
 *
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
 */
export function countsInBody(body: unknown): ConverseUsage | undefined {
  const root = objectAt(body);
  if (root === undefined) return undefined;
  const usage =
    objectAt(root["amazon-bedrock-invocationMetrics"]) ??
    objectAt(objectAt(root.message)?.usage) ??
    objectAt(objectAt(root.metadata)?.usage) ??
    objectAt(root.usage) ??
    objectAt(objectAt(root.meta)?.billed_units) ??
    root;
  const counts = {
    inputTokens: first(usage, INPUT),
    outputTokens: first(usage, OUTPUT) ?? titanOutput(usage),
    cacheReadInputTokens: first(usage, CACHE_READ),
    cacheWriteInputTokens: first(usage, CACHE_WRITE),
    cacheDetails: cacheDetails(objectAt(usage.cache_creation)),
  };
  const told = Object.entries(counts).filter(([, count]) => count !== undefined);
  return told.length === 0 ? undefined : Object.fromEntries(told);
}

const INPUT = [
  "inputTokens",
  "inputTokenCount",
  "input_tokens",
  "prompt_tokens",
  "prompt_token_count",
  "inputTextTokenCount",
];
const OUTPUT = [
  "outputTokens",
  "outputTokenCount",
  "output_tokens",
  "completion_tokens",
  "generation_token_count",
  "totalOutputTextTokenCount",
];
const CACHE_READ = ["cacheReadInputTokens", "cacheReadInputTokenCount", "cache_read_input_tokens"];
const CACHE_WRITE = ["cacheWriteInputTokens", "cacheWriteInputTokenCount", "cache_creation_input_tokens"];

/** `{"results": [{"tokenCount": 12, …}]}` */
function titanOutput({ results }: Json): number | undefined {
  if (!Array.isArray(results)) return undefined;
  let sum = 0;
  for (const result of results) sum += countOf(objectAt(result)?.tokenCount) ?? 0;
  return sum;
}

/** `{"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 1024}` */
function cacheDetails(creation: Json | undefined): ConverseUsage["cacheDetails"] {
  if (creation === undefined) return undefined;
  return ["5m", "1h"].flatMap((ttl) => {
    const inputTokens = countOf(creation[`ephemeral_${ttl}_input_tokens`]);
    return inputTokens ? [{ ttl, inputTokens }] : [];
  });
}

function first(holder: Json, names: readonly string[]): number | undefined {
  for (const name of names) {
    const count = countOf(holder[name]);
    if (count !== undefined) return count;
  }
  return undefined;
}

function countOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) ? value : undefined;
}

function objectAt(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null ? (value as Json) : undefined;
}

/** Nothing where it is no JSON: what a model answers is its own affair. */
export function parsedBytes(bytes: unknown): unknown {
  if (!(bytes instanceof Uint8Array)) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
