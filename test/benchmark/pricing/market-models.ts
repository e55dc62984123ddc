import type { ModelCall } from "./price-library.ts";

/** Models of the market by when calls of them are asked for, each as its provider's API names it. */
export interface MarketModels {
  readonly at: string;
  readonly models: Readonly<Record<string, readonly string[]>>;
}

/**
 * Language and embedding models that were much in use at three times, picked by hand from the providers' lists; all
 * billed by the token, since two of the libraries know nothing else.
 */
export const market: readonly MarketModels[] = [
  {
    at: "2024-11-20T12:00:00Z",
    models: {
      openai: [
        "gpt-3.5-turbo",
        "gpt-4",
        "gpt-4-turbo",
        "gpt-4o",
        "gpt-4o-mini",
        "o1-preview",
        "text-embedding-3-small",
        "text-embedding-3-large",
      ],
      anthropic: ["claude-3-haiku-20240307", "claude-3-opus-20240229", "claude-3-5-sonnet-20241022"],
      google: ["gemini-1.5-pro", "gemini-1.5-flash"],
      mistral: ["open-mixtral-8x22b", "mistral-embed"],
      cohere: ["command-r-plus"],
      groq: ["llama3-70b-8192"],
      deepseek: ["deepseek-chat"],
    },
  },
  {
    at: "2025-09-15T12:00:00Z",
    models: {
      openai: ["gpt-4.1", "gpt-4.1-nano", "gpt-5", "gpt-5-mini", "o3", "o4-mini"],
      anthropic: [
        "claude-3-5-haiku-20241022",
        "claude-3-7-sonnet-20250219",
        "claude-sonnet-4-20250514",
        "claude-opus-4-1-20250805",
      ],
      google: ["gemini-2.0-flash", "gemini-2.5-flash", "gemini-2.5-pro", "gemini-embedding-001"],
      mistral: ["mistral-medium-2508", "codestral-latest"],
      xai: ["grok-3-mini", "grok-4"],
      deepseek: ["deepseek-reasoner"],
      groq: ["llama-3.3-70b-versatile"],
      perplexity: ["sonar-pro"],
      bedrock: ["amazon.nova-pro-v1:0", "anthropic.claude-3-5-sonnet-20241022-v2:0"],
      alibaba: ["qwen3-coder-plus"],
    },
  },
  {
    at: "2026-11-23T12:00:00Z",
    models: {
      openai: ["gpt-5.4", "gpt-5.4-mini", "gpt-5.5", "gpt-6-sol", "gpt-6.1-terra"],
      anthropic: ["claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5", "claude-fable-5-1"],
      google: ["gemini-3.1-pro-preview", "gemini-3.5-flash-lite", "gemini-3.8-flash"],
      mistral: ["mistral-large-2512"],
      xai: ["grok-4.6", "grok-4.7"],
      deepseek: ["deepseek-v4-flash"],
      moonshotai: ["kimi-k3"],
      zai: ["glm-5.3"],
      vertex: ["claude-opus-5-5"],
      bedrock: ["global.anthropic.claude-opus-5-5"],
      azure: ["gpt-5.4"],
      ai21: ["jamba-large"],
    },
  },
];

/** A small plain call of every model. */
export function callsOf({ at, models }: MarketModels): ModelCall[] {
  return Object.entries(models).flatMap(([provider, names]) =>
    names.map((model) => {
      const output = model.includes("embed") ? 0 : 100;
      return { provider, model, at, tokens: { input: 1_000, output } };
    }),
  );
}
