import { Amount, HOUR_MS, type Instant, parseInstant, plusMs, type SpikeWatch } from "@ai-usage/core";
import { BudgetWatch, budgetNewsOf, createBudget } from "@ai-usage/store";
import { describe, expect, it } from "vitest";
import { aNewBudget, aNote, plain, spend } from "../support/budgets.ts";
import { type TestTable, withTable } from "../support/engine.ts";
import { readStream, recordsOf } from "../support/stream.ts";

/** A Monday. */
const now = parseInstant("2026-11-23T09:30:00Z");
const hoursAgo = (hours: number): Instant => plusMs(now, -hours * HOUR_MS);
const spike: SpikeWatch = { times: "5", atLeast: Amount.parse("3") };

const aBudget = (given: Parameters<typeof aNewBudget>[0] = {}) =>
  aNewBudget({
    period: "monthly",
    amount: Amount.parse("100000"),
    createdAt: parseInstant("2026-11-01T00:00:00Z"),
    thresholds: [],
    spike,
    ...given,
  });

/** Hours of the past, and what they cost. */
const spendBefore = (table: TestTable, hours: number, costOf: (ago: number) => string | undefined) =>
  spend(
    table,
    Array.from({ length: hours }, (_, index) => index + 1).flatMap((ago) => {
      const cost = costOf(ago);
      return cost === undefined ? [] : [[hoursAgo(ago), cost] as const];
    }),
  );

const totalsOf = async (table: TestTable) =>
  budgetNewsOf(recordsOf(await readStream(table), "TOTAL#team:growth"));
const spikesAt = async (table: TestTable, at: Instant = now, watch = new BudgetWatch(table)) =>
  (await watch.raiseDueAlerts(await totalsOf(table), at)).filter(({ kind }) => kind === "cost_spike");

describe("spike", () => {
  it("is an hour of six times the usual cost, told once for a budget and hour", async () => {
    await withTable(async (table) => {
      const budget = aBudget();
      await createBudget(table, budget, aNote("created"));
      await spendBefore(table, 170, () => "1");
      expect(await spikesAt(table)).toEqual([]);
      await spend(table, [[now, "4.99"]]);
      expect(await spikesAt(table)).toEqual([]);
      await spend(table, [[plusMs(now, 60_000), "1.01"]]);
      const watch = new BudgetWatch(table);
      expect(plain(await spikesAt(table, now, watch))).toMatchObject([
        {
          alertId: `${budget.budgetId}.spike.2026-11-23T09`,
          kind: "cost_spike",
          hour: "2026-11-23T09",
          actual: "6",
          usual: "1",
          comparedHours: 168,
          spent: "176",
          amount: "100000",
          period: { id: "2026-11" },
          notify: true,
        },
      ]);
      await spend(table, [[plusMs(now, 120_000), "50"]]);
      expect(await spikesAt(table, now, watch)).toEqual([]);
      expect(await spikesAt(table)).toEqual([]);
    });
  });

  it("is none where the same comes every week, or every day, at this time", async () => {
    await withTable(async (table) => {
      await createBudget(table, aBudget(), aNote("created"));
      await spendBefore(table, 170, (ago) => (ago === 168 ? "6" : "1"));
      await spend(table, [[now, "6"]]);
      expect(await spikesAt(table)).toEqual([]);
      // Ten times what it comes to every week is one.
      await spend(table, [[now, "54"]]);
      expect(await spikesAt(table)).toMatchObject([{ kind: "cost_spike" }]);
    });
    await withTable(async (table) => {
      await createBudget(table, aBudget(), aNote("created"));
      await spendBefore(table, 120, (ago) => (ago % 24 === 0 ? "6" : "1"));
      await spend(table, [[now, "6"]]);
      expect(await spikesAt(table)).toEqual([]);
    });
  });

  it("is none in the first day of a scope", async () => {
    await withTable(async (table) => {
      await createBudget(table, aBudget(), aNote("created"));
      await spendBefore(table, 23, () => "1");
      await spend(table, [[now, "600"]]);
      expect(await spikesAt(table)).toEqual([]);
    });
  });

  it("counts hours without calls as zero, for as long as there is the scope", async () => {
    await withTable(async (table) => {
      await createBudget(table, aBudget(), aNote("created"));
      // Every third hour of four days, and a first one long ago: most hours of the week had nothing.
      await spendBefore(table, 96, (ago) => (ago % 3 === 1 ? "2" : undefined));
      await spend(table, [
        [parseInstant("2026-11-02T09:30:00Z"), "2"],
        [now, "3"],
      ]);
      expect(plain(await spikesAt(table))).toMatchObject([{ usual: "0", actual: "3", comparedHours: 168 }]);
    });
    await withTable(async (table) => {
      await createBudget(table, aBudget(), aNote("created"));
      // The same without a past: two of three hours cost something.
      await spendBefore(table, 96, (ago) => (ago % 3 === 1 ? undefined : "2"));
      await spend(table, [[now, "3"]]);
      expect(await spikesAt(table)).toEqual([]);
    });
  });

  it("is of now: what comes in late of hours long past is none, nor what was before the budget", async () => {
    await withTable(async (table) => {
      await createBudget(table, aBudget(), aNote("created"));
      await spendBefore(table, 170, () => "1");
      await spend(table, [[hoursAgo(26), "60"]]);
      expect(await spikesAt(table)).toEqual([]);
      await spend(table, [[hoursAgo(20), "60"]]);
      expect(await spikesAt(table)).toMatchObject([{ hour: "2026-11-22T13" }]);
    });
    await withTable(async (table) => {
      await createBudget(table, aBudget({ createdAt: hoursAgo(2) }), aNote("created"));
      await spendBefore(table, 170, () => "1");
      await spend(table, [[hoursAgo(5), "60"]]);
      expect(await spikesAt(table)).toEqual([]);
    });
  });
});
