import { budgetStatus, Money, parseInstant, periodAt } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { budgetFromWire, budgetSchema, toWireBudget, toWireBudgetStatus } from "./budget-wire.ts";
import { ProblemError, parseOrProblem } from "./problem.ts";

const now = parseInstant("2026-11-22T12:00:00Z");
const smallest = { scope: "team:growth", amount: "100", period: "monthly" };
const budgetOf = (change: object = {}) =>
  budgetFromWire(parseOrProblem(budgetSchema, { ...smallest, ...change }), "bud_1", now);

function fieldsRefused(change: object): string[] {
  try {
    budgetOf(change);
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.errors?.map(({ field }) => field) ?? [];
    throw error;
  }
  return [];
}

describe("budget of a request", () => {
  it("needs a scope, an amount and a period, and gets the rest", () => {
    expect(toWireBudget(budgetOf())).toEqual({
      budget_id: "bud_1",
      name: "team:growth monthly",
      scope: "team:growth",
      amount: "100",
      currency: "USD",
      period: "monthly",
      time_zone: "UTC",
      thresholds: [
        { percent: "50", level: "INFO", amount: "50" },
        { percent: "80", level: "WARNING", amount: "80" },
        { percent: "95", level: "CRITICAL", amount: "95" },
        { percent: "100", level: "EXCEEDED", amount: "100" },
      ],
      active: true,
      revision: 1,
      created_at: now,
    });
  });

  it("has its thresholds in ascending order, each once, with a level where none was given", () => {
    const { thresholds } = budgetOf({
      thresholds: [120, "5.50", { percent: "33.33", level: "CRITICAL" }, 5.5],
    });
    expect(thresholds).toEqual([
      { percent: "5.5", level: "INFO" },
      { percent: "33.33", level: "CRITICAL" },
      { percent: "120", level: "EXCEEDED" },
    ]);
  });

  it.each<[object, string]>([
    [{ scope: "growth" }, "scope"],
    [{ scope: 5 }, "scope"],
    [{ amount: 0 }, "amount"],
    [{ amount: "-1" }, "amount"],
    [{ amount: "1e3" }, "amount"],
    [{ amount: "1000000000.01" }, "amount"],
    [{ period: "fortnightly" }, "period"],
    [{ time_zone: "Mars/Olympus" }, "time_zone"],
    [{ time_zone: "+05:45" }, "time_zone"],
    [{ thresholds: [] }, "thresholds"],
    [{ thresholds: [0] }, "thresholds[0]"],
    [{ thresholds: ["50", 1001] }, "thresholds[1]"],
    [{ thresholds: ["5.555"] }, "thresholds[0]"],
    [{ thresholds: [{ percent: 5, level: "LOUD" }] }, "thresholds[0]"],
    [{ thresholds: Array.from({ length: 11 }, (_, index) => index + 1) }, "thresholds"],
    [{ name: "" }, "name"],
    [{ limit: 5 }, "limit"],
  ])("is refused with %j", (change, field) => {
    expect(fieldsRefused(change)).toEqual([field]);
  });
});

describe("budget status", () => {
  it("is shown in exact text", () => {
    const budget = budgetOf();
    const period = periodAt("monthly", now, "UTC");
    const status = budgetStatus({
      budget,
      period,
      spent: Money.parse("100.000000000000000001"),
      unpricedCalls: 2,
      now,
    });
    expect(toWireBudgetStatus(status)).toMatchObject({
      amount: "100",
      spent: "100.000000000000000001",
      reserved: "0",
      remaining: "-0.000000000000000001",
      percent_used: "100",
      exceeded: true,
      overage: "0.000000000000000001",
      unpriced_calls: 2,
      period: { id: "2026-11", kind: "monthly" },
    });
  });
});
