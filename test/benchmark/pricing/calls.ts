import type { ModelCall, TokenCounts } from "./price-library.ts";

const CALLS = 1024;

type Kind = "plain" | "cached" | "cacheWrite" | "long" | "longCached";

/** A model and the kinds of calls that it gets, each as often as it stands here. */
type Share = readonly [provider: string, model: string, ...kinds: Kind[]];

/** Of a time and of models that all libraries know. */
export const sharedCalls = callsOf("2025-06-02T12:00:00Z", [
  ["openai", "gpt-4o", "plain", "plain", "cached"],
  ["openai", "gpt-4o-mini", "plain", "cached"],
  ["openai", "gpt-4-turbo", "plain"],
  ["openai", "gpt-3.5-turbo", "plain"],
  ["anthropic", "claude-3-5-sonnet-20240620", "plain", "cached", "cacheWrite"],
  ["anthropic", "claude-3-haiku-20240307", "plain", "cached"],
  ["anthropic", "claude-3-opus-20240229", "plain"],
  ["google", "gemini-1.5-pro", "plain", "long", "longCached"],
  ["google", "gemini-1.5-flash", "plain", "cached", "long"],
]);

/** Of today's models: only some libraries know them. */
export const currentCalls = callsOf("2026-11-23T12:00:00Z", [
  ["openai", "gpt-6-sol", "plain", "cached", "long"],
  ["openai", "gpt-5.4", "plain", "cached", "longCached"],
  ["anthropic", "claude-opus-5-5", "plain", "cached", "cacheWrite"],
  ["anthropic", "claude-opus-4-8", "plain", "cached"],
  ["google", "gemini-3.8-flash", "plain", "cached"],
  ["google", "gemini-3.1-pro-preview", "plain", "long"],
  ["xai", "grok-4.6", "plain", "cached", "long"],
]);

/** Batched, and served in a region that costs more. */
export const batchedRegionalCalls = [
  ...callsOf("2026-11-23T12:00:00Z", [
    ["openai", "gpt-6-sol", "plain", "cached", "long"],
    ["openai", "gpt-5.4", "plain", "cached"],
    ["anthropic", "claude-opus-5-5", "plain", "cached", "cacheWrite"],
    ["anthropic", "claude-opus-4-8", "plain", "cached"],
  ]),
].map((call) => ({ ...call, served: { tier: "batch", region: "us" } }));

function callsOf(at: string, shares: readonly Share[]): ModelCall[] {
  const patterns = shares.flatMap(([provider, model, ...kinds]) =>
    kinds.map((kind) => ({ provider, model, kind })),
  );
  const upTo = seededIntegers(1);
  return Array.from({ length: CALLS }, (_, index) => {
    const { provider, model, kind } = patterns[index % patterns.length] as (typeof patterns)[number];
    return { provider, model, at, tokens: tokensOf(kind, upTo) };
  });
}

function tokensOf(kind: Kind, upTo: (max: number) => number): TokenCounts {
  const output = 20 + upTo(1_500);
  switch (kind) {
    case "plain":
      return { input: 50 + upTo(8_000), output };
    case "cached":
      return { input: 50 + upTo(2_000), cacheRead: 1_024 + upTo(30_000), output };
    case "cacheWrite":
      return { input: 5 + upTo(500), cacheRead: upTo(30_000), cacheWrite: 1_024 + upTo(4_000), output };
    case "long":
      return { input: 300_000 + upTo(100_000), output };
    case "longCached":
      return { input: 100_000 + upTo(50_000), cacheRead: 200_000 + upTo(50_000), output };
    default:
      return kind satisfies never;
  }
}

/** The same ones in every run: x ← 1,664,525 x + 1,013,904,223 mod 2³², as in Numerical Recipes. */
function seededIntegers(seed: number): (max: number) => number {
  let state = seed;
  return (max) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * max);
  };
}
