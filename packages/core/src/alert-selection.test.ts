import { describe, expect, it } from "vitest";
import { dueAlerts } from "./alert-due.ts";
import { type AlertSelection, isAlertSelected } from "./alert-selection.ts";
import { unpricedModelAlert } from "./alert-unpriced.ts";
import { aBudget } from "./fixtures.ts";
import { periodAt } from "./period.ts";
import { parseScope } from "./scope.ts";
import { parseInstant, utcDateOf } from "./time.ts";

const now = parseInstant("2026-11-21T12:00:00Z");
const budget = aBudget();
const alerts = [
  ...dueAlerts({
    budget,
    period: periodAt(budget.period, now, budget.calendar),
    limit: budget.amount,
    spent: budget.amount,
    now,
  }),
  unpricedModelAlert({
    subject: { service: "orbit_labs", model: "orbit-1", operation: "chat" },
    callDate: utcDateOf(now),
    unpricedCalls: 1,
    firstDate: utcDateOf(now),
    now,
  }),
];
const selected = (selection: AlertSelection) =>
  alerts.filter((alert) => isAlertSelected(selection, alert)).map(({ level }) => level);

describe("selection of alerts", () => {
  it("is all of them when nothing is asked for", () => {
    expect(selected({})).toEqual(["EXCEEDED", "CRITICAL", "WARNING", "INFO", "WARNING"]);
  });

  it("is by state, by level and above, by kind, by scope and by budget", () => {
    expect(selected({ states: ["resolved"] })).toEqual([]);
    expect(selected({ states: ["resolved", "open"] })).toHaveLength(5);
    expect(selected({ level: "CRITICAL" })).toEqual(["EXCEEDED", "CRITICAL"]);
    expect(selected({ kinds: ["unpriced_model", "cost_spike"] })).toEqual(["WARNING"]);
    expect(selected({ scope: parseScope("team:growth") })).toHaveLength(4);
    expect(selected({ scope: parseScope("model:orbit-1") })).toHaveLength(1);
    expect(selected({ budgetId: "bud_1" })).toHaveLength(4);
    expect(selected({ budgetId: "bud_2" })).toEqual([]);
  });

  it("is what all of it applies to", () => {
    expect(selected({ level: "WARNING", budgetId: "bud_1" })).toEqual(["EXCEEDED", "CRITICAL", "WARNING"]);
    expect(selected({ kinds: ["unpriced_model"], budgetId: "bud_1" })).toEqual([]);
  });
});
