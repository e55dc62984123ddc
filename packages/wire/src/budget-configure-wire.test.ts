import { Amount, budgetStatus, newBudget, parseInstant, periodAt } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { parseConfiguration, parseCostStatusQuery, toWireCostStatus } from "./budget-configure-wire.ts";
import { parseNewBudget } from "./budget-wire.ts";
import { errorsOf } from "./errors-fixture.ts";

const now = parseInstant("2026-11-22T12:00:00Z");
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("configuration of a request", () => {
  it("is one limit for each number, and an end for each null", () => {
    const { limits } = parseConfiguration({
      daily_limit: 100,
      monthly_limit: "2000.50",
      weekly_limit: null,
      service_limits: { policy_generation: 25 },
      team_limits: { growth: { daily: 10, monthly: null }, ops: {} },
      user_daily_limits: { "jo@example.com": "1.5" },
    });
    expect(plain(limits)).toEqual([
      { field: "daily_limit", scope: "global:all", period: "daily", amount: "100" },
      { field: "weekly_limit", scope: "global:all", period: "weekly" },
      { field: "monthly_limit", scope: "global:all", period: "monthly", amount: "2000.5" },
      {
        field: "service_limits.policy_generation",
        scope: "feature:policy_generation",
        period: "daily",
        amount: "25",
      },
      { field: "team_limits.growth.daily", scope: "team:growth", period: "daily", amount: "10" },
      { field: "team_limits.growth.monthly", scope: "team:growth", period: "monthly" },
      {
        field: "user_daily_limits.jo@example.com",
        scope: "user:jo@example.com",
        period: "daily",
        amount: "1.5",
      },
    ]);
  });

  it("changes of a budget what it says, and makes one with the rest", () => {
    const configuration = parseConfiguration({
      daily_limit: 10,
      enforcement: "hard",
      thresholds: [{ amount: 9.6 }],
      time_zone: "Europe/Berlin",
      reason: "launch",
    });
    const [limit] = configuration.limits;
    if (limit?.amount === undefined) throw new Error("no limit");
    const set = { ...limit, amount: limit.amount };
    const thresholds = [{ at: { amount: "9.6" }, on: "actual", level: "CRITICAL" }];
    expect(plain(configuration.updateOf(set))).toEqual({ amount: "10", thresholds, enforcement: "hard" });
    expect(plain(configuration.termsOf(set))).toMatchObject({
      name: "global:all daily",
      unit: "usd",
      calendar: { timeZone: "Europe/Berlin" },
      thresholds,
    });
    expect(configuration).toMatchObject({ timeZone: "Europe/Berlin", reason: "launch" });
  });

  it.each<[unknown, string]>([
    [{}, "(body)"],
    [{ enforcement: "hard" }, "(body)"],
    [[], "(body)"],
    [{ daily_limit: 0 }, "daily_limit"],
    [{ daily_limit: "lots" }, "daily_limit"],
    [{ service_limits: [5] }, "service_limits"],
    [{ service_limits: { chat: -1 } }, "service_limits.chat"],
    [{ service_limits: { "a#b": 1 } }, "service_limits.a#b"],
    [{ team_limits: { growth: 5 } }, "team_limits.growth"],
    [{ team_limits: { growth: { hourly: 5 } } }, "team_limits.growth.hourly"],
    [{ team_limits: JSON.parse('{"__proto__":{"daily":1}}') }, "team_limits"],
    [{ user_daily_limits: { "": 1 } }, "user_daily_limits."],
    [{ daily_limit: 1, time_zone: "Mars/Olympus" }, "time_zone"],
    [{ daily_limit: 1, thresholds: [0] }, "thresholds[0]"],
    [{ yearly_limit: 1 }, "yearly_limit"],
    [{ user_daily_limits: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`u${n}`, 1])) }, "(body)"],
  ])("%j is refused by the name of the field", (body, field) => {
    expect(errorsOf(() => parseConfiguration(body)).map((error) => error.field)).toEqual([field]);
  });
});

describe("status by what budgets are for", () => {
  it("is asked of a team, a user and a feature, or of everything", () => {
    expect(parseCostStatusQuery({ team: "growth", user: "jo" })).toEqual(["team:growth", "user:jo"]);
    expect(parseCostStatusQuery({})).toEqual(["global:all"]);
    expect(errorsOf(() => parseCostStatusQuery({ squad: "x" })).map(({ field }) => field)).toEqual(["squad"]);
  });

  const statusOf = (period: "daily" | "monthly", spent: string, unit = "usd") => {
    const { creation } = parseNewBudget({ scope: "team:growth", amount: 10, period, unit }, "bud_1");
    const made = newBudget(creation, { at: now, by: "t" });
    if (made.outcome === "invalid") throw new Error(made.problem);
    return budgetStatus({
      budget: made.budget,
      period: periodAt(period, now, { timeZone: "UTC" }),
      limit: { amount: Amount.parse("10"), rolledOver: Amount.zero, increased: Amount.zero },
      spent: Amount.parse(spent),
      reserved: Amount.zero,
      unpricedCalls: 0,
      now,
    });
  };

  it("says when the first budget begins anew while none is exceeded", () => {
    expect(toWireCostStatus([statusOf("monthly", "1"), statusOf("daily", "1")], now)).toMatchObject({
      exceeded: false,
      overage: "0",
      hours_until_reset: 12,
    });
    expect(toWireCostStatus([], now)).toEqual({
      budgets: [],
      exceeded: false,
      overage: "0",
      hours_until_reset: null,
    });
  });

  it("says by how much the worst is exceeded, and until when any is", () => {
    const statuses = [
      statusOf("daily", "10.5"),
      statusOf("monthly", "12"),
      statusOf("daily", "999", "requests"),
    ];
    expect(toWireCostStatus(statuses, now)).toMatchObject({
      exceeded: true,
      overage: "2",
      hours_until_reset: 204,
    });
  });
});
