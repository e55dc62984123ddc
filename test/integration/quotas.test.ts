import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AIUsageClient } from "@ai-usage/client";
import { rollUp } from "@ai-usage/store";
import { createTracker, type Tracker } from "@ai-usage/tracker";
import { configureAlerts, quotaOf, withQuota } from "@ai-usage/tracker/quotas";
import { type ProviderServer, startProviderServer } from "@ai-usage/tracker/testing";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newToken, newTokens } from "../support/bad-input.ts";
import { newTable, type TestTable } from "../support/engine.ts";
import { openGateway } from "../support/gateway.ts";
import { type ServedGateway, serveGateway } from "../support/served-gateway.ts";
import { readStream, recordsOf } from "../support/stream.ts";

let table: TestTable;
let served: ServedGateway;
let provider: ProviderServer;
let tokens: Awaited<ReturnType<typeof newTokens>> & { reader: string };
let admin: AIUsageClient;
let spoolDirectory: string;
let tracker: Tracker;

beforeAll(async () => {
  table = await newTable();
  served = await serveGateway(await openGateway(table));
  provider = await startProviderServer();
  tokens = {
    ...(await newTokens(table)),
    reader: await newToken(table, "reader", ["read"], { scopes: ["team:growth"] }),
  };
  admin = new AIUsageClient({ apiUrl: served.url, token: tokens.admin });
  spoolDirectory = mkdtempSync(join(tmpdir(), "ai-usage-quotas-"));
  tracker = createTracker({ apiUrl: served.url, token: tokens.ingest, env: {}, spoolDirectory });
});
afterAll(async () => {
  await tracker?.close();
  await provider?.close();
  await served?.close();
  await table?.drop();
  rmSync(spoolDirectory, { recursive: true, force: true });
});

/** What the stream has, each time from its beginning: what is counted already is not counted again. */
async function counted(): Promise<void> {
  await rollUp(table, recordsOf(await readStream(table), "USAGE#"), "shard");
}

const question = { model: "gpt-4o", messages: [{ role: "user" as const, content: "hello" }] };

describe("a client with a quota, against the functions that would be deployed", () => {
  it("has its calls priced and counted for the team, and tells what is left", async () => {
    await admin.setTeamBudget("growth", { daily: "0.01", monthly: "5" });
    // It may read what is the team's, and nothing else.
    const openai = withQuota(
      tracker,
      new OpenAI({ baseURL: provider.openAIUrl, apiKey: "sk-test", maxRetries: 0 }),
      { team: "growth", apiUrl: served.url, token: tokens.reader },
    );
    expect(await openai.remainingBudget()).toMatchObject({ usd: "0.01" });
    provider.nextAnswer({ text: "hi", usage: { input: 1000, output: 900 } });
    await openai.chat.completions.create(question);
    await tracker.flush();
    await counted();

    // 1,000 tokens at $2.50 and 900 at $10 a million: $0.0115.
    expect(await openai.remainingBudget()).toMatchObject({ usd: "-0.0015" });
    const status = await openai.status();
    expect(status).toMatchObject({ exceeded: true, overage: "0.0015", percentUsed: "115" });
    expect(status.resetsAt).toMatch(/T00:00:00/);
    const report = await openai.usageReport({ days: 2 });
    expect(report).toMatchObject({ scope: "team:growth", cost: "0.0115", calls: 1, tokens: 1900 });
    expect(report.byDay[report.to] ?? report.byDay[report.from]).toMatchObject({ cost: "0.0115" });
  });

  it("is not told of what its token may not read", async () => {
    const other = quotaOf({ team: "care", apiUrl: served.url, token: tokens.reader });
    await expect(other.status()).rejects.toMatchObject({ name: "ApiError", status: 403 });
    const ingest = quotaOf({ team: "growth", apiUrl: served.url, token: tokens.ingest });
    await expect(ingest.status()).rejects.toMatchObject({ status: 403 });
  });

  it("has custom scopes and jobs", async () => {
    await admin.createBudget({ scope: "department:sales", amount: "3", period: "daily" });
    await admin.createBudget({ scope: "job:nightly", amount: "40", unit: "requests", period: "daily" });
    const quota = quotaOf({
      ...{ jobId: "nightly", metadata: { department: "sales" }, scopeMetadataKeys: ["department"] },
      ...{ apiUrl: served.url, token: tokens.read },
    });
    expect(await quota.remainingBudget()).toMatchObject({ usd: "3", requests: "40" });
    expect(await quota.usageReport()).toMatchObject({ scope: "job:nightly", cost: "0", calls: 0 });
  });
});

describe("alerts in process, against the functions that would be deployed", () => {
  it("are told as the team's spend passes them", async () => {
    await admin.setTeamBudget("care", { daily: "10" });
    const told: string[] = [];
    using alerts = configureAlerts({
      ...{ team: "care", apiUrl: served.url, token: tokens.read, everyMs: 3_600_000 },
      thresholds: { half: "50%", eight_dollars: "8.00" },
      callbacks: {
        half: ({ budget }) => told.push(`half: ${budget.spent}`),
        eight_dollars: ({ budget }) => told.push(`eight dollars: ${budget.spent}`),
      },
    });
    const spend = async (request_id: string, cost_usd: string) => {
      const call = { service: "openai", model: "gpt-4o", input_tokens: 1, output_tokens: 1, team: "care" };
      await admin.trackRequest({ request_id, ...call, cost_usd });
      await counted();
    };
    await spend("care-1", "4.99");
    await alerts.check();
    await spend("care-2", "0.01");
    await alerts.check();
    await spend("care-3", "3");
    await alerts.check();
    await alerts.check();
    expect(told).toEqual(["half: 5", "eight dollars: 8"]);
  });
});

describe("trackRequest, against the functions that would be deployed", () => {
  it("says what a call costs by the price book, and what quality that bought", async () => {
    const tracked = await admin.trackRequest({
      ...{ service: "openai", model: "gpt-4o", feature: "policies" },
      ...{ input_tokens: 1500, output_tokens: 2000, response_quality_score: 0.95 },
    });
    // 1,500 tokens at $2.50 and 2,000 at $10 a million; 0.95 / 0.02375.
    expect(tracked).toMatchObject({ cost_usd: "0.02375", pricing_status: "priced", efficiency_score: 40 });
  });
});

describe("budgets by what they are for, over the client", () => {
  it("are one each, however many set them at once, and as the last one says", async () => {
    const set = (amount: string) =>
      Promise.all([
        admin.setDailyBudget(amount),
        admin.setFeatureBudget("policies", amount),
        admin.setUserDailyLimit("ada", amount),
      ]);
    await Promise.all([set("100"), set("100"), set("100"), set("100")]);
    await set("50");
    for (const scope of ["global:all", "feature:policies", "user:ada"]) {
      const { budgets } = await admin.listBudgets({ scope });
      expect(budgets.map(({ period, amount, active }) => [period, amount, active])).toEqual([
        ["daily", "50", true],
      ]);
    }
  });
});
