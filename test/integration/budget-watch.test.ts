import {
  Amount,
  type Budget,
  type BudgetAmendment,
  type Instant,
  parseInstant,
  parseScope,
  plusMs,
  type TermsUpdate,
} from "@ai-usage/core";
import {
  BudgetWatch,
  budgetNewsOf,
  createBudget,
  editBudget,
  putTemplate,
  resolveAlert,
  type Table,
} from "@ai-usage/store";
import { describe, expect, it } from "vitest";
import { aNewBudget, aNote, correct, spend } from "../support/budgets.ts";
import { type TestTable, withTable } from "../support/engine.ts";
import { itemsOf } from "../support/items.ts";
import { readStream, recordsOf } from "../support/stream.ts";

const now = parseInstant("2026-11-21T12:00:00Z");
const usd = (text: string) => Amount.parse(text);
const later = (hours: number) => plusMs(now, hours * 3_600_000);

const aBudget = (given: Parameters<typeof aNewBudget>[0] = {}) =>
  aNewBudget({
    thresholds: [
      { at: { percent: "50" }, on: "actual", level: "INFO" },
      { at: { percent: "99.5" }, on: "actual", level: "CRITICAL" },
      { at: { percent: "100" }, on: "actual", level: "EXCEEDED" },
    ],
    ...given,
  });
const store = (table: Table, budget: Budget) => createBudget(table, budget, aNote("created"));
let edits = 0;
async function edit(table: Table, budget: Budget, amendment: BudgetAmendment, at: Instant = now) {
  edits += 1;
  const made = await editBudget(table, budget.budgetId, amendment, aNote(`edit-${edits}`, { at }));
  if (made.outcome !== "edited") throw new Error(`the edit is ${made.outcome}`);
  return made.budget;
}
const update = (table: Table, budget: Budget, terms: TermsUpdate, at: Instant = now) =>
  edit(table, budget, { kind: "update", terms }, at);

const raised = async (table: TestTable, records = readStream(table), at: Instant = now) =>
  new BudgetWatch(table).raiseDueAlerts(budgetNewsOf(await records), at);
/** What is raised when a process that remembers nothing sees all that there is of the stream, once more. */
const watch = async (table: TestTable, at: Instant = now) =>
  (await raised(table, readStream(table), at)).map(({ alertId, notify }) => [alertId, notify]);

describe("budget watch", () => {
  it("raises an alert exactly when spending reaches a threshold, each once", async () => {
    await withTable(async (table) => {
      const budget = aBudget({ amount: usd("10") });
      const id = (percent: string) => `${budget.budgetId}.2026-11-21.${percent}.r1`;
      await store(table, budget);
      await spend(table, [["2026-11-21T10:00:00Z", "4.999999999999999999"]]);
      expect(await watch(table)).toEqual([]);
      await spend(table, [["2026-11-21T10:00:00Z", "0.000000000000000001"]]);
      expect(await watch(table)).toEqual([[id("50"), true]]);
      expect(await watch(table)).toEqual([]);
      // A jump over two raises both, and one is told.
      await spend(table, [["2026-11-21T23:59:59.999Z", "5"]]);
      expect(await watch(table)).toEqual([
        [id("100"), true],
        [id("99.5"), false],
      ]);
      await spend(table, [["2026-11-21T12:00:00Z", "500"]]);
      expect(await watch(table)).toEqual([]);
      expect(await itemsOf(table, "ALERT#")).toHaveLength(3);
    });
  });

  it("counts exactly the quarters of its period, by the clock of its zone", async () => {
    await withTable(async (table) => {
      const budget = aBudget({
        period: "monthly",
        calendar: { timeZone: "Asia/Kathmandu" },
        amount: usd("10"),
        createdAt: parseInstant("2026-10-10T00:00:00Z"),
      });
      await store(table, budget);
      await spend(table, [
        ["2026-10-31T18:14:59.999Z", "100"],
        ["2026-11-30T18:15:00Z", "100"],
      ]);
      const at = parseInstant("2026-11-30T18:20:00Z");
      // Which of two periods is looked at first is the order of the stream, and that of two counters is nobody's.
      const periods = (await watch(table, at)).map(([id]) => String(id).split(".")[1]);
      expect(periods.sort()).toEqual([...Array(3).fill("2026-10"), ...Array(3).fill("2026-12")]);
      await spend(table, [
        ["2026-10-31T18:15:00Z", "5"],
        ["2026-11-30T18:14:59.999Z", "4.95"],
      ]);
      expect(await watch(table, at)).toEqual([
        [`${budget.budgetId}.2026-11.99.5.r1`, true],
        [`${budget.budgetId}.2026-11.50.r1`, false],
      ]);
    });
  });

  it("looks at a new budget at once: its period may be well spent already", async () => {
    await withTable(async (table) => {
      await spend(table, [["2026-11-21T10:00:00Z", "60"]]);
      await watch(table);
      await store(table, aBudget({ amount: usd("100") }));
      const records = readStream(table).then((all) => recordsOf(all, "BUDGET#"));
      expect(await raised(table, records)).toMatchObject([{ thresholdPercent: "50" }]);
    });
  });

  it("leaves periods alone that ended before there was a budget", async () => {
    await withTable(async (table) => {
      const createdAt = parseInstant("2026-11-20T12:00:00Z");
      const budget = aBudget({ amount: usd("1"), createdAt });
      await store(table, budget);
      await spend(table, [["2026-11-19T10:00:00Z", "60"]]);
      expect(await watch(table)).toEqual([]);
      await spend(table, [["2026-11-20T10:00:00Z", "60"]]);
      expect((await watch(table)).length).toBe(budget.thresholds.length);
    });
  });

  it("goes by what a budget is now, however old the news of it", async () => {
    await withTable(async (table) => {
      await spend(table, [["2026-11-21T10:00:00Z", "60"]]);
      const budget = aBudget({ amount: usd("1") });
      await store(table, budget);
      const records = recordsOf(await readStream(table), "BUDGET#");
      await edit(table, budget, { kind: "deactivate" });
      expect(await raised(table, Promise.resolve(records))).toEqual([]);
    });
  });

  it("leaves budgets of other scopes and inactive ones alone, and those by the minute", async () => {
    await withTable(async (table) => {
      const inactive = aBudget({ amount: usd("1") });
      await store(table, inactive);
      await store(table, aBudget({ amount: usd("1"), scope: parseScope("team:other") }));
      await store(
        table,
        aBudget({ amount: usd("1"), period: "minutely", enforcement: "hard", thresholds: [] }),
      );
      await edit(table, inactive, { kind: "deactivate" });
      await spend(table, [["2026-11-21T10:00:00Z", "60"]]);
      expect(await watch(table)).toEqual([]);
    });
  });

  it("measures what the budget is about: tokens, calls, and amounts of them", async () => {
    await withTable(async (table) => {
      const half = [{ at: { percent: "50" }, on: "actual", level: "INFO" }] as const;
      // A call of the support has 100 tokens in and 20 out.
      const tokens = aBudget({ unit: "tokens", amount: usd("480"), thresholds: half });
      const calls = aBudget({
        unit: "requests",
        amount: usd("1000"),
        thresholds: [{ at: { amount: usd("2") }, on: "actual", level: "WARNING" }],
      });
      await store(table, tokens);
      await store(table, calls);
      await spend(table, [["2026-11-21T10:00:00Z", "1"]]);
      expect(await watch(table)).toEqual([]);
      await spend(table, [["2026-11-21T10:00:00Z", "1"]]);
      const ids = (await watch(table)).map(([id]) => id);
      expect(ids.sort()).toEqual(
        [`${tokens.budgetId}.2026-11-21.50.r1`, `${calls.budgetId}.2026-11-21.a2.r1`].sort(),
      );
    });
  });

  it("makes the budget of a template when its scope is first seen, and checks it at once", async () => {
    await withTable(async (table) => {
      const { scope: _, ...terms } = aBudget({ amount: usd("10"), name: "{value}'s day" });
      await putTemplate(table, {
        templateId: "tpl_1",
        pattern: "team:*",
        terms,
        active: true,
        createdAt: now,
        createdBy: "token_1",
      });
      await spend(table, [["2026-11-21T10:00:00Z", "7"]]);
      expect(await raised(table)).toMatchObject([
        { budgetName: "growth's day", scope: "team:growth", thresholdPercent: "50", notify: true },
      ]);
      expect(await watch(table)).toEqual([]);
    });
  });
});

describe("forecast", () => {
  const monthly = (given: Parameters<typeof aNewBudget>[0] = {}) =>
    aBudget({
      period: "monthly",
      amount: usd("100"),
      createdAt: parseInstant("2026-11-01T00:00:00Z"),
      thresholds: [{ at: { percent: "100" }, on: "forecast", level: "WARNING" }],
      ...given,
    });

  it("is told once, and not before a twentieth of the period has passed", async () => {
    await withTable(async (table) => {
      const budget = monthly();
      await store(table, budget);
      await spend(table, [["2026-11-01T00:10:00Z", "20"]]);
      // 36 hours are the twentieth of November.
      expect(await watch(table, parseInstant("2026-11-02T11:59:59Z"))).toEqual([]);
      const [alert, ...others] = await raised(table, readStream(table), parseInstant("2026-11-02T12:00:00Z"));
      expect(others).toEqual([]);
      expect(alert).toMatchObject({
        alertId: `${budget.budgetId}.2026-11.f100.r1`,
        kind: "budget_forecast",
        notify: true,
      });
      expect(JSON.parse(JSON.stringify(alert))).toMatchObject({ projected: "400", spent: "20" });
      expect(await watch(table, parseInstant("2026-11-03T12:00:00Z"))).toEqual([]);
      expect(await watch(table, parseInstant("2026-11-20T12:00:00Z"))).toEqual([]);
    });
  });

  it("is not told of what has been crossed", async () => {
    await withTable(async (table) => {
      const budget = monthly();
      await store(table, budget);
      await spend(table, [["2026-11-10T00:10:00Z", "120"]]);
      expect(await watch(table)).toEqual([]);
    });
  });

  it("recovers when the limit is raised above it", async () => {
    await withTable(async (table) => {
      const budget = monthly();
      await store(table, budget);
      await spend(table, [["2026-11-20T10:00:00Z", "80"]]);
      expect(await watch(table)).toEqual([[`${budget.budgetId}.2026-11.f100.r1`, true]]);
      await update(table, budget, { amount: usd("2000") });
      expect(await watch(table)).toEqual([[`${budget.budgetId}.2026-11.f100.r1.recovered`, true]]);
    });
  });
});

describe("alert that recovers", () => {
  const id = (budget: Budget, rest: string) => `${budget.budgetId}.2026-11-21.${rest}`;

  it("is told of once when the limit is raised, and resolved; a new crossing alerts again", async () => {
    await withTable(async (table) => {
      const budget = aBudget({ amount: usd("10") });
      await store(table, budget);
      await spend(table, [["2026-11-21T10:00:00Z", "10"]]);
      await watch(table);
      await update(table, budget, { amount: usd("30") });
      // Of three that are over, people hear of the highest.
      expect(await watch(table)).toEqual([
        [id(budget, "100.r1.recovered"), true],
        [id(budget, "99.5.r1.recovered"), false],
        [id(budget, "50.r1.recovered"), false],
      ]);
      expect(await watch(table)).toEqual([]);
      const items = await itemsOf(table, "ALERT#");
      expect(items.filter(({ state }) => state !== "resolved")).toEqual([]);
      expect(items).toEqual(
        Array(6).fill(expect.objectContaining({ resolved: { at: expect.any(String), by: "recovery" } })),
      );
      await spend(table, [["2026-11-21T10:30:00Z", "5"]]);
      expect(await watch(table)).toEqual([[id(budget, "50.r2"), true]]);
      expect(await watch(table)).toEqual([]);
    });
  });

  it("gives way to the alert of the new limit where that is reached as well", async () => {
    await withTable(async (table) => {
      const budget = aBudget({ amount: usd("10") });
      await store(table, budget);
      await spend(table, [["2026-11-21T10:00:00Z", "10"]]);
      await watch(table);
      await update(table, budget, { amount: usd("15") });
      expect(await watch(table)).toEqual([
        [id(budget, "50.r2"), true],
        [id(budget, "100.r1.recovered"), true],
        [id(budget, "99.5.r1.recovered"), false],
      ]);
      const former = (await itemsOf(table, "ALERT#")).find((one) => one.alert_id === id(budget, "50.r1"));
      expect(former).toMatchObject({ state: "resolved", resolved: { by: "successor" }, ended: "succeeded" });
      // It was never said to be over: the next one is.
      await update(table, budget, { amount: usd("50") });
      expect(await watch(table)).toEqual([[id(budget, "50.r2.recovered"), true]]);
    });
  });

  it("does not recover by old news once it has been crossed again", async () => {
    await withTable(async (table) => {
      const budget = aBudget({ amount: usd("10") });
      await store(table, budget);
      await spend(table, [["2026-11-21T10:00:00Z", "6"]]);
      await watch(table);
      await update(table, budget, { amount: usd("20") });
      await update(table, budget, { amount: usd("11") });
      // Nobody looked in between: it has been over half of the limit at each look.
      expect(await watch(table)).toEqual([[id(budget, "50.r3"), true]]);
      expect(await watch(table)).toEqual([]);
      const standing = (await itemsOf(table, "ALERT#")).filter(({ ended }) => ended === undefined);
      expect(standing.map(({ alert_id: one }) => one)).toEqual([id(budget, "50.r3")]);
    });
  });

  it("recovers by a restatement, and crosses again in the same period", async () => {
    await withTable(async (table) => {
      const budget = aBudget({ amount: usd("10") });
      await store(table, budget);
      await correct(table, "7");
      expect(await watch(table)).toEqual([[id(budget, "50.r1"), true]]);
      await correct(table, "3");
      expect(await watch(table)).toEqual([[id(budget, "50.r1.recovered"), true]]);
      expect(await watch(table)).toEqual([]);
      await correct(table, "8");
      expect(await watch(table)).toEqual([[id(budget, "50.r1.2"), true]]);
      expect(await watch(table)).toEqual([]);
      await correct(table, "1");
      expect(await watch(table)).toEqual([[id(budget, "50.r1.2.recovered"), true]]);
      expect(await watch(table)).toEqual([]);
    });
  });

  it("is seen to have recovered by a process that raised it, and raised again by it a minute later", async () => {
    await withTable(async (table) => {
      const budget = aBudget({ amount: usd("10") });
      const remembering = new BudgetWatch(table);
      const totals = async () =>
        budgetNewsOf(recordsOf(await readStream(table), "TOTAL#team:growth").slice(-2));
      await store(table, budget);
      await correct(table, "7");
      expect(await remembering.raiseDueAlerts(await totals(), now)).toHaveLength(1);
      await correct(table, "3");
      // Another process sees that one.
      expect(await raised(table)).toHaveLength(1);
      await correct(table, "8");
      const again = await remembering.raiseDueAlerts(await totals(), plusMs(now, 61_000));
      expect(again).toMatchObject([{ alertId: id(budget, "50.r1.2") }]);
    });
  });

  it("of a period that is over recovers by a correction, and is not told again for a limit that came later", async () => {
    await withTable(async (table) => {
      const budget = aBudget({ amount: usd("10") });
      await store(table, budget);
      await correct(table, "7");
      await watch(table);
      const tomorrow = later(24);
      await update(table, budget, { amount: usd("9") }, tomorrow);
      expect(await watch(table, tomorrow)).toEqual([]);
      await spend(table, [["2026-11-21T11:00:00Z", "0.5"]]);
      expect(await watch(table, tomorrow)).toEqual([]);
      await correct(table, "2");
      expect(await watch(table, tomorrow)).toEqual([[id(budget, "50.r1.recovered"), true]]);
      expect(await watch(table, tomorrow)).toEqual([]);
    });
  });

  it("recovers for a temporary increase, whenever that begins, and crosses again when that is over", async () => {
    await withTable(async (table) => {
      const budget = aBudget({ amount: usd("10") });
      await store(table, budget);
      await spend(table, [["2026-11-21T10:00:00Z", "6"]]);
      await watch(table);
      const increase = {
        increaseId: "inc_1",
        amount: usd("10"),
        from: later(2),
        until: later(4),
        by: "token_1",
        reason: "launch",
      };
      await edit(table, budget, { kind: "increase", increase });
      expect(await watch(table)).toEqual([[id(budget, "50.r2"), true]]);
      expect(await watch(table, later(1))).toEqual([]);
      expect(await watch(table, later(2))).toEqual([[id(budget, "50.r2.recovered"), true]]);
      expect(await watch(table, later(3))).toEqual([]);
      expect(await watch(table, later(4))).toEqual([[id(budget, "50.r2.2"), true]]);
      expect(await watch(table, later(5))).toEqual([]);
    });
  });

  it("is looked for when a limit changed at the very end of a period, though the news come after it", async () => {
    await withTable(async (table) => {
      const budget = aBudget({ amount: usd("10") });
      await store(table, budget);
      await spend(table, [["2026-11-21T10:00:00Z", "6"]]);
      await watch(table);
      await update(table, budget, { amount: usd("20") }, parseInstant("2026-11-21T23:59:59Z"));
      expect(await watch(table, parseInstant("2026-11-22T00:00:05Z"))).toEqual([
        [id(budget, "50.r1.recovered"), true],
      ]);
    });
  });

  it("keeps what people said who resolved it before", async () => {
    await withTable(async (table) => {
      const budget = aBudget({ amount: usd("10") });
      await store(table, budget);
      await spend(table, [["2026-11-21T10:00:00Z", "6"]]);
      await watch(table);
      await resolveAlert(table, { alertId: id(budget, "50.r1"), remark: { at: now, by: "ann" } });
      await update(table, budget, { amount: usd("20") });
      expect(await watch(table)).toEqual([[id(budget, "50.r1.recovered"), true]]);
      const [item] = (await itemsOf(table, "ALERT#")).filter((one) => one.alert_id === id(budget, "50.r1"));
      expect(item).toMatchObject({ resolved: { by: "ann" }, ended: "recovered" });
    });
  });
});

describe("rollover", () => {
  it("counts into the limit that thresholds are of, also when the past changes", async () => {
    await withTable(async (table) => {
      const budget = aBudget({
        amount: usd("10"),
        rollover: { cap: usd("10") },
        createdAt: parseInstant("2026-11-20T00:00:00Z"),
        thresholds: [{ at: { percent: "100" }, on: "actual", level: "EXCEEDED" }],
      });
      await store(table, budget);
      await spend(table, [["2026-11-21T10:00:00Z", "14"]]);
      expect(await watch(table)).toEqual([]);
      // Of yesterday's ten there were five left, until somebody told of what was spent then.
      await spend(table, [["2026-11-20T10:00:00Z", "7"]]);
      expect(await watch(table)).toEqual([[`${budget.budgetId}.2026-11-21.100.r1`, true]]);
    });
  });
});
