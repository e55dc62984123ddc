import { describe, expect, it } from "vitest";
import { normalizeUsage } from "./normalize-usage.ts";

const read = (attributes: object, options: object = {}) =>
  normalizeUsage("opentelemetry.span", attributes, options);

/** https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-spans.md */
const chat = {
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "openai",
  "gen_ai.request.model": "gpt-5.6",
  "gen_ai.request.max_tokens": 200,
  "gen_ai.response.id": "chatcmpl-9J3uIL87gldCFtiIbyaOvTeYBRA3l",
  "gen_ai.response.model": "gpt-5.6-sol",
  "gen_ai.usage.input_tokens": 300,
  "gen_ai.usage.cache_read.input_tokens": 40,
  "gen_ai.usage.cache_write.input_tokens": 25,
  "gen_ai.usage.output_tokens": 180,
  "gen_ai.usage.reasoning.output_tokens": 50,
  "openai.request.service_tier": "auto",
  "openai.response.service_tier": "default",
  "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Weather in Paris?"}]}]',
};

describe("usage of a span", () => {
  it("is read from attributes by their names of now", () => {
    expect(read(chat)).toEqual({
      service: "openai",
      model: "gpt-5.6-sol",
      requestId: "chatcmpl-9J3uIL87gldCFtiIbyaOvTeYBRA3l",
      served: { tier: "standard" },
      requested: { model: "gpt-5.6" },
      usage: { input: 235, cache_read: 40, cache_write_30m: 25, output: 130, reasoning: 50 },
      usageProblems: [],
    });
  });

  it("is read from attributes by former names", () => {
    expect(
      read({
        "gen_ai.system": "anthropic",
        "gen_ai.request.model": "claude-sonnet-4-5",
        "gen_ai.usage.prompt_tokens": 4096,
        "gen_ai.usage.completion_tokens": 256,
        "gen_ai.usage.total_tokens": 4352,
        "gen_ai.usage.cache_creation_input_tokens": 1024,
        "gen_ai.usage.cache_read_input_tokens": 2048,
      }),
    ).toEqual({
      service: "anthropic",
      model: "claude-sonnet-4-5",
      requested: { model: "claude-sonnet-4-5" },
      usage: { input: 1024, cache_read: 2048, cache_write_5m: 1024, output: 256 },
      usageProblems: [],
    });
    const former = { "gen_ai.usage.input_tokens": 100, "gen_ai.usage.cache_creation.input_tokens": 25 };
    expect(read(former).usage).toEqual({ input: 75, cache_write_5m: 25 });
  });

  // https://github.com/open-telemetry/opentelemetry-python-genai/pull/613
  it("tells modalities apart, in the cache and out of it", () => {
    expect(
      read({
        "gen_ai.usage.input_tokens": 1_000,
        "gen_ai.usage.text.input_tokens": 600,
        "gen_ai.usage.image.input_tokens": 250,
        "gen_ai.usage.audio.input_tokens": 150,
        "gen_ai.usage.cache_read.input_tokens": 400,
        "gen_ai.usage.text.cache_read.input_tokens": 300,
        "gen_ai.usage.audio.cache_read.input_tokens": 100,
        "gen_ai.usage.output_tokens": 90,
        "gen_ai.usage.text.output_tokens": 40,
        "gen_ai.usage.audio.output_tokens": 50,
      }).usage,
    ).toEqual({
      input: 300,
      cache_read: 300,
      audio_input: 50,
      audio_cache_read: 100,
      image_input: 250,
      output: 40,
      audio_output: 50,
    });
  });

  // https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: integers are text.
  it("is read from a span as OTLP writes it", () => {
    const span = {
      traceId: "5b8efff798038103d269b633813fc60c",
      name: "chat gpt-5.6",
      attributes: [
        { key: "gen_ai.provider.name", value: { stringValue: "x_ai" } },
        { key: "gen_ai.response.model", value: { stringValue: "grok-4" } },
        { key: "gen_ai.usage.input_tokens", value: { intValue: "1200" } },
        { key: "gen_ai.usage.output_tokens", value: { intValue: 300 } },
        { key: "gen_ai.request.temperature", value: { doubleValue: 0.2 } },
        { key: "error.type", value: { stringValue: "timeout" } },
      ],
    };
    expect(read(span)).toEqual({
      service: "xai",
      model: "grok-4",
      usage: { input: 1200, output: 300 },
      error: "timeout",
      usageProblems: [],
    });
  });

  it("is taken to be without cached tokens where it is smaller than those", () => {
    const { usage, usageProblems } = read({
      "gen_ai.provider.name": "anthropic",
      "gen_ai.usage.input_tokens": 21,
      "gen_ai.usage.cache_read.input_tokens": 188086,
      "gen_ai.usage.output_tokens": 393,
    });
    expect(usage).toEqual({ input: 21, cache_read: 188086, output: 393 });
    expect(usageProblems).toEqual([
      "gen_ai.usage.input_tokens is 21: taken to be without 188086 tokens of the cache",
    ]);
  });

  it("keeps counts that nobody knows, but not the provider's own that are there once more", () => {
    expect(
      read({
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.hologram.input_tokens": 4,
        "gen_ai.usage.cost": 0.01,
        "gen_ai.usage.details.prompt_tokens": 10,
      }).usage,
    ).toEqual({ input: 10, x_hologram_input_tokens: 4 });
  });

  it("is empty where the span has none", () => {
    expect(read({ "http.request.method": "GET" })).toEqual({
      service: "unknown",
      usage: {},
      usageProblems: [],
    });
  });
});

describe("who bills a span", () => {
  // https://github.com/open-telemetry/semantic-conventions-genai/blob/main/model/gen-ai/registry.yaml
  it.each([
    ["gcp.gemini", "google"],
    ["gcp.vertex_ai", "vertex_ai"],
    ["azure.ai.openai", "azure"],
    ["aws.bedrock", "bedrock"],
    ["mistral_ai", "mistral"],
    ["Groq", "groq"],
    ["deepseek", "deepseek"],
  ])("from %s is %s", (provider, service) => {
    expect(read({ "gen_ai.provider.name": provider }).service).toBe(service);
    expect(read({ "gen_ai.system": provider }).service).toBe(service);
  });

  it("is who the caller says", () => {
    expect(read(chat, { service: "azure" }).service).toBe("azure");
  });

  it("on Bedrock serves in the geography of the model's name", () => {
    expect(
      read({
        "gen_ai.provider.name": "aws.bedrock",
        "gen_ai.request.model": "eu.anthropic.claude-sonnet-4-5-v1:0",
      }),
    ).toMatchObject({ model: "eu.anthropic.claude-sonnet-4-5-v1:0", served: { region: "eu" } });
  });
});
