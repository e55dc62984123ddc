import type { Usage, UsageUnit } from "../usage.ts";
import { isCount, isMembers, isUsualName, type Members } from "./members.ts";
import type { NormalizedUsage, NormalizeOptions } from "./normalized-usage.ts";
import { isUsualRequest, usualReading } from "./usual.ts";

/** A message that one model wrote at the standard tier, without tools of the provider's. */
export function readUsualMessage(answer: Members, options: NormalizeOptions): NormalizedUsage | undefined {
  const { service = "anthropic", request } = options;
  const { id, model, usage, stop_reason: stopReason, content } = answer;
  if (service !== "anthropic" || stopReason === "refusal") return undefined;
  if (!isUsualName(id) || !isUsualName(model) || !isUsualRequest(request)) return undefined;
  if (!isPlainContent(content) || !isMembers(usage)) return undefined;
  const units = usualUnits(usage);
  if (units === undefined) return undefined;
  const tier = usage.service_tier === "standard" ? "standard" : undefined;
  return usualReading({ service, model, requestId: id, usage: units, tier }, options);
}

/** Tools of the provider's may cost something. */
function isPlainContent(content: unknown): boolean {
  if (!Array.isArray(content)) return content === undefined;
  for (const block of content) if (!isMembers(block) || block.type === "server_tool_use") return false;
  return true;
}

/** In the order in which we list units. */
function usualUnits(usage: Members): Usage | undefined {
  const { input_tokens: input, output_tokens: output, service_tier: tier } = usage;
  const {
    cache_read_input_tokens: read,
    cache_creation_input_tokens: written,
    cache_creation: lives,
  } = usage;
  if (!isCount(input) || !isCount(output) || (tier !== undefined && tier !== "standard")) return undefined;
  for (const name of Object.keys(usage)) if (!USAGE.has(name)) return undefined;
  if (!isCountOrAbsent(read) || !isCountOrAbsent(written)) return undefined;
  const units: Partial<Record<UsageUnit, number>> = { input };
  if (read !== undefined) units.cache_read = read;
  if (lives === undefined) {
    if (written !== undefined) units.cache_write_5m = written;
  } else {
    if (!isBothLives(lives, written)) return undefined;
    units.cache_write_5m = lives.ephemeral_5m_input_tokens;
    units.cache_write_1h = lives.ephemeral_1h_input_tokens;
  }
  units.output = output;
  return units;
}

const USAGE = new Set([
  "input_tokens",
  "output_tokens",
  "cache_creation",
  "cache_creation_input_tokens",
  "cache_read_input_tokens",
  "service_tier",
]);

const isCountOrAbsent = (value: unknown): value is number | undefined =>
  value === undefined || isCount(value);

interface Lives {
  readonly ephemeral_5m_input_tokens: number;
  readonly ephemeral_1h_input_tokens: number;
}

function isBothLives(lives: unknown, written: number | undefined): lives is Lives {
  if (!isMembers(lives) || Object.keys(lives).length !== 2) return false;
  const { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long } = lives;
  return isCount(short) && isCount(long) && short + long === written;
}
