import { dueAlerts, Money, parseInstant, parseScope, periodAt } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { fromThresholdCrossed, toThresholdCrossed } from "./event-wire.ts";

// Amounts as their exact text: an amount's digits are private, so any two of them look alike to toEqual.
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const now = parseInstant("2026-11-22T12:00:00Z");
const [alert] = dueAlerts({
  budget: {
    budgetId: "bud_1",
    name: "growth <team>",
    scope: parseScope("team:growth"),
    amount: Money.parse("100"),
    period: "monthly",
    timeZone: "Asia/Kathmandu",
    thresholds: [{ percent: "50", level: "INFO" }],
    active: true,
    revision: 3,
    createdAt: now,
  },
  period: periodAt("monthly", now, "Asia/Kathmandu"),
  spent: Money.parse("55.000000000000000001"),
  now,
});
if (!alert) throw new Error("half of the budget is spent");

describe("event of a crossed threshold", () => {
  it("is read back as the alert that it was made of", () => {
    const detail = plain(toThresholdCrossed(alert));
    expect(plain(fromThresholdCrossed(detail))).toEqual(plain(alert));
  });

  it("of another schema is not read", () => {
    expect(() => fromThresholdCrossed({ ...toThresholdCrossed(alert), schema_version: "2" })).toThrow();
    expect(() => fromThresholdCrossed({})).toThrow();
  });
});
