import type { BenchmarkResult } from "../benchmark.ts";
import type { Cost, ModelCall, PriceLibrary } from "./price-library.ts";

/** A call with a cached prompt, and what it costs by hand. */
interface CachedCall {
  readonly what: string;
  readonly call: ModelCall;
  /** US dollars. */
  readonly exact: string;
  /** The page with the prices that `what` names, each per million tokens. */
  readonly page: string;
}

const cachedCalls: readonly CachedCall[] = [
  {
    what: "gpt-4o-mini: 2,000 × 0.15 + 8,000 read × 0.075 + 500 × 0.60",
    call: {
      provider: "openai",
      model: "gpt-4o-mini",
      at: "2025-06-02T12:00:00Z",
      tokens: { input: 2_000, cacheRead: 8_000, output: 500 },
    },
    exact: "0.0012",
    page: "https://developers.openai.com/api/docs/pricing",
  },
  {
    what: "claude-3-5-sonnet: 1,000 × 3 + 2,000 written × 3.75 + 7,000 read × 0.30 + 500 × 15",
    call: {
      provider: "anthropic",
      model: "claude-3-5-sonnet-20240620",
      at: "2025-06-02T12:00:00Z",
      tokens: { input: 1_000, cacheWrite: 2_000, cacheRead: 7_000, output: 500 },
    },
    exact: "0.0201",
    page: "https://platform.claude.com/docs/en/about-claude/pricing",
  },
  {
    what: "gemini-1.5-pro, over 128,000: 50,000 × 2.50 + 150,000 read × 0.625 + 1,000 × 10",
    call: {
      provider: "google",
      model: "gemini-1.5-pro",
      at: "2025-06-02T12:00:00Z",
      tokens: { input: 50_000, cacheRead: 150_000, output: 1_000 },
    },
    exact: "0.22875",
    page: "https://ai.google.dev/gemini-api/docs/pricing",
  },
  {
    what: "claude-opus-5-5: 2,000 × 4 + 98,000 read × 0.20 + 1,000 × 20",
    call: {
      provider: "anthropic",
      model: "claude-opus-5-5",
      at: "2026-11-23T12:00:00Z",
      tokens: { input: 2_000, cacheRead: 98_000, output: 1_000 },
    },
    exact: "0.0476",
    page: "https://platform.claude.com/docs/en/about-claude/pricing",
  },
];

/** What each library says that a call with a cached prompt costs; the first is ours. */
export function checkCachedCalls(libraries: readonly PriceLibrary[]): BenchmarkResult {
  const answers = cachedCalls.map(({ what, call, exact, page }) => ({
    what,
    page,
    exact,
    costs: libraries.map(({ prepare }) => prepare(call)()),
  }));
  const right = answers.filter(({ costs: [ours], exact }) => isExact(ours, exact));
  return {
    findings: [
      {
        measure: "cached calls whose quote is exact",
        value: right.length,
        unit: `of ${answers.length}`,
        goal: { atLeast: answers.length },
      },
    ],
    tables: [
      {
        head: [
          "a cached call; US$, prices per million tokens",
          "exact",
          ...libraries.map(({ name }) => name),
        ],
        rows: answers.map(({ what, exact, costs }) => [
          what,
          exact,
          ...costs.map((cost) => describeCost(cost, exact)),
        ]),
      },
    ],
    notes: [
      "tokenlens gets the usage as the provider's answer has it. OpenAI's and Google's prompts include the cached part, which it then counts twice; Anthropic's do not. llm-cost has no word for cached tokens.",
    ],
    samples: answers,
  };
}

/** Text must be the very same; of a float only what it can hold is asked. */
function isExact(cost: Cost, exact: string): boolean {
  if (typeof cost === "number") return Math.abs(cost - Number(exact)) <= Number(exact) * 1e-12;
  return cost === exact;
}

/** `0.00244 (× 2.03)` */
function describeCost(cost: Cost, exact: string): string {
  if (cost === undefined) return "no price";
  const shown = typeof cost === "number" ? String(Number(cost.toPrecision(6))) : cost;
  return isExact(cost, exact) ? shown : `${shown} (× ${(Number(cost) / Number(exact)).toFixed(2)})`;
}
