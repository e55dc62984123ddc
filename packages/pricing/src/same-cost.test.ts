import { normalizeUsage, type UsageFormatName } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { builtInPriceBook } from "./built-in.ts";
import { aMetric } from "./fixtures.ts";
import { quote } from "./quote.ts";

const book = builtInPriceBook();

/** 2,006 tokens of prompt, 1,920 of them read from the cache, and 300 of answer; told as each provider tells it. */
const answers: [format: UsageFormatName, answer: object][] = [
  [
    "openai.chat",
    {
      usage: {
        prompt_tokens: 2006,
        completion_tokens: 300,
        total_tokens: 2306,
        prompt_tokens_details: { cached_tokens: 1920 },
      },
    },
  ],
  [
    "anthropic.messages",
    {
      usage: {
        input_tokens: 86,
        cache_read_input_tokens: 1920,
        cache_creation_input_tokens: 0,
        output_tokens: 300,
      },
    },
  ],
  [
    "gemini.generate_content",
    {
      usageMetadata: {
        promptTokenCount: 2006,
        cachedContentTokenCount: 1920,
        candidatesTokenCount: 300,
        totalTokenCount: 2306,
      },
    },
  ],
  [
    "bedrock.converse",
    { usage: { inputTokens: 86, cacheReadInputTokens: 1920, outputTokens: 300, totalTokens: 2306 } },
  ],
  [
    "opentelemetry.span",
    {
      "gen_ai.usage.input_tokens": 2006,
      "gen_ai.usage.cache_read.input_tokens": 1920,
      "gen_ai.usage.output_tokens": 300,
    },
  ],
];

describe("the same call", () => {
  it.each([
    // 86 × 3.00 + 1,920 × 0.30 + 300 × 15.00, and so on, in millionths of a dollar.
    ["anthropic", "claude-sonnet-4-5", "0.005334"],
    ["openai", "gpt-4o", "0.005615"],
    ["google", "gemini-2.5-flash", "0.0008334"],
  ])("costs the same in whatever shape it is told, by the prices of %s %s", (service, model, cost) => {
    const costs = answers.map(([format, answer]) => {
      const { usage, usageProblems } = normalizeUsage(format, answer, { service });
      expect(usageProblems).toEqual([]);
      return [format, quote(book, aMetric({ service, model, usage })).cost?.toString()];
    });
    expect(costs).toEqual(answers.map(([format]) => [format, cost]));
  });
});
