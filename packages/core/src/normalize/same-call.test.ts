import { describe, expect, it } from "vitest";
import { quantitiesOf, type Usage } from "../usage.ts";
import { normalizeUsage, type UsageFormatName } from "./normalize-usage.ts";

type Told = Partial<Record<UsageFormatName, object>>;

/**
 * One call, and how each provider would tell it. Who counts what inside what: OpenAI, Gemini and OpenTelemetry count cached
 * tokens inside the prompt, Anthropic and Bedrock beside it; OpenAI, Anthropic and OpenTelemetry count reasoning inside the
 * output, Gemini beside it. Nobody is made to tell what it cannot: Bedrock has no count of reasoning, Gemini none of
 * what was written to a cache.
 */
const calls: [what: string, usage: Usage, told: Told][] = [
  [
    "a plain call",
    { input: 1200, output: 300 },
    {
      "openai.chat": { usage: { prompt_tokens: 1200, completion_tokens: 300, total_tokens: 1500 } },
      "openai.responses": { usage: { input_tokens: 1200, output_tokens: 300, total_tokens: 1500 } },
      "anthropic.messages": {
        usage: {
          input_tokens: 1200,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 0,
          output_tokens: 300,
        },
      },
      "gemini.generate_content": {
        usageMetadata: {
          promptTokenCount: 1200,
          candidatesTokenCount: 300,
          totalTokenCount: 1500,
          promptTokensDetails: [{ modality: "TEXT", tokenCount: 1200 }],
        },
      },
      "bedrock.converse": { usage: { inputTokens: 1200, outputTokens: 300, totalTokens: 1500 } },
      "opentelemetry.span": { "gen_ai.usage.input_tokens": 1200, "gen_ai.usage.output_tokens": 300 },
    },
  ],
  [
    "a call that reads most of its prompt from the cache",
    { input: 86, cache_read: 1920, output: 300 },
    {
      "openai.chat": {
        usage: {
          prompt_tokens: 2006,
          completion_tokens: 300,
          total_tokens: 2306,
          prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 0 },
        },
      },
      "openai.responses": {
        usage: {
          input_tokens: 2006,
          input_tokens_details: { cached_tokens: 1920 },
          output_tokens: 300,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: 2306,
        },
      },
      "anthropic.messages": {
        usage: {
          input_tokens: 86,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 1920,
          output_tokens: 300,
        },
      },
      "gemini.generate_content": {
        usageMetadata: {
          promptTokenCount: 2006,
          cachedContentTokenCount: 1920,
          candidatesTokenCount: 300,
          totalTokenCount: 2306,
          promptTokensDetails: [{ modality: "TEXT", tokenCount: 2006 }],
          cacheTokensDetails: [{ modality: "TEXT", tokenCount: 1920 }],
        },
      },
      "bedrock.converse": {
        usage: {
          inputTokens: 86,
          cacheReadInputTokens: 1920,
          cacheWriteInputTokens: 0,
          outputTokens: 300,
          totalTokens: 2306,
        },
      },
      "opentelemetry.span": {
        "gen_ai.usage.input_tokens": 2006,
        "gen_ai.usage.cache_read.input_tokens": 1920,
        "gen_ai.usage.output_tokens": 300,
      },
    },
  ],
  [
    "a call that also writes to the cache, for five minutes",
    { input: 50, cache_read: 1000, cache_write_5m: 400, output: 200 },
    {
      // Of a Claude model behind an API of OpenAI's shape, like OpenRouter's.
      "openai.chat": {
        model: "anthropic/claude-sonnet-4.5",
        usage: {
          prompt_tokens: 1450,
          completion_tokens: 200,
          total_tokens: 1650,
          prompt_tokens_details: { cached_tokens: 1000, cache_write_tokens: 400 },
        },
      },
      "anthropic.messages": {
        usage: {
          input_tokens: 50,
          cache_read_input_tokens: 1000,
          cache_creation_input_tokens: 400,
          cache_creation: { ephemeral_5m_input_tokens: 400, ephemeral_1h_input_tokens: 0 },
          output_tokens: 200,
        },
      },
      "bedrock.converse": {
        usage: {
          inputTokens: 50,
          cacheReadInputTokens: 1000,
          cacheWriteInputTokens: 400,
          cacheDetails: [{ ttl: "5m", inputTokens: 400 }],
          outputTokens: 200,
          totalTokens: 1650,
        },
      },
      "opentelemetry.span": {
        "gen_ai.provider.name": "anthropic",
        "gen_ai.usage.input_tokens": 1450,
        "gen_ai.usage.cache_read.input_tokens": 1000,
        "gen_ai.usage.cache_creation.input_tokens": 400,
        "gen_ai.usage.output_tokens": 200,
      },
    },
  ],
  [
    "a call that writes to the cache, for 30 minutes",
    { input: 94, cache_write_30m: 1906, output: 200 },
    {
      "openai.chat": {
        model: "gpt-5.6",
        usage: {
          prompt_tokens: 2000,
          completion_tokens: 200,
          total_tokens: 2200,
          prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 1906 },
        },
      },
      "openai.responses": {
        model: "gpt-5.6",
        usage: {
          input_tokens: 2000,
          input_tokens_details: { cached_tokens: 0, cache_write_tokens: 1906 },
          output_tokens: 200,
          total_tokens: 2200,
        },
      },
      "opentelemetry.span": {
        "gen_ai.provider.name": "openai",
        "gen_ai.usage.input_tokens": 2000,
        "gen_ai.usage.cache_creation.input_tokens": 1906,
        "gen_ai.usage.output_tokens": 200,
      },
    },
  ],
  [
    "a call that thinks before it answers",
    { input: 75, output: 162, reasoning: 1024 },
    {
      "openai.chat": {
        usage: {
          prompt_tokens: 75,
          completion_tokens: 1186,
          total_tokens: 1261,
          completion_tokens_details: { reasoning_tokens: 1024 },
        },
      },
      "openai.responses": {
        usage: {
          input_tokens: 75,
          output_tokens: 1186,
          output_tokens_details: { reasoning_tokens: 1024 },
          total_tokens: 1261,
        },
      },
      "anthropic.messages": {
        usage: {
          input_tokens: 75,
          output_tokens: 1186,
          output_tokens_details: { thinking_tokens: 1024 },
        },
      },
      "gemini.generate_content": {
        usageMetadata: {
          promptTokenCount: 75,
          candidatesTokenCount: 162,
          thoughtsTokenCount: 1024,
          totalTokenCount: 1261,
        },
      },
      "opentelemetry.span": {
        "gen_ai.usage.input_tokens": 75,
        "gen_ai.usage.output_tokens": 1186,
        "gen_ai.usage.reasoning.output_tokens": 1024,
      },
    },
  ],
  [
    "a call with a recording, half of it from the cache, that is answered aloud",
    { input: 30, audio_input: 100, audio_cache_read: 100, output: 20, audio_output: 80 },
    {
      "openai.responses": {
        type: "response.done",
        response: {
          usage: {
            input_tokens: 230,
            input_token_details: {
              text_tokens: 30,
              audio_tokens: 200,
              cached_tokens: 100,
              cached_tokens_details: { text_tokens: 0, audio_tokens: 100 },
            },
            output_tokens: 100,
            output_token_details: { text_tokens: 20, audio_tokens: 80 },
            total_tokens: 330,
          },
        },
      },
      "gemini.generate_content": {
        usageMetadata: {
          promptTokenCount: 230,
          cachedContentTokenCount: 100,
          responseTokenCount: 100,
          totalTokenCount: 330,
          promptTokensDetails: [
            { modality: "TEXT", tokenCount: 30 },
            { modality: "AUDIO", tokenCount: 200 },
          ],
          cacheTokensDetails: [{ modality: "AUDIO", tokenCount: 100 }],
          responseTokensDetails: [
            { modality: "TEXT", tokenCount: 20 },
            { modality: "AUDIO", tokenCount: 80 },
          ],
        },
      },
    },
  ],
  [
    "a call that searches the web three times",
    { input: 900, output: 100, search: 3 },
    {
      "openai.responses": {
        output: [
          { type: "web_search_call", status: "completed", action: { type: "search" } },
          { type: "web_search_call", status: "completed", action: { type: "search" } },
          { type: "web_search_call", status: "completed", action: { type: "open_page" } },
          { type: "web_search_call", status: "completed", action: { type: "search" } },
        ],
        usage: { input_tokens: 900, output_tokens: 100, total_tokens: 1000 },
      },
      "anthropic.messages": {
        usage: { input_tokens: 900, output_tokens: 100, server_tool_use: { web_search_requests: 3 } },
      },
      "gemini.generate_content": {
        modelVersion: "gemini-3.1-pro",
        candidates: [{ groundingMetadata: { webSearchQueries: ["tides", "tides today", "moon"] } }],
        usageMetadata: { promptTokenCount: 900, candidatesTokenCount: 100, totalTokenCount: 1000 },
      },
    },
  ],
];

describe.each(calls)("%s", (_, usage, told) => {
  it.each(Object.entries(told) as [UsageFormatName, object][])("is the same told by %s", (format, answer) => {
    const { usage: read, usageProblems } = normalizeUsage(format, answer);
    expect(usageProblems).toEqual([]);
    expect(Object.fromEntries(quantitiesOf(read).filter(([, quantity]) => quantity > 0))).toEqual(usage);
  });
});
