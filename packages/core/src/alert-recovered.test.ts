import { describe, expect, it } from "vitest";
import { dueAlerts, isOfPresentRevision, recoveredAlerts, repeatedCrossingId } from "./alert-due.ts";
import { Amount, type Budget, type Threshold } from "./budget.ts";
import { aBudget } from "./fixtures.ts";
import { periodAt } from "./period.ts";
import { parseInstant } from "./time.ts";

const usd = (text: string) => Amount.parse(text);
const now = parseInstant("2026-11-21T12:00:00Z");
const forecast: Threshold = { at: { percent: "100" }, on: "forecast", level: "WARNING" };

interface Figures {
  readonly spent: string;
  readonly limit?: string;
  readonly projected?: string;
}

const readingOf = (budget: Budget, { spent, limit = "100", projected }: Figures) => ({
  budget,
  period: periodAt(budget.period, now, budget.calendar),
  limit: usd(limit),
  spent: usd(spent),
  ...(projected !== undefined && { projection: { spent: usd(projected), perHour: usd("1") } }),
  now,
});
const recoveredAfter = (raisedAt: Figures, figures: Figures, budget = aBudget()) =>
  recoveredAlerts(dueAlerts(readingOf(budget, raisedAt)), readingOf(budget, figures));
const idsAfter = (...parameters: Parameters<typeof recoveredAfter>) =>
  recoveredAfter(...parameters).map(({ recoveredAlertId, notify }) => [recoveredAlertId, notify]);

describe("alert that recovers", () => {
  it("is one whose threshold of the new limit is not reached, to a hair", () => {
    const raised = { spent: "50" };
    expect(idsAfter(raised, { spent: "50", limit: "100" })).toEqual([]);
    expect(idsAfter(raised, { spent: "50", limit: "100.000000000000000002" })).toEqual([
      ["bud_1.2026-11.50.r1", true],
    ]);
  });

  it("is one whose spending was corrected", () => {
    expect(idsAfter({ spent: "50" }, { spent: "49.999999999999999999" })).toHaveLength(1);
    expect(idsAfter({ spent: "60" }, { spent: "50" })).toEqual([]);
  });

  it("of several is the highest that people are told of", () => {
    expect(idsAfter({ spent: "100" }, { spent: "100", limit: "115" })).toEqual([
      ["bud_1.2026-11.100.r1", true],
      ["bud_1.2026-11.95.r1", false],
    ]);
  });

  it("stays at its amount, whatever the limit, where its threshold is one", () => {
    const budget = aBudget({ thresholds: [{ at: { amount: usd("60") }, on: "actual", level: "WARNING" }] });
    expect(idsAfter({ spent: "70" }, { spent: "70", limit: "5000" }, budget)).toEqual([]);
    expect(idsAfter({ spent: "70" }, { spent: "59" }, budget)).toEqual([["bud_1.2026-11.a60.r1", true]]);
  });

  it("by forecast is held against the forecast, and after the period against how that ended", () => {
    const budget = aBudget({ thresholds: [forecast] });
    const raised = { spent: "40", projected: "110" };
    expect(idsAfter(raised, { spent: "40", projected: "100" }, budget)).toEqual([]);
    expect(idsAfter(raised, { spent: "40", projected: "99" }, budget)).toHaveLength(1);
    expect(idsAfter(raised, { spent: "100" }, budget)).toEqual([]);
    expect(idsAfter(raised, { spent: "99" }, budget)).toHaveLength(1);
  });

  it("is told of with what is so now, and with nothing left to do", () => {
    const [alert] = recoveredAfter({ spent: "97" }, { spent: "97", limit: "200" });
    expect(JSON.parse(JSON.stringify(alert))).toMatchObject({
      alertId: "bud_1.2026-11.95.r1.recovered",
      kind: "budget_recovered",
      level: "INFO",
      recoveredAlertId: "bud_1.2026-11.95.r1",
      recoveredLevel: "CRITICAL",
      thresholdPercent: "95",
      thresholdAmount: "190",
      amount: "200",
      spent: "97",
      state: "resolved",
      resolved: { at: now, by: "recovery" },
    });
  });
});

describe("id of a crossing", () => {
  it("says which revision of the budget it is of, however often it was crossed", () => {
    const budget = aBudget({ revision: 1 });
    const [alert] = dueAlerts(readingOf(budget, { spent: "50" }));
    if (!alert) throw new Error("half of it is spent");
    const again = { ...alert, alertId: repeatedCrossingId(alert.alertId, 2) };
    expect(again.alertId).toBe("bud_1.2026-11.50.r1.2");
    for (const one of [alert, again]) {
      expect(isOfPresentRevision(one, budget)).toBe(true);
      expect(isOfPresentRevision(one, { ...budget, revision: 2 })).toBe(false);
      expect(isOfPresentRevision(one, { ...budget, revision: 12 })).toBe(false);
    }
    expect(isOfPresentRevision({ ...alert, alertId: "bud_1.2026-11.50.r12" }, budget)).toBe(false);
  });
});
