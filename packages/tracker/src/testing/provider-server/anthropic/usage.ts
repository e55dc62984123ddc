import type Anthropic from "@anthropic-ai/sdk";
import type { AnswerUsage } from "../answer.ts";

/** `input_tokens` are those that no cache had a part in. Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching */
export function messageUsage(usage: AnswerUsage, serviceTier: string | undefined): Anthropic.Usage {
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: usage.cacheWrite + usage.cacheWriteOneHour,
    cache_read_input_tokens: usage.cachedInput,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite,
      ephemeral_1h_input_tokens: usage.cacheWriteOneHour,
    },
    output_tokens: usage.output + usage.reasoning,
    output_tokens_details: { thinking_tokens: usage.reasoning },
    server_tool_use:
      usage.webSearches > 0 ? { web_search_requests: usage.webSearches, web_fetch_requests: 0 } : null,
    service_tier: (serviceTier ?? "standard") as "standard",
    inference_geo: "not_available",
    speed: null,
  };
}

/** The last word of a stream: all counts so far, the first ones again. */
export function deltaUsage(usage: Anthropic.Usage): Anthropic.MessageDeltaUsage {
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens } = usage;
  const { output_tokens, output_tokens_details, server_tool_use } = usage;
  return {
    input_tokens,
    cache_creation_input_tokens,
    cache_read_input_tokens,
    output_tokens,
    output_tokens_details,
    server_tool_use,
  };
}
