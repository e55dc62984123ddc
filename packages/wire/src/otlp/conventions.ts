import { serviceOfProvider } from "@ai-usage/core/normalize";
import type { Attributes, AttributeValue } from "./span.ts";

/**
 * Names of the GenAI conventions for what others call otherwise. Where several say the same, the first one counts.
 *
 * https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md
 * https://ai-sdk.dev/docs/ai-sdk-core/telemetry#collected-data
 */
const translations: Readonly<Record<string, readonly string[]>> = {
  "gen_ai.provider.name": ["gen_ai.system", "llm.provider", "ai.model.provider", "llm.system"],
  "gen_ai.request.model": ["ai.model.id"],
  "gen_ai.response.model": ["llm.model_name", "embedding.model_name"],
  "gen_ai.usage.input_tokens": ["llm.token_count.prompt", "ai.usage.tokens"],
  "gen_ai.usage.output_tokens": ["llm.token_count.completion"],
  "gen_ai.usage.total_tokens": ["llm.token_count.total"],
  "gen_ai.usage.cache_read.input_tokens": [
    "llm.token_count.prompt_details.cache_read",
    "ai.usage.inputTokenDetails.cacheReadTokens",
    "ai.usage.cachedInputTokens",
  ],
  "gen_ai.usage.cache_write.input_tokens": [
    "llm.token_count.prompt_details.cache_write",
    "ai.usage.inputTokenDetails.cacheWriteTokens",
  ],
  "gen_ai.usage.audio.input_tokens": ["llm.token_count.prompt_details.audio"],
  "gen_ai.usage.audio.output_tokens": ["llm.token_count.completion_details.audio"],
  "gen_ai.usage.reasoning.output_tokens": [
    "llm.token_count.completion_details.reasoning",
    "ai.usage.outputTokenDetails.reasoningTokens",
    "ai.usage.reasoningTokens",
  ],
};

export const conventionalNames = [
  ...Object.keys(translations),
  ...Object.values(translations).flat(),
  "gen_ai.response.id",
  "gen_ai.response.time_to_first_chunk",
  "ai.response.msToFirstChunk",
  "error.type",
  ...["gen_ai.openai.", "openai."].flatMap((prefix) => [
    `${prefix}request.service_tier`,
    `${prefix}response.service_tier`,
  ]),
];

/** Counts of any kind: those that nobody knows are kept, too. */
export const USAGE = "gen_ai.usage.";

/** The attributes by their names in the GenAI conventions. */
export function byConventions(attributes: Attributes): Attributes {
  const named: Record<string, AttributeValue> = { ...attributes };
  for (const [name, others] of Object.entries(translations)) {
    const other = others.find((one) => attributes[one] !== undefined);
    const value = other === undefined ? undefined : attributes[other];
    if (named[name] === undefined && value !== undefined) named[name] = value;
  }
  return named;
}

/** Names of SDKs and frameworks whose one provider has many. */
const SERVICES: readonly (readonly [name: RegExp, service: string])[] = [
  [/vertex/, "vertex_ai"],
  [/bedrock|^aws$/, "bedrock"],
  [/^azure/, "azure"],
  [/^google/, "google"],
  [/^mistral/, "mistral"],
  [/^together/, "together"],
];

/** What the AI SDK puts behind its name of a provider: `openai.responses`. */
const INTERFACE = /\.(chat|responses|completion|messages|embedding|image|speech|transcription)$/;

/** Who bills, from `gen_ai.provider.name`. */
export function serviceNamed(provider: string): string {
  const name = provider.toLowerCase();
  const service = SERVICES.find(([pattern]) => pattern.test(name))?.[1];
  const plain = name.replace(INTERFACE, "");
  return service ?? serviceOfProvider(plain) ?? plain;
}
