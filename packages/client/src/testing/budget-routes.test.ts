import { Amount, type Instant, parseInstant } from "@ai-usage/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AIUsageClient } from "../ai-usage-client.ts";
import { type MemoryApi, startMemoryApi } from "./memory-api.ts";

let now: Instant;
let api: MemoryApi;
let client: AIUsageClient;
beforeEach(async () => {
  now = parseInstant("2026-11-22T12:00:00Z");
  api = await startMemoryApi(() => now);
  client = new AIUsageClient({ apiUrl: api.url, token: api.token, retries: 0 });
});
afterEach(() => api.close());

const daily = { scope: "team:growth", amount: "100", period: "daily" } as const;
const refused = (status: number) => expect.objectContaining({ name: "ApiError", status });

let calls = 0;
const spend = (cost: string) =>
  client.recordMetrics([
    {
      request_id: `call-${++calls}`,
      service: "openai",
      operation: "chat",
      timestamp: now,
      team: "growth",
      cost_usd: cost,
    },
  ]);

describe("budget in memory", () => {
  it("is made, changed, ended and taken up again, and its audit trail says so", async () => {
    const { budget_id: id } = await client.createBudget({ ...daily, reason: "first" });
    await client.updateBudget(id, { amount: "150", contact: "ops" });
    expect((await client.updateBudget(id, { contact: null })).budget).not.toHaveProperty("contact");
    expect((await client.deactivateBudget(id)).active).toBe(false);
    expect((await client.reactivateBudget(id, { reason: "again" })).active).toBe(true);
    const { entries } = await client.budgetChanges(id);
    expect(
      entries.map(({ kind, reason, before, after }) => [kind, reason, before?.amount, after.amount]),
    ).toEqual([
      ["reactivate", "again", "150", "150"],
      ["deactivate", undefined, "150", "150"],
      ["update", undefined, "150", "150"],
      ["update", undefined, "100", "150"],
      ["create", "first", undefined, "100"],
    ]);
  });

  it("carries on what was unused, and has more for a while", async () => {
    const { budget_id: id } = await client.createBudget({ ...daily, rollover: { cap: "30" } });
    await spend("80");
    now = parseInstant("2026-11-23T12:00:00Z");
    await spend("25");
    const { budget } = await client.addIncrease(id, { amount: "5", hours: 2, reason: "launch" });
    expect(await client.budgetStatus(id)).toMatchObject({
      limit: "125",
      limit_parts: { amount: "100", rolled_over: "20", increased: "5" },
      spent: "25",
      remaining: "100",
    });
    await client.endIncrease(id, budget.increases[0]?.increase_id ?? "");
    now = parseInstant("2026-11-23T12:00:01Z");
    expect((await client.budgetStatus(id)).limit).toBe("120");
    const { periods } = await client.budgetHistory(id);
    expect(periods.map(({ id: day, limit, spent, running }) => [day, limit, spent, running])).toEqual([
      ["2026-11-23", "120", "25", true],
      ["2026-11-22", "100", "80", false],
    ]);
    await expect(client.endIncrease(id, "none")).rejects.toEqual(refused(404));
  });

  it("waits for a second person where the policy says so", async () => {
    const { budget_id: id } = await client.createBudget(daily);
    api.ledger.budgets.policy = { aboveAmount: Amount.parse("50") };
    const { budget, proposal } = await client.updateBudget(id, { amount: "200", reason: "more" });
    expect([budget.amount, proposal?.state, proposal?.amount_after]).toEqual(["100", "pending", "200"]);
    const proposalId = proposal?.proposal_id ?? "";
    await expect(client.approveProposal(proposalId)).rejects.toEqual(refused(403));
    const stored = api.ledger.budgets.proposal(proposalId);
    api.ledger.budgets.proposals.set(proposalId, { ...stored, proposedBy: "another" });
    expect((await client.approveProposal(proposalId)).state).toBe("approved");
    expect((await client.getBudget(id)).amount).toBe("200");
    expect((await client.listProposals({ state: "pending" })).proposals).toEqual([]);
    await expect(client.rejectProposal(proposalId)).rejects.toEqual(refused(409));
  });

  it("is one, however often budgets as code make it, and another with other terms is refused", async () => {
    const managed = { ...daily, managed_by: "code:main", managed_key: "growth" };
    const first = await client.createBudget(managed);
    expect(await client.createBudget(managed)).toEqual(first);
    await expect(client.createBudget({ ...managed, amount: "5" })).rejects.toEqual(refused(409));
    expect((await client.listBudgets({ managed_by: "code:main" })).budgets).toHaveLength(1);
    expect((await client.listBudgets({ managed_by: "configure" })).budgets).toEqual([]);
  });

  it("is set by what it is for, twice with the same outcome, and ended by null", async () => {
    const limits = { daily_limit: "10", team_limits: { growth: { monthly: "200" } } };
    const { budgets } = await client.configureBudgets(limits);
    expect(budgets.map(({ scope, period, amount }) => [scope, period, amount])).toEqual([
      ["global:all", "daily", "10"],
      ["team:growth", "monthly", "200"],
    ]);
    expect((await client.configureBudgets(limits)).budgets).toEqual(budgets);
    await spend("12.5");
    expect(await client.costBudgetStatus()).toMatchObject({
      exceeded: true,
      overage: "2.5",
      hours_until_reset: 12,
    });
    expect(await client.teamStatus("growth")).toMatchObject({ exceeded: false, overage: "0" });
    await client.setDailyBudget(null);
    expect(await client.costBudgetStatus()).toMatchObject({ budgets: [], hours_until_reset: null });
  });

  it("has templates", async () => {
    const template = await client.createTemplate({ pattern: "user:*", amount: "5", period: "daily" });
    expect(template).toMatchObject({ template_id: "tpl_1", name: "{scope} daily", active: true });
    expect((await client.deactivateTemplate("tpl_1")).active).toBe(false);
    expect((await client.listTemplates()).templates).toHaveLength(1);
    await expect(client.getTemplate("tpl_2")).rejects.toEqual(refused(404));
  });
});
