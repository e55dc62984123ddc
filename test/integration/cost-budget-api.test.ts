import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BudgetApi, openBudgetApi } from "../support/budget-api.ts";
import { itemsOf } from "../support/items.ts";

let api: BudgetApi;

beforeAll(async () => {
  api = await openBudgetApi();
});
afterAll(() => api.table.drop());

describe("configuration of budgets", () => {
  const path = "/api/v1/ai/cost/budget/configure";
  const configuration = {
    daily_limit: 500,
    service_limits: { policy_generation: 25 },
    team_limits: { configured: { daily: "10.5", monthly: 200 } },
    user_daily_limits: { ann: 2 },
    thresholds: [50, 100],
    reason: "set up",
  };

  it("makes budgets, and twice the same changes nothing", async () => {
    const first = await api.answered(200, "POST", path, configuration);
    const budgets = first.budgets as Record<string, unknown>[];
    expect(budgets.map(({ scope, period, amount }) => [scope, period, amount])).toEqual([
      ["global:all", "daily", "500"],
      ["feature:policy_generation", "daily", "25"],
      ["team:configured", "daily", "10.5"],
      ["team:configured", "monthly", "200"],
      ["user:ann", "daily", "2"],
    ]);
    for (const budget of budgets)
      expect(budget).toMatchObject({ managed_by: "configure", active: true, unit: "usd", time_zone: "UTC" });
    const audit = (await itemsOf(api.table, "AUDIT#BUDGET#")).length;
    expect(await api.answered(200, "POST", path, configuration)).toEqual(first);
    expect(await itemsOf(api.table, "AUDIT#BUDGET#")).toHaveLength(audit);
  });

  it("makes each budget once, however many ask at once", async () => {
    const body = { team_limits: { raced: { daily: 5 } } };
    const answers = await Promise.all(Array.from({ length: 8 }, () => api.ask("POST", path, body)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const { budgets } = await api.answered(200, "GET", "/budgets?scope=team:raced");
    expect(budgets).toHaveLength(1);
  });

  it("changes what it names and leaves the rest, ends what is null, and takes it up again", async () => {
    const set = (team: object, more: object = {}) =>
      api.answered(200, "POST", path, { team_limits: { kept: team }, ...more });
    await set({ daily: 5, monthly: 50 }, { thresholds: [70] });
    const { budgets } = await set({ daily: 6, monthly: null }, { enforcement: "hard" });
    expect(budgets).toMatchObject([
      { period: "daily", amount: "6", enforcement: "hard", thresholds: [{ percent: "70" }] },
      { period: "monthly", active: false },
    ]);
    expect(await set({ monthly: null })).toEqual({ budgets: [] });
    expect(await set({ monthly: 60 })).toMatchObject({
      budgets: [
        { budget_id: (budgets as { budget_id: string }[])[1]?.budget_id, amount: "60", active: true },
      ],
    });
  });

  it("in another time zone is another budget in the place of the one before", async () => {
    const set = (more: object) =>
      api.answered(200, "POST", path, { team_limits: { moved: { daily: 5 } }, ...more });
    await set({});
    expect(await set({ time_zone: "Europe/Berlin" })).toMatchObject({
      budgets: [
        { time_zone: "Europe/Berlin", active: true },
        { time_zone: "UTC", active: false },
      ],
    });
    expect(await set({})).toMatchObject({ budgets: [{ time_zone: "Europe/Berlin" }] });
  });

  it("proposes what it may not raise, once", async () => {
    const set = (daily: number) => api.answered(200, "POST", path, { team_limits: { rich: { daily } } });
    await set(100);
    const first = await set(5000);
    expect(first).toMatchObject({
      budgets: [{ amount: "100" }],
      proposals: [{ state: "pending", amount_after: "5000" }],
    });
    expect(await set(5000)).toEqual(first);
  });

  it("in another time zone raises no more without a second person than in the same one", async () => {
    const set = (daily: number, more: object = {}) =>
      api.answered(200, "POST", path, { team_limits: { sly: { daily } }, ...more });
    await set(100);
    const berlin = { time_zone: "Europe/Berlin" };
    const first = await set(5000, berlin);
    expect(first).toMatchObject({
      budgets: [{ amount: "100", time_zone: "UTC", active: true }],
      proposals: [{ state: "pending", amount_after: "5000" }],
    });
    expect(await set(5000, berlin)).toEqual(first);
  });

  it("is answered for with the status of a team", async () => {
    await api.answered(200, "POST", path, { team_limits: { over: { daily: 10, monthly: 100 } } });
    await api.spend({ team: "over" }, "12.5");
    const status = await api.answered(
      200,
      "GET",
      "/api/v1/ai/cost/budget/status?team=over",
      undefined,
      "read",
    );
    expect(status).toMatchObject({ exceeded: true, overage: "2.5" });
    const daily = (status.budgets as { period: { kind: string }; hours_until_reset: number }[]).find(
      ({ period }) => period.kind === "daily",
    );
    expect(status.budgets).toHaveLength(2);
    expect(daily).toMatchObject({ exceeded: true, overage: "2.5", remaining: "-2.5" });
    expect(status.hours_until_reset).toBe(daily?.hours_until_reset);
    expect(await api.answered(200, "GET", "/api/v1/ai/cost/budget/status?team=nobody")).toEqual({
      budgets: [],
      exceeded: false,
      overage: "0",
      hours_until_reset: null,
    });
  });

  it("has the alerts that are open", async () => {
    expect(await api.answered(200, "GET", "/api/v1/ai/cost/alerts", undefined, "read")).toEqual({
      alerts: [],
      next_cursor: null,
    });
  });
});
