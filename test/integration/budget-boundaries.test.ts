import { Amount, type Budget, epochMsOf, HOUR_MS, type Instant } from "@ai-usage/core";
import { budgetHistory, ledgerStatus } from "@ai-usage/store";
import { describe, expect, it } from "vitest";
import { at } from "../support/budgets.ts";
import { type TestTable, withTable } from "../support/engine.ts";
import { acquire, aHardBudget, keepAll, record, rollAll, usd } from "../support/leases.ts";

// Nothing runs by the clock here: no schedule, no sweep. What there is to do at a boundary must have been done.

let calls = 0;
/** Calls of team growth, counted when they come in. */
async function spend(
  table: TestTable,
  when: Instant,
  costs: readonly (readonly [at: string, cost: string])[],
): Promise<void> {
  for (const [timestamp, cost] of costs) {
    calls += 1;
    await record(table, { id: `boundary-${calls}`, at: at(timestamp), cost });
  }
  await rollAll(table);
  await keepAll(table, when);
}

const ask = (table: TestTable, budget: Budget, now: Instant, amount: string) =>
  acquire(table, [budget], { perCall: usd(amount), ttlMs: 1_000, now });

async function standing(table: TestTable, budget: Budget, when: Instant) {
  const { figures, spent, remaining } = await ledgerStatus(table, budget, when);
  const { id, start, end } = figures.period;
  const hours = (epochMsOf(end) - epochMsOf(start)) / HOUR_MS;
  return { id, hours, spent: String(spent), remaining: String(remaining) };
}

describe("a day of New York", () => {
  it("has 23 hours when the clocks go forward, and the next one begins empty at its first moment", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table, {
        calendar: { timeZone: "America/New_York" },
        createdAt: at("2026-03-01T00:00:00Z"),
      });
      const [last, first] = [at("2026-03-09T03:59:59.999Z"), at("2026-03-09T04:00:00Z")];
      await spend(table, last, [
        ["2026-03-08T04:59:59.999Z", "1"],
        ["2026-03-08T05:00:00Z", "4"],
        ["2026-03-09T03:59:59.999Z", "5"],
        ["2026-03-09T04:00:00Z", "0.5"],
      ]);
      expect(await standing(table, budget, last)).toEqual({
        id: "2026-03-08",
        hours: 23,
        spent: "9",
        remaining: "1",
      });
      expect((await ask(table, budget, last, "2")).outcome).toBe("refused");
      expect((await ask(table, budget, first, "2")).outcome).toBe("granted");
      expect(await standing(table, budget, first)).toEqual({
        id: "2026-03-09",
        hours: 24,
        spent: "0.5",
        remaining: "7.5",
      });
    });
  });

  it("has 25 hours when they go back, both hours from one to two among them", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table, {
        calendar: { timeZone: "America/New_York" },
        createdAt: at("2026-10-01T00:00:00Z"),
      });
      const last = at("2026-11-02T04:59:59.999Z");
      await spend(table, last, [
        ["2026-11-01T03:59:59.999Z", "1"],
        ["2026-11-01T04:00:00Z", "2"],
        ["2026-11-01T05:30:00Z", "1"],
        ["2026-11-01T06:30:00Z", "1"],
        ["2026-11-02T04:59:59.999Z", "2"],
        ["2026-11-02T05:00:00Z", "3"],
      ]);
      expect(await standing(table, budget, last)).toEqual({
        id: "2026-11-01",
        hours: 25,
        spent: "6",
        remaining: "4",
      });
      expect((await standing(table, budget, at("2026-11-02T05:00:00Z"))).spent).toBe("3");
    });
  });
});

describe("a month of Kathmandu", () => {
  it("begins at a quarter past six in the evening, UTC, and takes what comes late into the month it is of", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table, {
        period: "monthly",
        calendar: { timeZone: "Asia/Kathmandu" },
        createdAt: at("2026-10-05T00:00:00Z"),
        rollover: { cap: Amount.parse("4") },
      });
      const after = at("2026-11-30T18:15:00Z");
      await spend(table, after, [
        ["2026-11-30T18:14:59.999Z", "7"],
        ["2026-11-30T18:15:00Z", "1"],
      ]);
      expect((await ask(table, budget, after, "0.01")).outcome).toBe("granted");
      // October left all of it and November three and four: four of it come with.
      expect(await standing(table, budget, after)).toMatchObject({
        id: "2026-12",
        spent: "1",
        remaining: "12.99",
      });
      const later = at("2026-12-02T00:00:00Z");
      await spend(table, later, [["2026-11-20T00:00:00Z", "5.5"]]);
      // Now November leaves one and a half, and the ledger of December knows.
      expect((await ask(table, budget, later, "10.51")).outcome).toBe("refused");
      expect(await standing(table, budget, later)).toMatchObject({ spent: "1", remaining: "10.5" });
      const history = await budgetHistory(table, budget, later, 3);
      expect(
        history.map(({ period, rolledOver, spent }) => [period.id, String(rolledOver), String(spent)]),
      ).toEqual([
        ["2026-12", "1.5", "1"],
        ["2026-11", "4", "12.5"],
        ["2026-10", "0", "0"],
      ]);
      expect((await ask(table, budget, later, "10.5")).outcome).toBe("granted");
    });
  });
});
