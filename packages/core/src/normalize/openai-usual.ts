import type { Usage, UsageUnit } from "../usage.ts";
import { isCount, isMembers, isUsualName, type Members } from "./members.ts";
import type { NormalizedUsage, NormalizeOptions } from "./normalized-usage.ts";
import { isUsualRequest, usualReading } from "./usual.ts";

/** How an interface calls its prompt, its completion, their sum, and the parts of each. */
type CountNames = readonly [string, string, string, string, string];

const CHAT: CountNames = [
  "prompt_tokens",
  "completion_tokens",
  "total_tokens",
  "prompt_tokens_details",
  "completion_tokens_details",
];
const RESPONSES: CountNames = [
  "input_tokens",
  "output_tokens",
  "total_tokens",
  "input_tokens_details",
  "output_tokens_details",
];
const IN_PROMPT = ["cached_tokens", "cache_write_tokens", "audio_tokens"];
const IN_COMPLETION = [
  "reasoning_tokens",
  "audio_tokens",
  "accepted_prediction_tokens",
  "rejected_prediction_tokens",
];
const OUTPUT: readonly unknown[] = ["message", "reasoning", "function_call"];

/** A chat completion of OpenAI's own, with counts that add up. */
export function readUsualChat(answer: Members, options: NormalizeOptions): NormalizedUsage | undefined {
  return answer.x_groq === undefined ? readUsual(answer, options, CHAT) : undefined;
}

/** A response of text, thought and calls of the application's own functions; no event, and none that is not complete. */
export function readUsualResponse(answer: Members, options: NormalizeOptions): NormalizedUsage | undefined {
  const { type, status, output, tool_usage: tools, prompt_cache_options: cache } = answer;
  const isUsual = status === "completed" && (type ?? tools ?? cache) === undefined && isUsualOutput(output);
  return isUsual ? readUsual(answer, options, RESPONSES) : undefined;
}

/** Tools of the provider's may cost something. */
function isUsualOutput(output: unknown): boolean {
  if (!Array.isArray(output)) return output === undefined;
  return output.every(
    (item) => isMembers(item) && OUTPUT.includes(item.type) && item.svg_usage === undefined,
  );
}

function readUsual(
  answer: Members,
  options: NormalizeOptions,
  names: CountNames,
): NormalizedUsage | undefined {
  const { service = "openai", request } = options;
  const { id, model, service_tier: tier, usage } = answer;
  if (service !== "openai" && service !== "azure") return undefined;
  if (!isUsualName(id) || !isUsualName(model) || /claude/i.test(model)) return undefined;
  if (((tier ?? undefined) !== undefined && tier !== "default") || !isUsualRequest(request)) return undefined;
  const units = isMembers(usage) && hasOnly(usage, names) ? usualUnits(usage, names) : undefined;
  if (units === undefined) return undefined;
  const served = tier === "default" ? "standard" : undefined;
  return usualReading({ service, model, requestId: id, usage: units, tier: served }, options);
}

/** In the order in which we list units. Audio, written tokens and predictions are usual where there are none of them. */
function usualUnits(usage: Members, names: CountNames): Usage | undefined {
  const [prompt, completion, total, inPrompt, inCompletion] = names.map((name) => usage[name]);
  if (!isCount(prompt) || !isCount(completion) || total !== prompt + completion) return undefined;
  if (!isDetails(inPrompt, IN_PROMPT) || !isDetails(inCompletion, IN_COMPLETION)) return undefined;
  const { cached_tokens: cached, cache_write_tokens: written, audio_tokens: audio } = inPrompt ?? NONE;
  const { reasoning_tokens: reasoning, audio_tokens: spoken } = inCompletion ?? NONE;
  if (audio || spoken || written || (cached ?? 0) > prompt || (reasoning ?? 0) > completion) return undefined;
  const units: Partial<Record<UsageUnit, number>> = { input: prompt - (cached ?? 0) };
  if (cached !== undefined) units.cache_read = cached;
  if (written !== undefined) units.cache_write_30m = 0;
  if (audio !== undefined) units.audio_input = 0;
  units.output = completion - (reasoning ?? 0);
  if (reasoning !== undefined) units.reasoning = reasoning;
  if (spoken !== undefined) units.audio_output = 0;
  return units;
}

type Details = Readonly<Partial<Record<string, number>>>;
const NONE: Details = {};

function isDetails(details: unknown, names: readonly string[]): details is Details | undefined | null {
  if (details === undefined || details === null) return true;
  return isMembers(details) && hasOnly(details, names) && Object.values(details).every(isCount);
}

const hasOnly = (members: Members, names: readonly string[]): boolean =>
  Object.keys(members).every((name) => names.includes(name));
