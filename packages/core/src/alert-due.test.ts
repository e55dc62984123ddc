import { describe, expect, it } from "vitest";
import { dueAlerts } from "./alert-due.ts";
import { Amount, type Budget, type Threshold } from "./budget.ts";
import { aBudget } from "./fixtures.ts";
import { periodAt } from "./period.ts";
import { parseInstant } from "./time.ts";

const usd = (text: string) => Amount.parse(text);
const now = parseInstant("2026-11-21T12:00:00Z");
const alertsAt = (
  spent: string,
  budget: Budget = aBudget(),
  given: { limit?: string; projected?: string } = {},
) =>
  dueAlerts({
    budget,
    period: periodAt(budget.period, now, budget.calendar),
    limit: given.limit === undefined ? budget.amount : usd(given.limit),
    spent: usd(spent),
    ...(given.projected !== undefined && {
      projection: { spent: usd(given.projected), perHour: usd("1") },
    }),
    now,
  });
const thresholdsAt = (...parameters: Parameters<typeof alertsAt>) =>
  alertsAt(...parameters).map(({ kind, thresholdId, notify }) => [kind, thresholdId, notify]);

describe("due alerts", () => {
  it("are those of thresholds that are reached, exactly on them and not a hair below", () => {
    const percents = (spent: string) => alertsAt(spent).map(({ thresholdPercent }) => thresholdPercent);
    expect(percents("0")).toEqual([]);
    expect(percents("49.999999999999999999")).toEqual([]);
    expect(percents("50")).toEqual(["50"]);
    expect(percents("99.999999999999999999")).toEqual(["95", "80", "50"]);
    expect(percents("100")).toEqual(["100", "95", "80", "50"]);
  });

  it("of a jump are all that it passed, the highest first and it alone to be told", () => {
    expect(
      alertsAt("97").map(({ thresholdPercent, level, notify }) => [thresholdPercent, level, notify]),
    ).toEqual([
      ["95", "CRITICAL", true],
      ["80", "WARNING", false],
      ["50", "INFO", false],
    ]);
  });

  it("go by the limit, and not by the budget's amount alone", () => {
    expect(alertsAt("50", aBudget(), { limit: "101" })).toEqual([]);
    const [alert] = alertsAt("60", aBudget(), { limit: "120" });
    expect(alert && [`${alert.thresholdAmount}`, `${alert.amount}`]).toEqual(["60", "120"]);
  });

  it("are at amounts as well as at percentages, in the order of what they come to", () => {
    const thresholds: Threshold[] = [
      { at: { percent: "50" }, on: "actual", level: "INFO" },
      { at: { amount: usd("60") }, on: "actual", level: "CRITICAL" },
    ];
    const budget = aBudget({ thresholds });
    expect(thresholdsAt("60", budget)).toEqual([
      ["budget_threshold", "a60", true],
      ["budget_threshold", "50", false],
    ]);
    expect(thresholdsAt("75", budget, { limit: "150" }).map(([, id]) => id)).toEqual(["50", "a60"]);
  });

  it("on the forecast are due while the spending itself has not come so far", () => {
    const budget = aBudget({
      thresholds: [{ at: { percent: "100" }, on: "forecast", level: "WARNING" }],
    });
    expect(thresholdsAt("40", budget)).toEqual([]);
    expect(thresholdsAt("40", budget, { projected: "99.99" })).toEqual([]);
    expect(thresholdsAt("40", budget, { projected: "100" })).toEqual([["budget_forecast", "f100", true]]);
    expect(thresholdsAt("100", budget, { projected: "130" })).toEqual([]);
  });

  it("say what was crossed, by how much, and when", () => {
    const [alert] = alertsAt("50.5", aBudget({ contact: "finance" }));
    expect(JSON.parse(JSON.stringify(alert))).toEqual({
      alertId: "bud_1.2026-11.50.r1",
      kind: "budget_threshold",
      budgetId: "bud_1",
      budgetName: "growth",
      scope: "team:growth",
      unit: "usd",
      level: "INFO",
      thresholdId: "50",
      thresholdPercent: "50",
      thresholdAmount: "50",
      amount: "100",
      spent: "50.5",
      period: {
        kind: "monthly",
        id: "2026-11",
        start: "2026-11-01T00:00:00.000Z",
        end: "2026-12-01T00:00:00.000Z",
      },
      timeZone: "UTC",
      contact: "finance",
      raisedAt: now,
      state: "open",
      notify: true,
    });
  });

  it("have an id for each budget, period, threshold and revision of the limit", () => {
    const ids = [
      aBudget(),
      aBudget({ budgetId: "bud_2" }),
      aBudget({ period: "weekly" }),
      aBudget({ revision: 2 }),
    ].flatMap((budget) => alertsAt("100", budget).map(({ alertId }) => alertId));
    expect(new Set(ids).size).toBe(16);
    expect(alertsAt("70").map(({ alertId }) => alertId)).toEqual(
      alertsAt("60").map(({ alertId }) => alertId),
    );
  });
});
