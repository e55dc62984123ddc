import type { Usage, UsageUnit } from "../usage.ts";
import type { Members, NormalizedUsage, NormalizeOptions } from "./normalized-usage.ts";
import { isCount, isMembers, isUsualName, isUsualRequest, usualReading } from "./usual.ts";

/** A chat completion of OpenAI's own, with counts that add up. */
export function readUsualChat(answer: Members, options: NormalizeOptions): NormalizedUsage | undefined {
  const { service = "openai", request } = options;
  const { id, model, service_tier: tier, usage, x_groq: groq } = answer;
  if (service !== "openai" && service !== "azure") return undefined;
  if (!isUsualName(id) || !isUsualName(model) || /claude/i.test(model) || groq !== undefined)
    return undefined;
  if ((tier !== undefined && tier !== null && tier !== "default") || !isUsualRequest(request))
    return undefined;
  const units = isMembers(usage) ? usualUnits(usage) : undefined;
  if (units === undefined) return undefined;
  const served = tier === "default" ? "standard" : undefined;
  return usualReading({ service, model, requestId: id, usage: units, tier: served }, options);
}

/** In the order in which we list units. Audio, written tokens and predictions are usual where there are none of them. */
function usualUnits(usage: Members): Usage | undefined {
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = usage;
  const { prompt_tokens_details: inPrompt, completion_tokens_details: inCompletion } = usage;
  if (!isCount(prompt) || !isCount(completion) || total !== prompt + completion) return undefined;
  if (!hasOnly(usage, USAGE) || !isDetails(inPrompt, IN_PROMPT) || !isDetails(inCompletion, IN_COMPLETION))
    return undefined;
  const { cached_tokens: cached, cache_write_tokens: written, audio_tokens: audio } = inPrompt ?? NONE;
  const { reasoning_tokens: reasoning, audio_tokens: spoken } = inCompletion ?? NONE;
  if (!isZero(audio) || !isZero(spoken) || !isZero(written)) return undefined;
  if ((cached ?? 0) > prompt || (reasoning ?? 0) > completion) return undefined;
  const units: Partial<Record<UsageUnit, number>> = { input: prompt - (cached ?? 0) };
  if (cached !== undefined) units.cache_read = cached;
  if (written !== undefined) units.cache_write_30m = 0;
  if (audio !== undefined) units.audio_input = 0;
  units.output = completion - (reasoning ?? 0);
  if (reasoning !== undefined) units.reasoning = reasoning;
  if (spoken !== undefined) units.audio_output = 0;
  return units;
}

const USAGE = new Set([
  "prompt_tokens",
  "completion_tokens",
  "total_tokens",
  "prompt_tokens_details",
  "completion_tokens_details",
]);
const IN_PROMPT = new Set(["cached_tokens", "cache_write_tokens", "audio_tokens"]);
const IN_COMPLETION = new Set([
  "reasoning_tokens",
  "audio_tokens",
  "accepted_prediction_tokens",
  "rejected_prediction_tokens",
]);

type Details = Readonly<Partial<Record<string, number>>>;
const NONE: Details = {};

function isDetails(details: unknown, names: ReadonlySet<string>): details is Details | undefined | null {
  if (details === undefined || details === null) return true;
  if (!isMembers(details)) return false;
  for (const name of Object.keys(details)) if (!names.has(name) || !isCount(details[name])) return false;
  return true;
}

function hasOnly(members: Members, names: ReadonlySet<string>): boolean {
  for (const name of Object.keys(members)) if (!names.has(name)) return false;
  return true;
}

const isZero = (count: number | undefined): boolean => (count ?? 0) === 0;
