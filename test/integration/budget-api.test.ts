import { parseScope } from "@ai-usage/core";
import { createBudget } from "@ai-usage/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BudgetApi, openBudgetApi } from "../support/budget-api.ts";
import { aNewBudget, aNote } from "../support/budgets.ts";

let api: BudgetApi;

beforeAll(async () => {
  api = await openBudgetApi();
});
afterAll(() => api.table.drop());

describe("budget over HTTP", () => {
  it("is made, found, listed and shown the same everywhere", async () => {
    const made = await api.newBudget("team:shown", {
      unit: "tokens",
      amount: "5000000000",
      period: "weekly",
      time_zone: "Asia/Kathmandu",
      week_starts_on: "sunday",
      thresholds: [80, { amount: "4900000000", level: "CRITICAL" }, { percent: 100, on: "forecast" }],
      enforcement: "shadow",
      fail_mode: "closed",
      rollover: {},
      contact: "finance@example.com",
      metadata: { cost_center: "4711" },
      reason: "first",
    });
    expect(made).toMatchObject({
      budget_id: expect.stringMatching(/^bud_\w{16}$/),
      name: "team:shown weekly tokens",
      unit: "tokens",
      amount: "5000000000",
      week_starts_on: "sunday",
      thresholds: [
        { percent: "80", amount: "4000000000", on: "actual", level: "WARNING" },
        { amount: "4900000000", on: "actual", level: "CRITICAL" },
        { percent: "100", amount: "5000000000", on: "forecast", level: "WARNING" },
      ],
      enforcement: "shadow",
      fail_mode: "closed",
      rollover: { cap: "5000000000" },
      contact: "finance@example.com",
      metadata: { cost_center: "4711" },
      active: true,
      revision: 1,
      created_by: "admin",
      increases: [],
    });
    expect(made).not.toHaveProperty("currency");
    expect(await api.answered(200, "GET", `/budgets/${made.budget_id}`, undefined, "read")).toEqual(made);
    const listed = await api.answered(200, "GET", "/budgets?scope=team:shown", undefined, "read");
    expect(listed).toEqual({ budgets: [made], next_cursor: null });
    expect(await api.auditOf(String(made.budget_id))).toEqual([
      {
        change_id: expect.stringMatching(/^chg_/),
        at: made.created_at,
        by: "admin",
        kind: "create",
        reason: "first",
        after: made,
      },
    ]);
  });

  it("is changed where it may be, and the audit trail shows before and after", async () => {
    const made = await api.newBudget("team:changed", { contact: "ops", rollover: {} });
    const path = `/budgets/${made.budget_id}`;
    const changed = await api.answered(200, "PATCH", path, {
      name: "growth",
      amount: "250.5",
      thresholds: [90],
      contact: null,
      rollover: null,
      reason: "we grow",
    });
    expect(changed).toMatchObject({ name: "growth", amount: "250.5", revision: 2 });
    for (const ended of ["contact", "rollover"]) expect(changed).not.toHaveProperty(ended);
    const [change, creation] = await api.auditOf(String(made.budget_id));
    expect(change).toMatchObject({ kind: "update", by: "admin", reason: "we grow", before: made });
    expect(change?.after).toEqual(changed);
    expect(creation).toMatchObject({ kind: "create" });
    expect(await api.answered(200, "PATCH", path, { name: "growth" })).toEqual(changed);
    expect(await api.auditOf(String(made.budget_id))).toHaveLength(2);
  });

  it("is refused a change that does not go with what it has, by the name of the field", async () => {
    const id = await api.newBudgetId("team:hourly", { period: "hourly" });
    const refused = await api.ask("PATCH", `/budgets/${id}`, { rollover: {} });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: "rollover" }] } });
    const counted = await api.newBudgetId("team:counted", { unit: "requests" });
    expect(await api.ask("PATCH", `/budgets/${counted}`, { amount: "1.5" })).toMatchObject({
      status: 400,
      body: { errors: [{ field: "amount", message: "must be a whole number of requests" }] },
    });
  });

  it("ends and comes back, as often as it is asked, with two entries in the audit trail", async () => {
    const id = await api.newBudgetId("team:ended");
    for (const reason of ["over", undefined])
      expect(await api.answered(200, "POST", `/budgets/${id}/deactivate`, { reason })).toMatchObject({
        active: false,
      });
    const activeOnes = async (active: boolean) =>
      (await api.answered(200, "GET", `/budgets?scope=team:ended&active=${active}`)).budgets;
    expect(await activeOnes(true)).toEqual([]);
    expect(await activeOnes(false)).toHaveLength(1);
    for (let times = 0; times < 2; times++)
      expect(await api.answered(200, "POST", `/budgets/${id}/reactivate`)).toMatchObject({ active: true });
    expect((await api.auditOf(id)).map(({ kind, reason }) => [kind, reason])).toEqual([
      ["reactivate", undefined],
      ["deactivate", "over"],
      ["create", undefined],
    ]);
  });

  it("as code is made once, and a second one like it is that", async () => {
    const managed = { managed_by: "code:main", managed_key: "growth" };
    const made = await api.newBudget("team:code", managed);
    expect(made).toMatchObject(managed);
    const body = { scope: "team:code", amount: "100.00", period: "monthly", ...managed };
    expect(await api.answered(200, "POST", "/budgets", body)).toEqual(made);
    const other = await api.ask("POST", "/budgets", { ...body, amount: 5 });
    expect(other.status).toBe(409);
    expect(other.body.detail).toContain(made.budget_id);
    expect(await api.answered(200, "GET", "/budgets?managed_by=code:main")).toMatchObject({
      budgets: [{ budget_id: made.budget_id }],
    });
    await api.answered(200, "POST", `/budgets/${made.budget_id}/deactivate`);
    expect((await api.ask("POST", "/budgets", body)).status).toBe(409);
  });

  it("of a scope without room for more is refused with what to do", async () => {
    const scope = parseScope("team:full");
    for (let count = 0; count < 2; count++) {
      const large = aNewBudget({ scope, metadata: { text: "x".repeat(203_500) } });
      await createBudget(api.table, large, aNote(`${large.budgetId}.created`));
    }
    const metadata = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`key_${n}`, "x".repeat(256)]));
    expect(await api.ask("POST", "/budgets", { scope, amount: 1, period: "daily", metadata })).toMatchObject({
      status: 409,
      contentType: "application/problem+json",
      body: { title: "Conflict", detail: expect.stringContaining("deactivate") },
    });
    expect(await api.answered(200, "GET", "/budgets?scope=team:full")).toMatchObject({
      budgets: [{ amount: "100" }, { amount: "100" }],
    });
  });
});

describe("status over HTTP", () => {
  it("says what is spent and left, and its parts make up the limit", async () => {
    const id = await api.newBudgetId("team:spent");
    await api.spend({ team: "spent" }, "30.25");
    const status = await api.answered(200, "GET", `/budgets/${id}/status`, undefined, "read");
    expect(status).toMatchObject({
      budget: { budget_id: id },
      period: { kind: "monthly" },
      limit: "100",
      spent: "30.25",
      reserved: "0",
      remaining: "69.75",
      percent_used: "30.25",
      exceeded: false,
      overage: "0",
      unpriced_calls: 0,
    });
    const { periods } = await api.answered(200, "GET", `/budgets/${id}/history?periods=3`, undefined, "read");
    expect(periods).toEqual([
      expect.objectContaining({
        budgeted: "100",
        rolled_over: "0",
        limit: "100",
        spent: "30.25",
        running: true,
      }),
    ]);
  });

  it("of a hard budget counts what leases hold", async () => {
    const id = await api.newBudgetId("team:leased", { enforcement: "hard" });
    const lease = {
      call: { service: "openai", model: "gpt-4o", operation: "chat", team: "leased" },
      max: { cost_usd: "4" },
    };
    await api.answered(201, "POST", "/leases", lease, "ingest");
    const status = await api.answered(200, "GET", `/budgets/${id}/status`);
    expect(status).toMatchObject({ limit: "100", spent: "0", reserved: "4", remaining: "96" });
  });
});

describe("token that is limited to a scope", () => {
  it("sets, sees and decides about budgets of its scope only", async () => {
    const mine = { scope: "team:growth", amount: 100, period: "monthly" };
    const { budget_id: id } = await api.answered(201, "POST", "/budgets", mine, "growth");
    const other = await api.newBudgetId("team:other");
    await api.answered(202, "PATCH", `/budgets/${id}`, { amount: 5000 });
    const { proposal } = await api.answered(202, "PATCH", `/budgets/${other}`, { amount: 5000 });
    const otherProposal = `/budgets/proposals/${(proposal as { proposal_id: string }).proposal_id}`;

    expect(await api.answered(200, "GET", "/budgets", undefined, "growth")).toMatchObject({
      budgets: [{ budget_id: id }],
    });
    expect(await api.answered(200, "GET", "/budgets?scope=team:other", undefined, "growth")).toEqual({
      budgets: [],
      next_cursor: null,
    });
    expect(await api.answered(200, "GET", "/budgets/proposals", undefined, "growth")).toMatchObject({
      proposals: [{ budget_id: id }],
    });
    for (const [method, path] of [
      ["GET", ""],
      ["PATCH", ""],
      ["GET", "/status"],
      ["GET", "/history"],
      ["GET", "/changes"],
      ["POST", "/deactivate"],
      ["POST", "/increases"],
      ["DELETE", "/increases/none"],
    ] as const) {
      const body = method === "PATCH" || method === "POST" ? { amount: 1 } : undefined;
      const answer = await api.ask(method, `/budgets/${other}${path}`, body, "growth");
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
    expect((await api.ask("POST", `${otherProposal}/approve`, undefined, "growth")).status).toBe(404);
    expect((await api.ask("POST", `${otherProposal}/reject`, undefined, "growth")).status).toBe(404);
    const configured = { team_limits: { growth: { daily: 5 }, other: { daily: 5 } } };
    expect((await api.ask("POST", "/api/v1/ai/cost/budget/configure", configured, "growth")).status).toBe(
      403,
    );
    const status = "/api/v1/ai/cost/budget/status";
    expect((await api.ask("GET", `${status}?team=growth`, undefined, "growth")).status).toBe(200);
    expect((await api.ask("GET", `${status}?team=other`, undefined, "growth")).status).toBe(403);
  });
});
