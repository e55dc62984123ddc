import { estimateCost } from "llm-cost";
import type { PriceLibrary } from "../price-library.ts";

/** It lists a model as LiteLLM does: bare, or behind the provider's name there. */
const prefixes: Readonly<Record<string, string>> = {
  fireworks: "fireworks_ai",
  google: "gemini",
  together: "together_ai",
  vertex: "vertex_ai",
};

/** It takes counts, so nothing is tokenised here. It has no cached tokens, no times, no tiers and no regions. */
export const llmCost: PriceLibrary = {
  name: "llm-cost",
  prepare({ provider, model, tokens }) {
    const { input, cacheRead = 0, cacheWrite = 0, output } = tokens;
    const counts = { inputTokens: input + cacheRead + cacheWrite, outputTokens: output };
    const names = [model, `${provider}/${model}`, `${prefixes[provider]}/${model}`];
    const listed = names.find((name) => estimateCost({ model: name, ...counts }) !== undefined) ?? model;
    const asked = { model: listed, ...counts };
    return () => estimateCost(asked);
  },
};
