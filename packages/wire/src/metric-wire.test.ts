import { type AIUsageMetric, DAY_MS, parseInstant, plusMs } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { parseMetric, toWireMetric } from "./metric-wire.ts";

const rules = { now: parseInstant("2026-11-22T12:00:00Z"), retentionDays: 400 };
const smallest = {
  request_id: "req-1",
  service: "openai",
  operation: "chat.completions",
  timestamp: "2026-11-22T11:00:00+01:00",
};

function accepted(input: unknown): AIUsageMetric {
  const parsed = parseMetric(input, rules);
  if ("errors" in parsed) throw new Error(JSON.stringify(parsed.errors));
  return parsed.metric;
}

function refused(change: Record<string, unknown>): string[] {
  const parsed = parseMetric({ ...smallest, ...change }, rules);
  return "errors" in parsed ? parsed.errors.map(({ field, message }) => `${field} ${message}`) : [];
}

describe("metric", () => {
  it("needs an id, a service, an operation and a time", () => {
    expect(JSON.parse(JSON.stringify(accepted(smallest)))).toEqual({
      requestId: "req-1",
      service: "openai",
      operation: "chat.completions",
      timestamp: "2026-11-22T10:00:00.000Z",
      usage: {},
      callCount: 1,
      metadata: {},
    });
    for (const field of Object.keys(smallest)) {
      expect(refused({ [field]: undefined })).toEqual([`${field} must be a string`]);
    }
  });

  it("may say all there is to say", () => {
    const metric = accepted({
      ...smallest,
      model: "gpt-4o",
      usage: { input: 5, cache_read: 0, output: 7 },
      call_count: 3,
      cost_usd: "0.000000000000000001",
      latency_ms: 12.6,
      user_id: "ann",
      team: "growth",
      feature: "search",
      environment: "prod",
      job_id: "nightly",
      batch_id: "b1",
      lease_id: "lea_1",
      github_pr: 42,
      error: "RateLimitError",
      metadata: { department: "r&d", retries: 2, cached: false, constructor: "x" },
    });
    expect(metric).toMatchObject({
      usage: { input: 5, cache_read: 0, output: 7 },
      callCount: 3,
      latencyMs: 13,
      jobId: "nightly",
      batchId: "b1",
      leaseId: "lea_1",
      githubPr: 42,
      error: "RateLimitError",
      metadata: { department: "r&d", retries: 2, cached: false, constructor: "x" },
    });
    expect(metric.reportedCost?.toString()).toBe("0.000000000000000001");
  });

  it("may count tokens by two plain fields instead of usage by unit", () => {
    const usageOf = (fields: object) => accepted({ ...smallest, ...fields }).usage;
    expect(usageOf({ input_tokens: 5, output_tokens: 0, total_tokens: 5 })).toEqual({ input: 5, output: 0 });
    expect(usageOf({ input_tokens: 5 })).toEqual({ input: 5 });
    expect(refused({ usage: {}, input_tokens: 5 })).toEqual([
      "input_tokens must be left out when usage is given",
    ]);
    expect(refused({ input_tokens: 5, total_tokens: 6 })).toEqual([
      "total_tokens must be input_tokens and output_tokens together",
    ]);
  });

  it.each<[unknown, string]>([
    [0, "0"],
    ["0", "0"],
    [0.000000075, "0.000000075"],
    [7.5e-8, "0.000000075"],
    [123456789.123456, "123456789.123456"],
    [1e9, "1000000000"],
    [1e-18, "0.000000000000000001"],
    ["0.123456789012345678", "0.123456789012345678"],
  ])("costs %j, exactly %s", (cost, exact) => {
    expect(accepted({ ...smallest, cost_usd: cost }).reportedCost?.toString()).toBe(exact);
  });

  it("happened within retention, and at most five minutes from now", () => {
    const at = (ms: number) => refused({ timestamp: plusMs(rules.now, ms) });
    expect(at(5 * 60_000)).toEqual([]);
    expect(at(5 * 60_000 + 1)).toEqual(["timestamp must not be more than 5 minutes ahead of our clock"]);
    expect(at(-400 * DAY_MS)).toEqual([]);
    expect(at(-400 * DAY_MS - 1)).toEqual(["timestamp must be within the last 400 days"]);
  });

  it("is told everything that is wrong with it, up to ten fields", () => {
    expect(refused({ service: "", call_count: 0, cost_usd: -1, foo: 1 })).toEqual([
      "service must not be empty",
      "call_count must be a whole number from 1 to 1000000",
      "cost_usd must not be negative",
      "foo is not a field that is known here",
    ]);
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`field_${index}`, 1]));
    expect(refused(many)).toHaveLength(10);
  });

  it("is called by its id where that can be read", () => {
    expect(parseMetric({ ...smallest, service: 1 }, rules)).toMatchObject({ requestId: "req-1" });
    expect(parseMetric({ ...smallest, request_id: 5 }, rules)).toMatchObject({ requestId: null });
    expect(parseMetric(null, rules)).toMatchObject({ requestId: null, errors: [{ field: "(body)" }] });
  });
});

describe("what decides the price of a call", () => {
  it("is taken as the answer tells it", () => {
    const served = {
      tier: "batch",
      region: "us-east-1",
      size: "1024x1024",
      quality: "hd",
      resolution: "720p",
    };
    const requested = { model: "gpt-5", tier: "priority", region: "eu" };
    const metric = accepted({
      ...smallest,
      usage: { input: 5, cache_write_12h: 7, x_gpu_second: 3 },
      also_used: [{ model: "claude-opus-5", usage: { output: 2 } }],
      served,
      requested,
      refusal: "before_output",
      billing_account: "subsidiary",
      usage_problems: ["total_tokens is not the sum of its parts"],
    });
    expect(metric).toMatchObject({
      usage: { input: 5, cache_write_12h: 7, x_gpu_second: 3 },
      alsoUsed: [{ model: "claude-opus-5", usage: { output: 2 } }],
      served,
      requested,
      refusal: "before_output",
      billingAccount: "subsidiary",
      usageProblems: ["total_tokens is not the sum of its parts"],
    });
  });

  it("leaves out what is not told, so that a metric is the same whether a field is absent or there and empty", () => {
    expect(Object.keys(accepted(smallest))).not.toContain("served");
    expect(accepted({ ...smallest, served: { tier: "flex" } }).served).toEqual({ tier: "flex" });
  });

  it.each<[string, object, string]>([
    ["a misspelt unit", { usage: { inptu: 1 } }, "usage.inptu is no unit that is known here"],
    ["a unit of one's own with capitals", { usage: { x_GPU: 1 } }, "usage.x_GPU is no unit"],
    ["a prototype for a unit", { usage: JSON.parse('{"__proto__": 1}') }, "usage.__proto__ is no unit"],
    ["half a token", { usage: { x_gpu_second: 0.5 } }, "usage.x_gpu_second must be a whole number"],
    [
      "more units than anybody has",
      { usage: Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`x_${index}`, 1])) },
      "usage must have at most 40 units",
    ],
    ["no list of other models", { also_used: {} }, "also_used must be a list"],
    ["another model without a name", { also_used: [{ usage: {} }] }, "also_used[0].model must be a string"],
    [
      "another model with a misspelt unit",
      { also_used: [{ model: "m", usage: { a: 1 } }] },
      "also_used[0].usage.a is no unit",
    ],
    [
      "eleven other models",
      { also_used: Array(11).fill({ model: "m", usage: {} }) },
      "also_used must have at most 10",
    ],
    ["a condition that nobody knows", { served: { speed: "fast" } }, "served.speed is not a field"],
    ["a tier that is no text", { served: { tier: 1 } }, "served.tier must be a string"],
    ["a tier with a line end", { served: { tier: "a\nb" } }, "served.tier must have letters"],
    ["a refusal in other words", { refusal: "yes" }, "refusal must be one of before_output, after_output"],
    ["an account with a separator", { billing_account: "a#b" }, "billing_account must not contain #"],
    ["a long problem", { usage_problems: ["x".repeat(201)] }, "usage_problems[0] must have at most 200"],
  ])("is not %s", (_, given, message) => {
    expect(refused({ ...smallest, ...given }).join("; ")).toContain(message);
  });
});

describe("how a call went", () => {
  it("is told in details that are not counted", () => {
    const details = {
      time_to_first_token_ms: 81.5,
      attempts: 3,
      usage_estimated: true,
      response_quality_score: 0.8125,
      prompt_hash: "0123456789abcdef".repeat(4),
    };
    expect(accepted({ ...smallest, ...details })).toMatchObject({
      timeToFirstTokenMs: 82,
      attempts: 3,
      usageEstimated: true,
      responseQualityScore: 0.8125,
      promptHash: "0123456789abcdef".repeat(4),
    });
  });

  it("is the same metric whether its usage is said to be the provider's own, or nothing is said", () => {
    expect(accepted({ ...smallest, usage_estimated: false })).toEqual(accepted(smallest));
  });

  it.each([0, 1, 0.5, 0.0001, 0.9999])("may be good by %s", (score) => {
    const { responseQualityScore } = accepted({ ...smallest, response_quality_score: score });
    expect(responseQualityScore).toBe(score);
  });

  it("is shown as it was told, and not at all where it was not", () => {
    const shown = (metric: AIUsageMetric) => {
      const pricing = { status: "unpriced" as const, reason: "no price", units: [] };
      return JSON.parse(JSON.stringify(toWireMetric({ metric, pricing, customScopes: [] })));
    };
    const details = {
      time_to_first_token_ms: 80,
      attempts: 2,
      usage_estimated: true,
      response_quality_score: 0.75,
      prompt_hash: "a".repeat(32),
    };
    expect(shown(accepted({ ...smallest, ...details }))).toMatchObject(details);
    for (const field of Object.keys(details)) expect(shown(accepted(smallest))).not.toHaveProperty(field);
  });
});

describe("metadata", () => {
  const errorsOf = (metadata: unknown) => refused({ metadata });

  it("may hold plain values that the table can hold", () => {
    const metadata = {
      a: Number.MAX_SAFE_INTEGER,
      b: -1.5,
      c: 0,
      d: 1e-100,
      e: "",
      f: "x".repeat(256),
      g: "🚀",
    };
    expect(accepted({ ...smallest, metadata }).metadata).toEqual(metadata);
  });

  it.each<[string, unknown, string]>([
    ["a number that DynamoDB cannot hold", { a: 1e300 }, "metadata.a"],
    ["a number that no integer of ours can hold", { a: 2 ** 53 }, "metadata.a"],
    ["a number too close to zero", { a: 1e-200 }, "metadata.a"],
    ["half a character", { a: "\ud800" }, "metadata.a"],
    ["a long text", { a: "x".repeat(257) }, "metadata.a"],
    ["a list", { a: [] }, "metadata.a"],
    ["nothing", { a: null }, "metadata.a"],
    ["another level", { a: { b: 1 } }, "metadata.a"],
    ["a prompt", { Prompt: "Write me a poem" }, "metadata.Prompt"],
    ["messages", { messages: "hi" }, "metadata.messages"],
    ["an odd name", { "a b": 1 }, "metadata.a b"],
    ["a prototype", JSON.parse('{"__proto__": "x"}'), "metadata"],
    ["too much", Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`k${index}`, 1])), "metadata"],
  ])("may not hold %s", (_, metadata, field) => {
    expect(errorsOf(metadata)).toEqual([expect.stringMatching(new RegExp(`^${field} must `))]);
  });
});
