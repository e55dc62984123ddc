import { describe, expect, it } from "vitest";
import { readModelEnd } from "./ai-sdk-usage.ts";
import { namedProvider } from "./provider-names.ts";

const read = (provider: string, end: object) => readModelEnd(end, namedProvider(provider), "model-1");

describe("usage of version 6 of the AI SDK", () => {
  it("is taken apart", () => {
    const usage = {
      inputTokens: { total: 20, noCache: 8, cacheRead: 7, cacheWrite: 5 },
      outputTokens: { total: 9, text: 6, reasoning: 3 },
    };
    expect(read("perplexity", { usage }).usage).toEqual({
      input: 8,
      cache_read: 7,
      cache_write_5m: 5,
      output: 6,
      reasoning: 3,
    });
  });

  it("is the provider's own where that is told", () => {
    const raw = { input_tokens: 8, output_tokens: 9, cache_creation: { ephemeral_1h_input_tokens: 5 } };
    const usage = { inputTokens: { total: 8 }, outputTokens: { total: 9 }, raw };
    expect(
      read("anthropic.messages", { usage, response: { id: "msg_1", modelId: "claude-1" } }),
    ).toMatchObject({
      service: "anthropic",
      model: "claude-1",
      requestId: "msg_1",
      usage: { input: 8, cache_write_1h: 5, output: 9 },
    });
  });

  it("is the SDK's where the provider's own tells nothing that is known", () => {
    const usage = { inputTokens: { total: 8 }, outputTokens: { total: 9 }, raw: {} };
    expect(read("anthropic.messages", { usage }).usage).toEqual({ input: 8, output: 9 });
  });

  it("stays absent where nothing was told", () => {
    expect(read("perplexity", { usage: { inputTokens: {}, outputTokens: {} } }).usage).toEqual({});
    expect(read("perplexity", {}).usage).toEqual({});
  });
});

describe("usage of version 5 of the AI SDK", () => {
  it("has cached tokens and reasoning inside", () => {
    const usage = {
      inputTokens: 12,
      cachedInputTokens: 7,
      outputTokens: 24,
      reasoningTokens: 13,
      totalTokens: 36,
    };
    const expected = { input: 5, cache_read: 7, output: 11, reasoning: 13 };
    expect(read("openai.chat", { usage }).usage).toEqual(expected);
  });

  it("has cached tokens beside the input with Anthropic and Bedrock", () => {
    const usage = { inputTokens: 5, cachedInputTokens: 7, outputTokens: 11, totalTokens: 16 };
    const expected = { input: 5, cache_read: 7, output: 11 };
    expect(read("anthropic.messages", { usage }).usage).toEqual(expected);
    expect(read("amazon-bedrock", { usage }).usage).toEqual(expected);
  });

  it("has reasoning beside the output where the total says so", () => {
    const usage = { inputTokens: 5, outputTokens: 11, reasoningTokens: 13, totalTokens: 29 };
    expect(read("google.generative-ai", { usage }).usage).toEqual({ input: 5, output: 11, reasoning: 13 });
  });
});

describe("a gateway's answer", () => {
  it("tells its own cost", () => {
    const end = { usage: {}, providerMetadata: { gateway: { cost: "0.00042" } } };
    expect(read("gateway", end)).toMatchObject({ service: "gateway", reportedCost: "0.00042" });
  });
});
