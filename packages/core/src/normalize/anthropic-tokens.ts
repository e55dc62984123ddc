import { addUsage, type Usage } from "../usage.ts";
import type { Answer } from "./answer.ts";
import { withoutUndefined } from "./normalized-usage.ts";
import { UnitCounts } from "./unit-counts.ts";

/** Tokens of one usage object, or of one of its iterations. They lie beside each other: nothing is to be taken apart. */
export interface AnthropicTokens {
  readonly input: Usage;
  readonly cacheRead: Usage;
  readonly cacheWrite: Usage;
  readonly output: Usage;
}

export const anthropicFields = ["input", "cacheRead", "cacheWrite", "output"] as const;

export function readTokens(usage: Answer): AnthropicTokens {
  return {
    input: withoutUndefined({ input: usage.count("input_tokens") }),
    cacheRead: withoutUndefined({ cache_read: usage.count("cache_read_input_tokens") }),
    cacheWrite: readCacheWrites(usage),
    output: withoutUndefined({ output: usage.count("output_tokens") }),
  };
}

/**
 * Written tokens by the life of what is written, five minutes where it is not told.
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
function readCacheWrites(usage: Answer): Usage {
  const written = usage.count("cache_creation_input_tokens");
  const parts = usage.at("cache_creation");
  const short = parts.count("ephemeral_5m_input_tokens");
  const long = parts.count("ephemeral_1h_input_tokens");
  const rest = (written ?? 0) - (short ?? 0) - (long ?? 0);
  if (written !== undefined && rest < 0) {
    usage.report(`${usage.path}.cache_creation_input_tokens is ${-rest} less than its parts`);
  }
  const isShortTold = short !== undefined || rest > 0 || (written !== undefined && long === undefined);
  return withoutUndefined({
    cache_write_5m: isShortTold ? (short ?? 0) + Math.max(rest, 0) : undefined,
    cache_write_1h: long,
  });
}

export function addTokens(a: AnthropicTokens, b: AnthropicTokens): AnthropicTokens {
  return {
    input: addUsage(a.input, b.input),
    cacheRead: addUsage(a.cacheRead, b.cacheRead),
    cacheWrite: addUsage(a.cacheWrite, b.cacheWrite),
    output: addUsage(a.output, b.output),
  };
}

export function unitsOf(tokens: AnthropicTokens): UnitCounts {
  const units = new UnitCounts();
  for (const field of anthropicFields) units.addAll(tokens[field]);
  return units;
}
