import { costFromUsage } from "tokenlens";
import type { ModelCall, PriceLibrary } from "../price-library.ts";

/**
 * It takes the usage as the provider's answer has it. It has no times, no tiers and no regions. Of its functions this
 * one, which its README begins with, is the fastest.
 */
export const tokenlens: PriceLibrary = {
  name: "tokenlens",
  prepare(call) {
    const asked = { id: `${call.provider}:${call.model}`, usage: usageOf(call) };
    return () => costFromUsage(asked);
  },
};

/** Anthropic's input is without the cached parts; everybody else's prompt includes them. */
function usageOf({ provider, tokens }: ModelCall) {
  const { input, cacheRead, cacheWrite, output } = tokens;
  if (provider === "anthropic") {
    return {
      input_tokens: input,
      ...(cacheRead !== undefined && { cache_read_input_tokens: cacheRead }),
      ...(cacheWrite !== undefined && { cache_creation_input_tokens: cacheWrite }),
      output_tokens: output,
    };
  }
  return {
    prompt_tokens: input + (cacheRead ?? 0) + (cacheWrite ?? 0),
    ...(cacheRead !== undefined && { prompt_tokens_details: { cached_tokens: cacheRead } }),
    completion_tokens: output,
  };
}
