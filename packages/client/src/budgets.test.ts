import { parseInstant } from "@ai-usage/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AIUsageClient } from "./ai-usage-client.ts";
import { ApiError, BudgetExhaustedError } from "./errors.ts";
import { type MemoryApi, startMemoryApi } from "./testing/memory-api.ts";

const NOW = parseInstant("2026-11-22T12:00:00Z");
const DAILY = { scope: "team:growth", amount: "50", period: "daily" } as const;

let now = NOW;
let api: MemoryApi;
let client: AIUsageClient;
beforeEach(async () => {
  now = NOW;
  api = await startMemoryApi(() => now);
  client = new AIUsageClient({ apiUrl: api.url, token: api.token, retryDelayMs: 1 });
});
afterEach(() => api.close());

const spend = (cost_usd: string) =>
  client.recordMetrics([
    { request_id: cost_usd, service: "s", operation: "o", timestamp: NOW, cost_usd, team: "growth" },
  ]);

describe("budgets", () => {
  it("are listed by scope, by activity and by what keeps them", async () => {
    const managed = { managed_by: "code:prod", managed_key: "growth" };
    const { budget_id } = await client.createBudget({ ...DAILY, ...managed });
    await client.createBudget({ ...DAILY, scope: "global:all" });
    expect((await client.listBudgets({ scope: "team:growth" })).budgets).toHaveLength(1);
    expect((await client.listBudgets({ managed_by: "code:prod" })).budgets).toMatchObject([managed]);
    await client.deactivateBudget(budget_id, { reason: "over" });
    expect((await client.listBudgets({ active: true })).budgets).toHaveLength(1);
    expect(await client.reactivateBudget(budget_id)).toMatchObject({ budget_id, active: true });
    const { entries } = await client.budgetChanges(budget_id, { limit: 2 });
    expect(entries.map(({ kind, reason }) => [kind, reason])).toEqual([
      ["reactivate", undefined],
      ["deactivate", "over"],
    ]);
  });

  it("are changed at once, or wait for a second person", async () => {
    const { budget_id } = await client.createBudget(DAILY);
    const changed = await client.updateBudget(budget_id, { amount: "60", contact: "ops" });
    expect(changed).toMatchObject({ budget: { amount: "60", contact: "ops" } });
    expect(changed.proposal).toBeUndefined();
    api.ledger.budgets.policy = { aboveRatio: "2" };
    const { budget, proposal } = await client.updateBudget(budget_id, { amount: "600" });
    expect(budget.amount).toBe("60");
    expect(proposal).toMatchObject({ amount_before: "60", amount_after: "600", state: "pending" });
    expect((await client.listProposals({ state: "pending" })).proposals).toHaveLength(1);
    const id = proposal?.proposal_id ?? "";
    await expect(client.approveProposal(id)).rejects.toMatchObject({ status: 403 });
    expect(await client.rejectProposal(id, { reason: "no" })).toMatchObject({ decision_reason: "no" });
  });

  it("are given more for a while, which can be ended", async () => {
    const { budget_id } = await client.createBudget(DAILY);
    const { budget } = await client.addIncrease(budget_id, { amount: "5", hours: 2, reason: "launch" });
    expect(budget.increases).toMatchObject([{ amount: "5", reason: "launch" }]);
    const [increase] = budget.increases;
    const ended = await client.endIncrease(budget_id, increase?.increase_id ?? "");
    expect(ended.increases).toHaveLength(1);
    await expect(client.endIncrease(budget_id, "inc_9")).rejects.toMatchObject({ status: 404 });
  });

  it("have a history, and templates that make them", async () => {
    const { budget_id } = await client.createBudget(DAILY);
    await spend("12.5");
    expect((await client.budgetHistory(budget_id, { periods: 3 })).periods).toMatchObject([
      { id: "2026-11-22", spent: "12.5", percent_used: "25", running: true },
    ]);
    const { template_id } = await client.createTemplate({ pattern: "user:*", amount: 5, period: "daily" });
    expect((await client.listTemplates()).templates).toHaveLength(1);
    expect((await client.deactivateTemplate(template_id)).active).toBe(false);
    expect((await client.getTemplate(template_id)).active).toBe(false);
  });
});

describe("budgets by what they are for", () => {
  it("are set, changed and ended without ids", async () => {
    await client.setDailyBudget("100");
    await client.setFeatureBudget("answer_draft", 10, { enforcement: "hard" });
    await client.setUserDailyLimit("ada", "5");
    await client.setTeamBudget("growth", { daily: "20", monthly: "400" });
    const budgets = (await client.listBudgets({ active: true })).budgets;
    expect(budgets.map(({ scope, period, amount }) => `${scope} ${period} ${amount}`).sort()).toEqual([
      "feature:answer_draft daily 10",
      "global:all daily 100",
      "team:growth daily 20",
      "team:growth monthly 400",
      "user:ada daily 5",
    ]);
    await client.setDailyBudget("120");
    await client.setTeamBudget("growth", { daily: null });
    now = parseInstant("2026-11-22T12:01:00Z");
    await spend("25");
    const status = await client.teamStatus("growth");
    expect(status).toMatchObject({ exceeded: false, budgets: [{ spent: "25", limit: "400" }] });
    expect((await client.costBudgetStatus()).budgets).toMatchObject([{ limit: "120" }]);
    expect((await client.costAlerts()).alerts).toEqual([]);
  });
});

describe("alerts and channels", () => {
  it("are listed by what matters, and acted on", async () => {
    await client.createBudget(DAILY);
    await spend("41");
    const { alerts } = await client.listAlerts({
      state: ["open"],
      level: "WARNING",
      kind: ["budget_threshold"],
    });
    expect(alerts.map(({ level }) => level)).toEqual(["WARNING"]);
    const id = alerts[0]?.alert_id ?? "";
    expect(await client.acknowledgeAlert(id, { note: "on it" })).toMatchObject({
      state: "acknowledged",
      acknowledged: { note: "on it" },
    });
    expect(await client.snoozeAlert(id, { minutes: 30 })).toMatchObject({
      snoozed_until: "2026-11-22T12:30:00.000Z",
    });
    expect((await client.resolveAlert(id)).state).toBe("resolved");
    expect((await client.getAlert(id)).state).toBe("resolved");
    expect((await client.listDeliveries({ state: "failed" })).deliveries).toEqual([]);
    expect(await client.redriveDeliveries()).toEqual({ redriven: 0 });
    await expect(client.redriveDelivery(id, "chn_1")).rejects.toMatchObject({ status: 409 });
  });

  it("keep a secret that is answered once at most", async () => {
    const url = "https://hooks.example.com/a";
    const made = await client.createChannel({ kind: "webhook", name: "ledger", url });
    expect(made.secret).toBeDefined();
    expect(await client.getChannel(made.channel_id)).not.toHaveProperty("secret");
    const changed = await client.updateChannel(made.channel_id, {
      min_level: "CRITICAL",
      scopes: ["team:*"],
    });
    expect(changed).toMatchObject({ min_level: "CRITICAL", has_secret: true });
    expect(await client.testChannel(made.channel_id)).toMatchObject({ outcome: "sent" });
    expect((await client.deleteChannel(made.channel_id)).has_secret).toBe(false);
    expect((await client.listChannels()).channels).toEqual([]);
  });
});

describe("leases", () => {
  const call = { service: "openai", model: "gpt-4o", team: "growth" };
  const lease = { lease_id: "lea_1", state: "open", calls: 2 };
  const exhausted = {
    type: "urn:ai-usage:problem:budget-exhausted",
    title: "Budget exhausted",
    status: 429,
    detail: 'budget "growth" of team:growth has 0 requests left',
    budgets: [{ budget_id: "bud_1", unit: "requests", resets_at: NOW, retry_at: NOW, remaining: "0" }],
    retry_after_seconds: 41,
  };

  it("are acquired, renewed, settled, released and read", async () => {
    api.answerNext(...Array.from({ length: 5 }, () => ({ status: 200, body: lease })));
    await client.acquireLease({ call, max: { cost_usd: "0.03" }, calls: 2, ttl_seconds: 30 });
    await client.renewLease("lea_1", { calls: 2, spent: { cost_usd: "0.01" } });
    await client.settleLease("lea_1", { cost_usd: "0.05", tokens: 100, requests: 2 });
    await client.releaseLease("lea_1");
    expect(await client.getLease("lea_1")).toEqual(lease);
    expect(api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /leases",
      "POST /leases/lea_1/renew",
      "POST /leases/lea_1/settle",
      "POST /leases/lea_1/release",
      "GET /leases/lea_1",
    ]);
    expect(api.requests[2]?.body).toEqual({ spent: { cost_usd: "0.05", tokens: 100, requests: 2 } });
  });

  it("are refused with what is short and when to come again, and not asked for a second time", async () => {
    api.answerNext({ status: 429, body: exhausted });
    const error = await client.acquireLease({ call }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(BudgetExhaustedError);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      name: "BudgetExhaustedError",
      status: 429,
      message: exhausted.detail,
      budgets: [{ budget_id: "bud_1", remaining: "0" }],
      retryAfterSeconds: 41,
    });
    api.answerNext({ status: 402, body: { ...exhausted, status: 402 } });
    await expect(client.decide({ call })).rejects.toBeInstanceOf(BudgetExhaustedError);
    expect(api.requests).toHaveLength(2);
  });

  it("that are only asked for too often are asked for again where that does no harm", async () => {
    api.answerNext({ status: 429, body: {} }, { status: 200, body: { allowed: true } });
    expect(await client.decide({ call })).toEqual({ allowed: true });
    api.answerNext({ status: 429, body: {} });
    await expect(client.acquireLease({ call })).rejects.not.toBeInstanceOf(BudgetExhaustedError);
  });
});
