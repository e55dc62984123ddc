import { Money } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { builtInPriceBook } from "./built-in.ts";
import { aMetric } from "./fixtures.ts";
import { quote } from "./quote.ts";
import { at, unpriced, worked } from "./worked-cases.ts";

worked("https://docs.x.ai/developers/pricing: long context ≥ 200k tokens", "x-ai", [
  [
    "grok-4.7, one below: 199,999 × 2.00 + 100 × 6.00",
    { model: "grok-4.7", usage: { input: 199_999, output: 100 } },
    "0.400598",
  ],
  [
    "grok-4.7, at it: 200,000 × 4.00 + 100 × 12.00",
    { model: "grok-4.7", usage: { input: 200_000, output: 100 } },
    "0.8012",
  ],
  [
    "grok-4.7, one above: 200,001 × 4.00 + 100 × 12.00",
    { model: "grok-4.7", usage: { input: 200_001, output: 100 } },
    "0.801204",
  ],
  [
    "grok-4.5, cached tokens count: 150,000 × 0.60 + 50,000 × 4.00",
    { model: "grok-4.5", usage: { cache_read: 150_000, input: 50_000 } },
    "0.29",
  ],
  [
    "grok-4.7, reasoning beside the answer: 1,000 × 2.00 + 500 × 6.00 + 2,000 × 6.00",
    { model: "grok-4.7", usage: { input: 1_000, output: 500, reasoning: 2_000 } },
    "0.017",
  ],
  [
    "grok-4.3 at the US endpoint: (1,000 × 1.25 + 100 × 2.50) × 1.1",
    { model: "grok-4.3", usage: { input: 1_000, output: 100 }, served: { region: "us" } },
    "0.00165",
  ],
]);

describe("https://docs.x.ai/developers/cost-tracking", () => {
  it("has the provider's own figure win, with that of the book beside it: 1,000 × 2.00 + 100 × 6.00", () => {
    const metric = aMetric({
      service: "xai",
      model: "grok-4.7",
      usage: { input: 1_000, output: 100, search: 1 },
      reportedCost: Money.parse("0.0076"),
    });
    const quoted = quote(builtInPriceBook(), metric);
    expect(quoted).toMatchObject({ pricingStatus: "reported", unpricedUnits: ["search"] });
    expect(quoted.cost?.toString()).toBe("0.0076");
    const tokensOnly = quote(builtInPriceBook(), { ...metric, usage: { input: 1_000, output: 100 } });
    expect(tokensOnly.cost?.toString()).toBe("0.0076");
    expect(tokensOnly.listCost?.toString()).toBe("0.0026");
  });
});

const call = { model: "deepseek-v4-flash", usage: { input: 10_000, cache_read: 10_000, output: 1_000 } };

worked("https://api-docs.deepseek.com/quick_start/pricing: by the time of day", "deepseek", [
  [
    "on a Monday, a millisecond before one: 10,000 × 0.22 + 10,000 × 0.007 + 1,000 × 0.66",
    { ...call, ...at("2026-11-23T00:59:59.999Z") },
    "0.00293",
  ],
  [
    "at one: 10,000 × 0.44 + 10,000 × 0.014 + 1,000 × 1.32",
    { ...call, ...at("2026-11-23T01:00:00Z") },
    "0.00586",
  ],
  ["a millisecond before four, twice", { ...call, ...at("2026-11-23T03:59:59.999Z") }, "0.00586"],
  ["at four, once", { ...call, ...at("2026-11-23T04:00:00Z") }, "0.00293"],
  ["at half past nine, twice again", { ...call, ...at("2026-11-23T09:30:00Z") }, "0.00586"],
  ["at ten, once", { ...call, ...at("2026-11-23T10:00:00Z") }, "0.00293"],
  ["on a Saturday at two, once", { ...call, ...at("2026-11-21T02:00:00Z") }, "0.00293"],
  [
    "a millisecond before there were such hours: 10,000 × 0.14 + 10,000 × 0.0028 + 1,000 × 0.28",
    { ...call, ...at("2026-08-16T15:59:59.999Z") },
    "0.001708",
  ],
]);

worked("https://console.groq.com/docs/speech-to-text", "groq", [
  [
    "three seconds are billed as ten: 10 × 0.04 / 3,600, rounded per second",
    { model: "whisper-large-v3-turbo", usage: { second: 3 } },
    "0.00011111111111111",
  ],
  [
    "two requests of four seconds as twenty",
    { model: "whisper-large-v3-turbo", callCount: 2, usage: { second: 8 } },
    "0.00022222222222222",
  ],
]);

worked("https://cohere.com/pricing", "cohere", [
  ["500 rerank searches: 500 × 2.00 / 1,000", { model: "rerank-v3.5", usage: { search: 500 } }, "1"],
]);

worked("https://platform.claude.com/docs/en/about-claude/pricing: Google Cloud", "gcp.vertex_ai", [
  [
    "Opus 4.8 at the global endpoint: 1,000 × 5.00 + 100 × 25.00",
    { model: "claude-opus-4-8@20260528", usage: { input: 1_000, output: 100 }, served: { region: "global" } },
    "0.0075",
  ],
  [
    "Opus 4.8 in a region: (1,000 × 5.00 + 100 × 25.00) × 1.1",
    {
      model: "claude-opus-4-8@20260528",
      usage: { input: 1_000, output: 100 },
      served: { region: "us-east5" },
    },
    "0.00825",
  ],
  [
    "Gemini as AI Studio lists it: 1,000 × 0.30 + 100 × 2.50",
    { model: "gemini-2.5-flash", usage: { input: 1_000, output: 100 } },
    "0.00055",
  ],
]);

worked("https://aws.amazon.com/bedrock/pricing/", "aws.bedrock", [
  [
    "GPT-6 Astra anywhere: 1,000 × 10.00 + 100 × 50.00",
    { model: "global.openai.gpt-6-astra", usage: { input: 1_000, output: 100 } },
    "0.015",
  ],
  [
    "GPT-6 Astra in its region: 1,000 × 11.00 + 100 × 55.00",
    { model: "openai.gpt-6-astra", usage: { input: 1_000, output: 100 } },
    "0.0165",
  ],
  [
    "Opus 5.5 anywhere: 1,000 × 4.00 + 100 × 20.00",
    { model: "global.anthropic.claude-opus-5-5", usage: { input: 1_000, output: 100 } },
    "0.006",
  ],
  [
    "Opus 5.5 in the US: 1,000 × 4.40 + 100 × 22.00",
    { model: "us.anthropic.claude-opus-5-5", usage: { input: 1_000, output: 100 } },
    "0.0066",
  ],
]);

worked("https://developers.openai.com/api/docs/pricing, which Azure is taken to follow", "azure_openai", [
  [
    "gpt-4o, global standard: 1,000 × 2.50 + 500 × 10.00",
    { model: "gpt-4o", usage: { input: 1_000, output: 500 } },
    "0.0075",
  ],
]);

unpriced("https://aws.amazon.com/bedrock/pricing/", "bedrock", [
  [
    "a tier of Bedrock that is not in the book",
    { model: "global.openai.gpt-6-astra", usage: { input: 1_000 }, served: { tier: "flex" } },
    ["input"],
  ],
]);
