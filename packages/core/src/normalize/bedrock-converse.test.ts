import { describe, expect, it } from "vitest";
import { bedrockModelOf } from "./bedrock-model.ts";
import { normalizeUsage } from "./normalize-usage.ts";

const SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

const read = (usage: object, more: object = {}, modelId = SONNET, region?: string) =>
  normalizeUsage(
    "bedrock.converse",
    { output: { message: {} }, stopReason: "end_turn", metrics: { latencyMs: 1275 }, usage, ...more },
    { request: { modelId }, region },
  );

describe("usage of a conversation on Bedrock", () => {
  // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
  it("is read from an answer as it comes, the model from the request", () => {
    expect(read({ inputTokens: 30, outputTokens: 628, totalTokens: 658 })).toEqual({
      service: "bedrock",
      model: SONNET,
      served: { region: "us" },
      requested: { model: SONNET },
      usage: { input: 30, output: 628 },
      usageProblems: [],
    });
  });

  // https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html: input tokens are those not cached.
  it("has cached and written tokens beside the input", () => {
    const { usage, usageProblems } = read({
      inputTokens: 9,
      cacheReadInputTokens: 1_000,
      cacheWriteInputTokens: 37_209,
      outputTokens: 357,
      totalTokens: 38_575,
      cacheDetails: [
        { ttl: "1h", inputTokens: 30_000 },
        { ttl: "5m", inputTokens: 7_209 },
      ],
    });
    expect(usage).toEqual({
      input: 9,
      cache_read: 1_000,
      cache_write_5m: 7_209,
      cache_write_1h: 30_000,
      output: 357,
    });
    expect(usageProblems).toEqual([]);
  });

  it("has written tokens kept for five minutes, where their life is not told", () => {
    const usage = {
      inputTokens: 9,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 37_209,
      outputTokens: 357,
    };
    expect(read(usage).usage).toEqual({ input: 9, cache_read: 0, cache_write_5m: 37_209, output: 357 });
    expect(read({ ...usage, cacheDetails: [] }).usage).toMatchObject({ cache_write_5m: 37_209 });
    expect(read({ ...usage, cacheDetails: [{ ttl: "1h", inputTokens: 9 }] }).usage).toMatchObject({
      cache_write_1h: 9,
      cache_write_5m: 37_200,
    });
  });

  it("is in the last event of a stream", () => {
    const usage = { inputTokens: 3, outputTokens: 4, totalTokens: 7 };
    const event = { metadata: { usage, metrics: { latencyMs: 1 }, serviceTier: { type: "flex" } } };
    expect(normalizeUsage("bedrock.converse", event, { request: { modelId: SONNET } })).toMatchObject({
      served: { tier: "flex", region: "us" },
      usage: { input: 3, output: 4 },
    });
  });

  it("is told where the total is not the sum", () => {
    expect(read({ inputTokens: 3, outputTokens: 4, totalTokens: 9 }).usageProblems).toEqual([
      "usage.totalTokens is 9, and its parts add up to 7",
    ]);
  });
});

describe("models of makers that Bedrock counts otherwise", () => {
  const GPT = "global.openai.gpt-5.6-sol";

  it("have cached tokens inside the input, when the total tells so", () => {
    const { usage } = read(
      { inputTokens: 5_000, cacheReadInputTokens: 4_000, outputTokens: 7, totalTokens: 5_007 },
      {},
      GPT,
    );
    expect(usage).toEqual({ input: 1_000, cache_read: 4_000, output: 7 });
  });

  // https://github.com/maximhq/bifrost/pull/6942: a prompt of 4,995 tokens, counted twice in both.
  it("are told of where nothing tells", () => {
    const { usageProblems } = read(
      { inputTokens: 4_995, cacheWriteInputTokens: 4_993, outputTokens: 19, totalTokens: 10_007 },
      {},
      GPT,
    );
    expect(usageProblems).toEqual(["usage.inputTokens may have the 4993 cached tokens in it once more"]);
  });

  // https://github.com/earendil-works/pi/issues/8752: since September 2026.
  it("are counted as the others are since", () => {
    const { usage, usageProblems } = read(
      {
        inputTokens: 2,
        cacheReadInputTokens: 7_151,
        cacheWriteInputTokens: 17,
        outputTokens: 5,
        totalTokens: 7_175,
      },
      {},
      GPT,
    );
    expect(usage).toEqual({ input: 2, cache_read: 7_151, cache_write_5m: 17, output: 5 });
    expect(usageProblems).toEqual([]);
  });
});

describe("how a conversation on Bedrock was served", () => {
  const usage = { inputTokens: 3, outputTokens: 4, totalTokens: 7 };

  it("is at the tier of the answer, which wins over the one asked for", () => {
    const request = { modelId: SONNET, serviceTier: { type: "priority" } };
    const answer = { usage, serviceTier: { type: "default" } };
    expect(normalizeUsage("bedrock.converse", answer, { request })).toMatchObject({
      served: { tier: "standard" },
      requested: { tier: "priority" },
    });
  });

  it("is in the geography of the inference profile, else where it was sent to", () => {
    expect(read(usage, {}, "global.anthropic.claude-opus-5-v1:0", "us-east-1").served).toEqual({
      region: "global",
    });
    expect(read(usage, {}, "amazon.nova-pro-v1:0", "us-east-1").served).toEqual({ region: "us-east-1" });
  });

  it("is by the model that a router chose", () => {
    const trace = {
      promptRouter: { invokedModelId: "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0" },
    };
    expect(
      read(usage, { trace }, "arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/nova:1"),
    ).toMatchObject({
      model: "amazon.nova-lite-v1:0",
      served: { region: "us-east-1" },
    });
  });

  it("is on provisioned throughput where the model's name says so", () => {
    const modelId = "arn:aws:bedrock:us-west-2:123456789012:provisioned-model/abc123";
    expect(read(usage, {}, modelId)).toMatchObject({
      model: "abc123",
      served: { tier: "provisioned", region: "us-west-2" },
    });
  });
});

describe("the id of a model on Bedrock", () => {
  it.each([
    [
      "anthropic.claude-3-haiku-20240307-v1:0",
      "anthropic.claude-3-haiku-20240307-v1:0",
      undefined,
      "anthropic",
    ],
    ["apac.amazon.nova-micro-v1:0", "apac.amazon.nova-micro-v1:0", "apac", "amazon"],
    [
      "us-gov.anthropic.claude-sonnet-4-5-v1:0",
      "us-gov.anthropic.claude-sonnet-4-5-v1:0",
      "us-gov",
      "anthropic",
    ],
    [
      "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.meta.llama3-2-1b-instruct-v1:0",
      "eu.meta.llama3-2-1b-instruct-v1:0",
      "eu",
      "meta",
    ],
    [
      "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/f00",
      "f00",
      "eu-west-1",
      undefined,
    ],
  ])("%s is %s", (id, model, region, maker) => {
    expect(bedrockModelOf(id)).toMatchObject({ model, ...(region && { region }), ...(maker && { maker }) });
  });
});
