import { AIUsageClient } from "@ai-usage/client";
import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { type Instant, parseInstant } from "@ai-usage/core";
import Anthropic from "@anthropic-ai/sdk";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import { type ProviderServer, startProviderServer } from "../testing/index.ts";
import { testTracker } from "../testing/test-tracker.ts";
import { quotaOf } from "./quota.ts";
import { withQuota } from "./with-quota.ts";

let now: Instant;
let api: MemoryApi;
let client: AIUsageClient;
beforeEach(async () => {
  now = parseInstant("2026-11-22T12:00:00Z");
  api = await startMemoryApi(() => now);
  client = new AIUsageClient({ apiUrl: api.url, token: api.token });
});
afterEach(() => api.close());

const connection = () => ({ apiUrl: api.url, token: api.token, now: () => Date.parse(now) });

let calls = 0;
const spend = (cost_usd: string, fields: object) => {
  calls += 1;
  return client.recordMetrics([
    {
      ...{ request_id: `r${calls}`, service: "openai", model: "gpt-4o", operation: "chat", timestamp: now },
      ...{ input_tokens: 1200, output_tokens: 300, cost_usd },
      ...fields,
    },
  ]);
};

describe("what is left of a budget", () => {
  it("is told of each, and the least of each unit, to the last digit", async () => {
    await client.setTeamBudget("growth", { daily: "10", monthly: "100" });
    await client.createBudget({ scope: "user:ada", amount: "5000", unit: "tokens", period: "daily" });
    await client.createBudget({ scope: "team:care", amount: "1", period: "daily" });
    await spend("9.999999999999999999", { team: "growth", user_id: "ada" });
    const left = await quotaOf({ team: "growth", userId: "ada", ...connection() }).remainingBudget();
    expect(left).toMatchObject({ usd: "0.000000000000000001", tokens: "3500" });
    expect(left).not.toHaveProperty("requests");
    expect(
      left?.budgets.map(({ scope, period, remaining }) => `${scope} ${period} ${remaining}`).sort(),
    ).toEqual([
      "team:growth daily 0.000000000000000001",
      "team:growth monthly 90.000000000000000001",
      "user:ada daily 3500",
    ]);
  });

  it("is undefined where there is none", async () => {
    expect(await quotaOf({ team: "growth", ...connection() }).remainingBudget()).toBeUndefined();
  });

  it("is told of environments, jobs and own scopes, page by page, without what is ended", async () => {
    // One more than a page has.
    const amounts = Array.from({ length: 101 }, (_, index) => index + 1);
    for (const amount of amounts)
      await client.createBudget({ scope: "job:nightly", amount, period: "daily" });
    const { budget_id } = await client.createBudget({ scope: "job:nightly", amount: "0.5", period: "daily" });
    await client.deactivateBudget(budget_id);
    await client.createBudget({ scope: "environment:production", amount: "7", period: "daily" });
    await client.createBudget({ scope: "department:sales", amount: "8", period: "daily" });
    await client.setDailyBudget("0.1");
    const scope = { jobId: "nightly", environment: "production", metadata: { department: "sales", desk: 7 } };
    const quota = quotaOf({ ...scope, scopeMetadataKeys: ["department"], ...connection() });
    const left = await quota.remainingBudget();
    expect(left?.budgets.map(({ limit }) => Number(limit)).sort((one, other) => one - other)).toEqual(
      [...amounts, 7, 8].sort((one, other) => one - other),
    );
    expect(left?.usd).toBe("1");
    expect(api.requests.some(({ query }) => query.scope?.startsWith("desk"))).toBe(false);
  });

  it("is of everything where nobody is named", async () => {
    await client.setDailyBudget("100");
    await client.setTeamBudget("growth", { daily: "10" });
    expect(await quotaOf(connection()).remainingBudget()).toMatchObject({ usd: "100", budgets: [{}] });
  });
});

describe("the status of a quota", () => {
  it("is the worst of its budgets, until none is exceeded any more", async () => {
    await client.setTeamBudget("growth", { daily: "10", weekly: "40", monthly: "100" });
    await client.createBudget({ scope: "team:growth", amount: "1", unit: "requests", period: "hourly" });
    await spend("12.5", { team: "growth" });
    expect(await quotaOf({ team: "growth", ...connection() }).status()).toMatchObject({
      exceeded: true,
      overage: "2.5",
      percentUsed: "125",
      resetsAt: "2026-11-23T00:00:00.000Z",
      hoursUntilReset: 12,
    });
  });

  it("is when the first budget begins anew, where none is exceeded", async () => {
    now = parseInstant("2026-11-22T23:40:00Z");
    await client.setTeamBudget("growth", { daily: "10", monthly: "100" });
    await spend("0.999", { team: "growth" });
    expect(await quotaOf({ team: "growth", ...connection() }).status()).toMatchObject({
      exceeded: false,
      overage: "0",
      percentUsed: "9.99",
      resetsAt: "2026-11-23T00:00:00.000Z",
      hoursUntilReset: 0.33,
    });
  });

  it("has neither percentage nor end without a budget", async () => {
    const status = await quotaOf({ team: "growth", ...connection() }).status();
    expect(status).toEqual({ exceeded: false, overage: "0", budgets: [] });
  });
});

describe("a usage report", () => {
  beforeEach(async () => {
    await spend("1", { team: "growth", timestamp: "2026-11-14T12:00:00Z" });
    await spend("0.1", { team: "growth", timestamp: "2026-11-21T12:00:00Z" });
    await spend("0.2", { team: "growth" });
    await spend("4", { team: "care", model: "gpt-4o-mini" });
  });

  it("says what a team spent in the last days, and on which of them", async () => {
    const quota = quotaOf({ team: "growth", userId: "ada", ...connection() });
    const report = await quota.usageReport();
    expect(report).toMatchObject({
      ...{ scope: "team:growth", from: "2026-11-16", to: "2026-11-22" },
      ...{ cost: "0.3", calls: 2, tokens: 3000, inputTokens: 2400, outputTokens: 600 },
      ...{ unpricedCalls: 0, failedCalls: 0 },
      byDay: { "2026-11-21": { cost: "0.1", calls: 1 }, "2026-11-22": { cost: "0.2", calls: 1 } },
    });
    expect(report).not.toHaveProperty("byModel");
    expect((await quota.usageReport({ days: 9 })).cost).toBe("1.3");
    expect((await quota.usageReport({ days: 1 })).cost).toBe("0.2");
    await expect(quota.usageReport({ days: 0 })).rejects.toBeInstanceOf(RangeError);
  });

  it("says it by model, too, where it is about everything", async () => {
    expect(await quotaOf(connection()).usageReport({ days: 30 })).toMatchObject({
      ...{ scope: "global:all", cost: "5.3", calls: 4 },
      byModel: { "gpt-4o": { cost: "1.3", calls: 3 }, "gpt-4o-mini": { cost: "4", calls: 1 } },
    });
  });
});

describe("the API behind a quota", () => {
  it("is that of the environment, and its errors are the client's", async () => {
    const env = { AI_USAGE_API_URL: api.url, AI_USAGE_TOKEN: api.token };
    expect(await quotaOf({ team: "growth", env }).remainingBudget()).toBeUndefined();
    const wrong = quotaOf({ ...connection(), token: "wrong" });
    await expect(wrong.status()).rejects.toMatchObject({ name: "ApiError", status: 403 });
    const { url } = api;
    await api.close();
    await expect(quotaOf({ apiUrl: url, token: "t" }).status()).rejects.toMatchObject({
      name: "UnreachableError",
    });
  });

  it("may become known later", async () => {
    const env: Record<string, string> = {};
    const quota = quotaOf({ team: "growth", env, cwd: "/" });
    await expect(quota.status()).rejects.toMatchObject({ name: "NoConnectionError" });
    Object.assign(env, { AI_USAGE_API_URL: api.url, AI_USAGE_TOKEN: api.token });
    expect(await quota.status()).toMatchObject({ exceeded: false });
  });
});

describe("a client with a quota", () => {
  let provider: ProviderServer;
  beforeEach(async () => {
    provider = await startProviderServer();
  });
  afterEach(() => provider.close());
  const newClient = () => new OpenAI({ baseURL: provider.openAIUrl, apiKey: "sk-test", maxRetries: 0 });

  it("stays what it is, has its calls recorded for whom it is, and tells what is left", async () => {
    const { tracker, metrics } = testTracker();
    const bare = newClient();
    const openai = withQuota(tracker, bare, { team: "growth", feature: "drafts", ...connection() });
    expect(openai).toBe(bare);
    expectTypeOf(openai.chat).toEqualTypeOf<OpenAI["chat"]>();
    expect(Object.keys(openai)).not.toContain("status");
    await openai.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: "hello" }] });
    await tracker.close();
    expect(metrics).toMatchObject([{ team: "growth", feature: "drafts" }]);
    expect(JSON.stringify(metrics)).not.toContain(api.token);
    await client.setFeatureBudget("drafts", "2");
    expect(await openai.remainingBudget()).toMatchObject({ usd: "2" });
    expect(await openai.withOptions({ timeout: 1_000 }).status()).toMatchObject({ exceeded: false });
    expect((await openai.usageReport()).scope).toBe("team:growth");
  });

  it("asks about a user under the name that its metrics have", async () => {
    const { tracker } = testTracker({ hashUserIds: { key: "k".repeat(32) } });
    const { userId } = tracker.attribution({ userId: "ada" });
    await client.setUserDailyLimit(userId ?? "", "3");
    const openai = withQuota(tracker, newClient(), { userId: "ada", ...connection() });
    expect(await openai.remainingBudget()).toMatchObject({ usd: "3" });
    expect(JSON.stringify(api.requests)).not.toContain('"ada"');
    await tracker.close();
  });

  it.each<[string, () => object]>([
    ["openai", newClient],
    ["@anthropic-ai/sdk", () => new Anthropic({ apiKey: "sk-test" })],
    ["@google/genai", () => new GoogleGenAI({ apiKey: "key" })],
    ["Bedrock's runtime", () => new BedrockRuntimeClient({ region: "us-east-1" })],
  ])("is refused where another one has it, of %s too", async (_, make) => {
    const { tracker } = testTracker();
    const taken = tracker.wrap(make());
    expect(() => withQuota(tracker, taken, { team: "growth" })).toThrow(/wrapped already/);
    const mine = withQuota(tracker, make(), { team: "growth" });
    expect(() => withQuota(tracker, mine, { team: "care" })).toThrow(/wrapped already/);
    await tracker.close();
  });

  it("is refused where it has no room for one", async () => {
    const { tracker } = testTracker();
    const mine = Object.assign(newClient(), { status: () => "mine" });
    expect(() => withQuota(tracker, mine, { team: "growth" })).toThrow(/has a status of its own/);
    expect(() => withQuota(tracker, {}, { team: "growth" })).toThrow(TypeError);
    await tracker.close();
  });
});
