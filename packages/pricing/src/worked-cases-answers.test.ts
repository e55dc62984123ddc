import { Money, type NormalizeOptions, normalizeUsage, type UsageFormatName } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { builtInPriceBook } from "./built-in.ts";
import { aMetric } from "./fixtures.ts";
import { quote } from "./quote.ts";

const book = builtInPriceBook();

type AnswerCase = [
  what: string,
  format: UsageFormatName,
  answer: object,
  cost: string,
  options?: NormalizeOptions,
];

/** From a provider's raw answer, as its page shows one, to what it costs. */
function answered(page: string, cases: AnswerCase[]): void {
  describe(page, () => {
    it.each(cases)("%s", (_, format, answer, cost, options) => {
      const { reportedCost, ...read } = normalizeUsage(format, answer, options);
      const metric = aMetric({
        ...read,
        ...(reportedCost !== undefined && { reportedCost: Money.parse(reportedCost) }),
      });
      expect(metric.usageProblems).toEqual([]);
      const quoted = quote(book, metric);
      expect(quoted.reason).toBeUndefined();
      expect(quoted.cost?.toString()).toBe(cost);
    });
  });
}

answered("https://platform.openai.com/docs/api-reference/chat/object", [
  [
    "a greeting: 19 × 2.00 + 10 × 8.00",
    "openai.chat",
    {
      model: "gpt-4.1-2025-04-14",
      service_tier: "default",
      usage: {
        prompt_tokens: 19,
        completion_tokens: 10,
        total_tokens: 29,
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
      },
    },
    "0.000118",
  ],
  [
    "cached tokens inside the prompt: (2,006 − 1,920) × 2.50 + 1,920 × 1.25 + 300 × 10.00",
    "openai.chat",
    {
      model: "gpt-4o-2024-08-06",
      usage: {
        prompt_tokens: 2_006,
        completion_tokens: 300,
        total_tokens: 2_306,
        prompt_tokens_details: { cached_tokens: 1_920 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    },
    "0.005615",
  ],
  [
    "served as priority: 1,000 × 3.50 + 100 × 14.00",
    "openai.chat",
    {
      model: "gpt-4.1-2025-04-14",
      service_tier: "priority",
      usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 },
    },
    "0.0049",
  ],
  [
    "asked for as priority and served as default: 1,000 × 2.00 + 100 × 8.00",
    "openai.chat",
    {
      model: "gpt-4.1-2025-04-14",
      service_tier: "default",
      usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 },
    },
    "0.0028",
    { request: { model: "gpt-4.1", service_tier: "priority" } },
  ],
  [
    "audio in and out: (119 − 100) × 2.50 + 100 × 40.00 + (160 − 120) × 10.00 + 120 × 80.00",
    "openai.chat",
    {
      model: "gpt-4o-audio-preview-2024-12-17",
      usage: {
        prompt_tokens: 119,
        completion_tokens: 160,
        total_tokens: 279,
        prompt_tokens_details: { audio_tokens: 100, cached_tokens: 0, text_tokens: 19 },
        completion_tokens_details: { audio_tokens: 120, text_tokens: 40, reasoning_tokens: 0 },
      },
    },
    "0.0140475",
  ],
]);

answered("https://platform.openai.com/docs/guides/reasoning", [
  [
    "reasoning inside the output: 75 × 1.25 + 1,186 × 10.00",
    "openai.responses",
    {
      model: "gpt-5-2025-08-07",
      usage: {
        input_tokens: 75,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: 1_186,
        output_tokens_details: { reasoning_tokens: 1_024 },
        total_tokens: 1_261,
      },
    },
    "0.01195375",
  ],
]);

answered("https://platform.openai.com/docs/api-reference", [
  [
    "embeddings: 8 × 0.02",
    "openai.embeddings",
    { model: "text-embedding-3-small", usage: { prompt_tokens: 8, total_tokens: 8 } },
    "0.00000016",
  ],
  [
    "an edited image: 10 × 5.00 + 40 × 10.00 + 50 × 40.00",
    "openai.images",
    {
      usage: {
        total_tokens: 100,
        input_tokens: 50,
        output_tokens: 50,
        input_tokens_details: { text_tokens: 10, image_tokens: 40 },
      },
    },
    "0.00245",
    { request: { model: "gpt-image-1" } },
  ],
  [
    "two images of DALL·E 3 in HD: 2 × 0.08",
    "openai.images",
    { data: [{ url: "https://example.com/1" }, { url: "https://example.com/2" }] },
    "0.16",
    { request: { model: "dall-e-3", n: 2, quality: "hd" } },
  ],
  [
    "a line of a batch: 1,000 × 0.075 + 100 × 0.30",
    "openai.batch_line",
    {
      custom_id: "request-1",
      response: {
        status_code: 200,
        body: {
          model: "gpt-4o-mini-2024-07-18",
          usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 },
        },
      },
      error: null,
    },
    "0.000105",
  ],
]);

answered("https://platform.claude.com/docs/en/api/messages", [
  [
    "2,095 × 3.00 + 503 × 15.00",
    "anthropic.messages",
    { model: "claude-sonnet-4-5-20250929", usage: { input_tokens: 2_095, output_tokens: 503 } },
    "0.01383",
  ],
  [
    "cached tokens beside the input: 2,048 × 5.00 + 1,800 × 0.50 + 148 × 6.25 + 100 × 10.00 + 503 × 25.00",
    "anthropic.messages",
    {
      model: "claude-opus-4-8",
      usage: {
        input_tokens: 2_048,
        cache_read_input_tokens: 1_800,
        cache_creation_input_tokens: 248,
        cache_creation: { ephemeral_5m_input_tokens: 148, ephemeral_1h_input_tokens: 100 },
        output_tokens: 503,
      },
    },
    "0.02564",
  ],
  [
    "a web search: 105 × 3.00 + 7,123 × 0.30 + 7,345 × 3.75 + 6,039 × 15.00 + 10.00 / 1,000",
    "anthropic.messages",
    {
      model: "claude-sonnet-4-6",
      usage: {
        input_tokens: 105,
        output_tokens: 6_039,
        cache_read_input_tokens: 7_123,
        cache_creation_input_tokens: 7_345,
        server_tool_use: { web_search_requests: 1 },
      },
    },
    "0.13058065",
  ],
  [
    "fast, in the US: (523 × 10.00 + 1,842 × 50.00) × 1.1",
    "anthropic.messages",
    {
      model: "claude-opus-5",
      usage: { input_tokens: 523, output_tokens: 1_842, speed: "fast", inference_geo: "us" },
    },
    "0.107063",
  ],
  [
    "Fable 5 that refused before any output: nothing, whatever it counts",
    "anthropic.messages",
    {
      model: "claude-fable-5",
      content: [],
      stop_reason: "refusal",
      usage: { input_tokens: 412, output_tokens: 0 },
    },
    "0",
  ],
]);

answered("https://ai.google.dev/api/generate-content", [
  [
    "thoughts beside the candidates: 264 × 1.25 + (80 + 740) × 10.00",
    "gemini.generate_content",
    {
      modelVersion: "gemini-2.5-pro",
      usageMetadata: {
        promptTokenCount: 264,
        candidatesTokenCount: 80,
        thoughtsTokenCount: 740,
        totalTokenCount: 1_084,
      },
    },
    "0.00853",
  ],
  [
    "cached content inside the prompt: (10,000 − 8,000) × 0.30 + 8,000 × 0.03 + 100 × 2.50",
    "gemini.generate_content",
    {
      modelVersion: "gemini-2.5-flash",
      usageMetadata: {
        promptTokenCount: 10_000,
        cachedContentTokenCount: 8_000,
        candidatesTokenCount: 100,
        totalTokenCount: 10_100,
      },
    },
    "0.00109",
  ],
  [
    "audio in the prompt: 100 × 0.30 + 1,000 × 1.00 + 50 × 2.50",
    "gemini.generate_content",
    {
      modelVersion: "gemini-2.5-flash",
      usageMetadata: {
        promptTokenCount: 1_100,
        promptTokensDetails: [
          { modality: "TEXT", tokenCount: 100 },
          { modality: "AUDIO", tokenCount: 1_000 },
        ],
        candidatesTokenCount: 50,
        totalTokenCount: 1_150,
      },
    },
    "0.001155",
  ],
]);

answered("https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html", [
  [
    "30 × 3.00 + 628 × 15.00",
    "bedrock.converse",
    { stopReason: "end_turn", usage: { inputTokens: 30, outputTokens: 628, totalTokens: 658 } },
    "0.00951",
    { request: { modelId: "anthropic.claude-3-sonnet-20240229-v1:0" } },
  ],
  [
    "GPT-6 Astra of a global profile: 1,000 × 10.00 + 100 × 50.00",
    "bedrock.converse",
    { usage: { inputTokens: 1_000, outputTokens: 100, totalTokens: 1_100 } },
    "0.015",
    { request: { modelId: "global.openai.gpt-6-astra" } },
  ],
  [
    "Opus 5.5 of a global profile: 1,000 × 4.00 + 100 × 20.00",
    "bedrock.converse",
    { usage: { inputTokens: 1_000, outputTokens: 100, totalTokens: 1_100 } },
    "0.006",
    { request: { modelId: "global.anthropic.claude-opus-5-5" } },
  ],
  [
    "and of a regional one, a tenth dearer: 1,000 × 4.40 + 100 × 22.00",
    "bedrock.converse",
    { usage: { inputTokens: 1_000, outputTokens: 100, totalTokens: 1_100 } },
    "0.0066",
    { request: { modelId: "eu.anthropic.claude-opus-5-5" } },
  ],
]);

answered("https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/", [
  [
    "cached tokens inside the input, of whoever they are: (10,250 − 10,000) × 3.00 + 10,000 × 0.30 + 200 × 15.00",
    "opentelemetry.span",
    {
      "gen_ai.provider.name": "anthropic",
      "gen_ai.response.model": "claude-sonnet-4-6",
      "gen_ai.usage.input_tokens": 10_250,
      "gen_ai.usage.cache_read.input_tokens": 10_000,
      "gen_ai.usage.output_tokens": 200,
    },
    "0.00675",
  ],
]);

answered("https://docs.x.ai/developers/cost-tracking", [
  [
    "37,756,000 ticks of 10⁻¹⁰ dollars, whatever the tokens come to",
    "openai.responses",
    {
      model: "grok-4.7",
      usage: { input_tokens: 199, output_tokens: 1, total_tokens: 200, cost_in_usd_ticks: 37_756_000 },
    },
    "0.0037756",
    { service: "xai" },
  ],
]);
