import { instantFromEpochMs } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { parseMetric } from "../metric-wire.ts";
import { attributeOf, metricOf, readingOf } from "./call-metric.ts";
import { chat, spanOf, TRACE } from "./fixtures.ts";
import type { Attributes, OtlpSpan } from "./span.ts";

function metricOfSpan(span: OtlpSpan) {
  const reading = readingOf(span);
  if (reading === undefined) throw new Error("it is around calls");
  return metricOf(reading);
}
const metric = (attributes: Attributes, fields: Partial<OtlpSpan> = {}) =>
  metricOfSpan(spanOf("a", { ...chat, ...attributes }, fields));

describe("the metric of a span", () => {
  it("has what the span tells, and is taken as it is", () => {
    const whole = metric(
      {
        "gen_ai.response.id": "chatcmpl-1",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.usage.cache_read.input_tokens": 200,
        "gen_ai.response.time_to_first_chunk": 0.25,
        "user.id": "ada",
        "ai_usage.team": "growth",
        "ai_usage.metadata.department": "sales",
      },
      { resource: { "service.name": "summaries", "deployment.environment.name": "production" } },
    );
    expect(whole).toEqual({
      request_id: "chatcmpl-1",
      service: "openai",
      model: "gpt-4o-mini",
      operation: "chat",
      timestamp: "2026-11-21T10:15:00.123Z",
      usage: { input: 1000, cache_read: 200, output: 300 },
      requested: { model: "gpt-4o" },
      latency_ms: 1250,
      time_to_first_token_ms: 250,
      user_id: "ada",
      team: "growth",
      feature: "summaries",
      environment: "production",
      metadata: { department: "sales" },
    });
    const now = instantFromEpochMs(Date.parse("2026-11-21T10:16:00Z"));
    expect(parseMetric(whole, { now, retentionDays: 1 })).toMatchObject({
      metric: { requestId: "chatcmpl-1" },
    });
  });

  it("is named by the span where the provider's answer has no name", () => {
    expect(metric({}).request_id).toBe(`otel-${TRACE}-000000000000000a`);
  });

  it("has no latency where the clock went back, or the span has no end", () => {
    expect(metric({}, { end: 1n })).not.toHaveProperty("latency_ms");
    expect(metric({}, { end: undefined })).not.toHaveProperty("latency_ms");
  });

  it("keeps a time of no calendar a time, to be refused as too far ahead", () => {
    expect(metric({}, { start: 2n ** 64n - 1n }).timestamp).toMatch(/^2554-/);
  });
});

describe("usage", () => {
  it("of OpenInference is read by its names", () => {
    const { usage, operation, service, model } = metricOfSpan(
      spanOf("a", {
        "openinference.span.kind": "LLM",
        "llm.provider": "aws",
        "llm.model_name": "anthropic.claude-sonnet-4-5-v1:0",
        "llm.token_count.prompt": 1000,
        "llm.token_count.prompt_details.cache_read": 600,
        "llm.token_count.prompt_details.cache_write": 100,
        "llm.token_count.completion": 200,
        "llm.token_count.completion_details.reasoning": 50,
        "llm.token_count.total": 1200,
      }),
    );
    expect(usage).toEqual({ input: 300, cache_read: 600, cache_write_5m: 100, output: 150, reasoning: 50 });
    expect([service, model, operation]).toEqual(["bedrock", "anthropic.claude-sonnet-4-5-v1:0", "chat"]);
  });

  it("of the AI SDK is read with its details, and embeddings have their own", () => {
    const generated = metricOfSpan(
      spanOf("a", {
        "ai.operationId": "ai.streamText.doStream",
        "gen_ai.system": "google.generative-ai",
        "gen_ai.request.model": "gemini-2.5-flash",
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 40,
        "ai.usage.inputTokenDetails.cacheReadTokens": 60,
        "ai.usage.outputTokenDetails.reasoningTokens": 30,
        "ai.response.msToFirstChunk": 12.6,
      }),
    );
    expect(generated).toMatchObject({
      service: "google",
      operation: "chat",
      usage: { input: 40, cache_read: 60, output: 10, reasoning: 30 },
      time_to_first_token_ms: 13,
    });
    const embedded = metricOfSpan(
      spanOf("a", {
        "ai.operationId": "ai.embed.doEmbed",
        "ai.model.provider": "openai.embedding",
        "ai.model.id": "text-embedding-3-small",
        "ai.usage.tokens": 28,
      }),
    );
    expect(embedded).toMatchObject({ service: "openai", operation: "embeddings", usage: { input: 28 } });
  });

  it("that does not add up says so", () => {
    expect(metric({ "gen_ai.usage.cache_read.input_tokens": 2000 }).usage_problems).toHaveLength(1);
  });
});

describe("who bills", () => {
  it.each([
    ["openai", "openai"],
    ["OpenAI", "openai"],
    ["openai.responses", "openai"],
    ["azure.ai.openai", "azure"],
    ["azure-openai.chat", "azure"],
    ["gcp.gemini", "google"],
    ["google.vertex.chat", "vertex_ai"],
    ["vertex.anthropic.messages", "vertex_ai"],
    ["aws.bedrock", "bedrock"],
    ["amazon-bedrock", "bedrock"],
    ["mistral_ai", "mistral"],
    ["x_ai", "xai"],
    ["ibm.watsonx.ai", "ibm.watsonx.ai"],
    ["gateway", "gateway"],
  ])("where the provider is %s is %s", (provider, service) => {
    expect(metric({ "gen_ai.provider.name": provider }).service).toBe(service);
  });
});

describe("who and what for", () => {
  it.each<[string, Attributes, Attributes, object]>([
    ["the user, by its convention", { "user.id": "ada" }, {}, { user_id: "ada" }],
    ["the user, as it was before", { "enduser.id": "ada" }, {}, { user_id: "ada" }],
    ["our own name before others", { "user.id": "a", "ai_usage.user_id": "b" }, {}, { user_id: "b" }],
    ["the span before its resource", { "ai_usage.team": "a" }, { "ai_usage.team": "b" }, { team: "a" }],
    ["the resource where the span is silent", {}, { "ai_usage.team": "b" }, { team: "b" }],
    [
      "association properties",
      { "traceloop.association.properties.user_id": "ada", "traceloop.association.properties.jobId": "j1" },
      {},
      { user_id: "ada", job_id: "j1" },
    ],
    ["the AI SDK's metadata", { "ai.telemetry.metadata.userId": "ada" }, {}, { user_id: "ada" }],
    ["numbers as text", { "user.id": 42, "ai_usage.batch_id": "7" }, {}, { user_id: "42", batch_id: "7" }],
    ["the application's name", {}, { "service.name": "api" }, { feature: "api" }],
    ["a feature before that", { "ai_usage.feature": "chat" }, { "service.name": "api" }, { feature: "chat" }],
    ["the environment, as before", {}, { "deployment.environment": "test" }, { environment: "test" }],
  ])("takes %s", (_what, attributes, resource, expected) => {
    expect(metric(attributes, { resource })).toMatchObject(expected);
  });

  it("is not what an SDK says of an application without a name, nor an empty text", () => {
    const fields = metric({ "user.id": "" }, { resource: { "service.name": "unknown_service:node" } });
    expect(fields).not.toHaveProperty("feature");
    expect(fields).not.toHaveProperty("user_id");
  });

  it("is named by its attribute when it is not as it must be", () => {
    const span = spanOf("a", { "enduser.id": "a#b" }, { resource: { "service.name": "x" } });
    expect(
      ["user_id", "feature", "timestamp", "usage.input", "metadata.prompt", "(scope)"].map((field) =>
        attributeOf(field, span),
      ),
    ).toEqual([
      "enduser.id",
      "service.name",
      "startTimeUnixNano",
      "gen_ai.usage.input",
      "ai_usage.metadata.prompt",
      "(scope)",
    ]);
  });
});

describe("the error of a call", () => {
  const failed = { "gen_ai.usage.input_tokens": 0, "gen_ai.usage.output_tokens": 0 };
  it.each<[string, Attributes, Partial<OtlpSpan>, string | undefined]>([
    ["error.type", { "error.type": "timeout" }, {}, "timeout"],
    [
      "error.type before the exception's",
      { "error.type": "429" },
      { failed: true, exceptionType: "RateLimitError" },
      "429",
    ],
    [
      "the exception's type",
      failed,
      { failed: true, exceptionType: "openai.RateLimitError" },
      "openai.RateLimitError",
    ],
    ["an error without a name", failed, { failed: true }, "Error"],
    ["what is no name", failed, { failed: true, exceptionType: "You said: my secret plan" }, "Error"],
    ["an exception that was got over", {}, { exceptionType: "RateLimitError" }, undefined],
  ])("is %s", (_what, attributes, fields, error) => {
    expect(metric(attributes, fields).error).toBe(error);
  });

  it("is an exception, also where no status was set, when there is no usage", () => {
    const span = spanOf(
      "a",
      { "gen_ai.operation.name": "image_edit", "gen_ai.provider.name": "openai" },
      { exceptionType: "APIError" },
    );
    expect(metricOfSpan(span)).toMatchObject({ error: "APIError", usage: {} });
  });
});
