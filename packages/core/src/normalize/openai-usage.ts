import type { Usage } from "../usage.ts";
import type { Answer } from "./answer.ts";
import { withoutUndefined } from "./normalized-usage.ts";
import { readFees } from "./openai-fees.ts";
import { placeOfReasoning } from "./reasoning-place.ts";
import { type CacheWriteUnit, type ModalityCounts, splitOutput, splitPrompt } from "./token-split.ts";
import { totalOf, type UnitCounts } from "./unit-counts.ts";

export interface TokenHints {
  readonly service?: string | undefined;
  readonly model?: string | undefined;
  /** How long the provider keeps what is written to the cache, where it does not say. */
  readonly cacheLifetime?: string | undefined;
  /** What output tokens are of no told kind: `text` unless said otherwise. */
  readonly outputKind?: "text" | "audio" | "image";
}

/**
 * A usage object of OpenAI's shape, under the names of Chat Completions or of Responses. Cached tokens, tokens written to
 * the cache, and those of each modality are inside the prompt; reasoning, audio, images and rejected predictions are inside
 * the completion, and predictions, rejected ones too, are billed as output.
 *
 * https://github.com/openai/openai-node/blob/v7.57.0/src/resources/completions.ts
 * https://github.com/openai/openai-node/blob/v7.57.0/src/resources/responses/responses.ts
 * https://developers.openai.com/api/docs/guides/prompt-caching
 */
export function readOpenAIUsage(usage: Answer, hints: TokenHints = {}): Usage {
  const prompt = usage.count("prompt_tokens", "input_tokens");
  const completion = usage.count("completion_tokens", "output_tokens");
  const inside = usage.either("completion_tokens_details", "output_tokens_details", "output_token_details");
  inside.knows("text_tokens", "accepted_prediction_tokens", "rejected_prediction_tokens");
  const reasoning = inside.count("reasoning_tokens") ?? usage.count("reasoning_tokens");
  const total = usage.count("total_tokens");
  const place =
    // It counts reasoning in no total: https://docs.perplexity.ai/docs/sonar/models/sonar-deep-research
    hints.service === "perplexity"
      ? "outside"
      : placeOfReasoning(
          { total, prompt, completion, reasoning, usually: "inside" },
          usage.at("total_tokens"),
        );

  return promptUnits(usage, prompt, hints)
    .addAll(completionUnits(usage, inside, { completion, reasoning, place }, hints))
    .addAll(readFees(usage))
    .addAll(usage.unknownCounts())
    .toUsage();
}

function promptUnits(usage: Answer, prompt: number | undefined, hints: TokenHints): UnitCounts {
  const details = usage.either("prompt_tokens_details", "input_tokens_details", "input_token_details");
  const where = usage.either("prompt_tokens", "input_tokens");
  details.knows("text_tokens");
  const cached = cachedTokens(usage, details, prompt);
  return splitPrompt(
    {
      total: prompt,
      parts: {
        audio: details.count("audio_tokens"),
        image: details.count("image_tokens"),
        video: details.count("video_tokens"),
      },
      cached,
      cachedParts: cachedParts(details, usage),
      written: cacheWrites(usage, details, hints),
    },
    where,
  );
}

/** DeepSeek tells hits and misses, which together are the prompt: https://api-docs.deepseek.com/guides/kv_cache */
function cachedTokens(usage: Answer, details: Answer, prompt: number | undefined): number | undefined {
  const cached = details.count("cached_tokens") ?? usage.count("cached_tokens", "cached_prompt_text_tokens");
  const hits = usage.count("prompt_cache_hit_tokens");
  const misses = usage.count("prompt_cache_miss_tokens");
  if (hits !== undefined && misses !== undefined && prompt !== undefined && hits + misses !== prompt) {
    usage.report(
      `${usage.path}.prompt_cache_hit_tokens and the misses add up to ${hits + misses}, not ${prompt}`,
    );
  }
  return cached ?? hits;
}

function cachedParts(details: Answer, usage: Answer): ModalityCounts | undefined {
  const parts = details.at("cached_tokens_details").isPresent()
    ? details.at("cached_tokens_details")
    : usage.at("cached_tokens_details");
  if (!parts.isObject()) return undefined;
  const counts: Partial<Record<keyof ModalityCounts, number>> = {};
  for (const modality of ["text", "image", "video", "audio"] as const) {
    const count = parts.count(`${modality}_tokens`, `cached_${modality}_tokens`);
    if (count !== undefined) counts[modality] = count;
  }
  return counts;
}

/**
 * Written tokens are inside the prompt, and are billed in place of plain input, not on top of it. OpenAI keeps them for
 * 30 minutes unless the request says 12 hours; others serve Anthropic's models, which keep them for five minutes.
 */
function cacheWrites(
  usage: Answer,
  details: Answer,
  { model, cacheLifetime }: TokenHints,
): Partial<Record<CacheWriteUnit, number>> | undefined {
  const written = details.count("cache_write_tokens", "cache_creation_tokens");
  const byLifetime = details.at("cache_write_tokens_details");
  const ofAnthropic = usage.at("cache_creation");
  const counts: Partial<Record<CacheWriteUnit, number>> = withoutUndefined({
    cache_write_30m: byLifetime.count("ttl_30m_tokens"),
    cache_write_12h: byLifetime.count("ttl_12h_tokens"),
    cache_write_5m: ofAnthropic.count("ephemeral_5m_input_tokens"),
    cache_write_1h: ofAnthropic.count("ephemeral_1h_input_tokens"),
  });
  if (written === undefined) return counts;

  const rest = written - totalOf(counts);
  if (rest < 0) details.report(`${details.path}.cache_write_tokens is ${-rest} less than its parts`);
  const usual = lifetimeUnit(model, cacheLifetime);
  if (rest > 0 || Object.keys(counts).length === 0) counts[usual] = (counts[usual] ?? 0) + Math.max(rest, 0);
  return counts;
}

function lifetimeUnit(model: string | undefined, lifetime: string | undefined): CacheWriteUnit {
  if (lifetime === "12h") return "cache_write_12h";
  return model !== undefined && /claude/i.test(model) ? "cache_write_5m" : "cache_write_30m";
}

interface Completion {
  readonly completion: number | undefined;
  readonly reasoning: number | undefined;
  readonly place: "inside" | "outside";
}

function completionUnits(
  usage: Answer,
  details: Answer,
  { completion, reasoning, place }: Completion,
  { outputKind = "text" }: TokenHints,
): UnitCounts {
  const where = usage.either("completion_tokens", "output_tokens");
  const text = details.count("text_tokens") ?? 0;
  const ofKind = completion === undefined ? undefined : completion - Math.min(text, completion);
  const audio = details.count("audio_tokens") ?? (outputKind === "audio" ? ofKind : undefined);
  const image = details.count("image_tokens") ?? (outputKind === "image" ? ofKind : undefined);
  const isInside = place === "inside";
  const split = { total: completion, audio, image, reasoning: isInside ? reasoning : undefined };
  const units = splitOutput(split, where);
  return isInside ? units : units.add("reasoning", reasoning);
}
