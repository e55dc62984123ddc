import { Amount, noQuantities, plusMs } from "@ai-usage/core";
import {
  consultBudgets,
  editBudget,
  expireLeases,
  ledgerStatus,
  releaseLease,
  renewLease,
  settleLease,
  type Table,
  toMetricItem,
} from "@ai-usage/store";
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { aNote, at } from "../support/budgets.ts";
import { withTable } from "../support/engine.ts";
import { itemsOf } from "../support/items.ts";
import {
  acquire,
  aHardBudget,
  granted,
  keepAll,
  NOON,
  record,
  recordAndCount,
  rollAll,
  usd,
} from "../support/leases.ts";
import { aPricedMetric, metricOptions } from "../support/metrics.ts";

const MINUTE = 60_000;
const standing = async (...asked: Parameters<typeof ledgerStatus>) => {
  const { figures, spent, reserved, remaining } = await ledgerStatus(...asked);
  expect(String(spent.plus(reserved).plus(remaining))).toBe(String(figures.limitTotal));
  return [spent, reserved, remaining].map(String);
};
const amount = (text: string) => Amount.parse(text);

describe("what a lease holds", () => {
  it("ends with the period that it was taken from", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table);
      const now = at("2026-11-21T23:59:50Z");
      const { expiresAt, leaseId } = await granted(table, [budget], { now, ttlMs: 10 * MINUTE });
      expect(expiresAt).toBe("2026-11-22T00:00:00.000Z");
      const renewal = { leaseId, spent: {}, calls: 1, ttlMs: 10 * MINUTE };
      expect(await renewLease(table, renewal, now)).toMatchObject({ lease: { expiresAt } });
      expect(await renewLease(table, renewal, expiresAt)).toMatchObject({ outcome: "closed" });
    });
  });

  it("is not drawn from an increase that has ended", async () => {
    await withTable(async (table) => {
      const made = await aHardBudget(table, { amount: amount("1") });
      const increase = {
        increaseId: "inc_1",
        amount: amount("50"),
        from: NOON,
        until: plusMs(NOON, MINUTE / 2),
        by: "token_1",
        reason: "launch",
      };
      const edited = await editBudget(table, made.budgetId, { kind: "increase", increase }, aNote("chg_inc"));
      if (edited.outcome !== "edited") throw new Error(edited.outcome);
      const { leaseId } = await granted(table, [edited.budget]);
      const renewal = { leaseId, spent: usd("1"), calls: 1, ttlMs: MINUTE };
      expect(await renewLease(table, renewal, plusMs(NOON, MINUTE / 2))).toMatchObject({
        outcome: "short",
        shortages: [{ budgetId: made.budgetId, limit: amount("1"), needed: amount("1") }],
      });
    });
  });

  it("is not added to when calls fall under a budget of which it holds nothing", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table);
      const { leaseId } = await granted(table, [budget]);
      const renewal = { leaseId, spent: usd("1"), calls: 1, ttlMs: MINUTE };
      expect((await renewLease(table, renewal, NOON)).outcome).toBe("renewed");
      await aHardBudget(table, { amount: amount("0.5") });
      expect((await renewLease(table, renewal, NOON)).outcome).toBe("outdated");
    });
  });

  it("is all of it spent in a unit that its settlement says nothing about, until its metrics say better", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table, { unit: "tokens", amount: amount("1000"), thresholds: [] });
      const perCall = { ...noQuantities, usd: amount("1"), tokens: amount("300") };
      const { leaseId } = await granted(table, [budget], { perCall });
      const settlement = { leaseId, spent: { usd: amount("0.5") }, now: NOON };
      expect(await settleLease(table, settlement)).toMatchObject({
        outcome: "closed",
        lease: { settled: { usd: amount("0.5"), tokens: amount("300"), requests: Amount.zero } },
      });
      expect((await settleLease(table, settlement)).outcome).toBe("closed");
      expect(await standing(table, budget, NOON)).toEqual(["0", "300", "700"]);
      await recordAndCount(table, { id: "call", cost: "0.5", leaseId });
      expect(await standing(table, budget, plusMs(NOON, 10 * MINUTE))).toEqual(["120", "0", "880"]);
    });
  });

  it("is free as soon as all of its calls are counted, though more was settled", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table);
      const { leaseId } = await granted(table, [budget], { perCall: usd("0.5"), calls: 2 });
      const spent = { ...usd("1"), requests: amount("2") };
      await settleLease(table, { leaseId, spent, now: NOON });
      await recordAndCount(table, { id: "one", cost: "0.4", leaseId });
      expect(await standing(table, budget, NOON)).toEqual(["0.4", "0.6", "9"]);
      await recordAndCount(table, { id: "two", cost: "0.4", leaseId });
      expect(await standing(table, budget, NOON)).toEqual(["0.8", "0", "9.2"]);
    });
  });
});

describe("a price that is corrected after the settlement", () => {
  it("moves the remainder by the difference, once", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table);
      const { leaseId } = await granted(table, [budget]);
      await recordAndCount(table, { id: "call", cost: "1", leaseId });
      await settleLease(table, { leaseId, spent: usd("1"), now: NOON });
      for (const [cost, left] of [
        ["3", "7"],
        ["0.25", "9.75"],
        ["0", "10"],
        ["2", "8"],
      ] as const) {
        const given = { requestId: "call", team: "growth", timestamp: NOON, leaseId };
        const Item = toMetricItem(aPricedMetric(given, cost), metricOptions);
        await table.client.send(new PutCommand({ TableName: table.name, Item }));
        await rollAll(table);
        await keepAll(table);
        expect(await standing(table, budget, NOON)).toEqual([cost, "0", left]);
      }
    });
  });

  it("moves it so while the lease is open, too: what was held for the call is not what it was corrected by", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table);
      const { leaseId } = await granted(table, [budget]);
      await recordAndCount(table, { id: "call", cost: "1", leaseId });
      expect(await standing(table, budget, NOON)).toEqual(["1", "0", "9"]);
      for (const [cost, left, more] of [
        ["3", "7", "7.01"],
        ["0.5", "9.5", "9.51"],
      ] as const) {
        const given = { requestId: "call", team: "growth", timestamp: NOON, leaseId };
        const Item = toMetricItem(aPricedMetric(given, cost), metricOptions);
        await table.client.send(new PutCommand({ TableName: table.name, Item }));
        await rollAll(table);
        await keepAll(table);
        expect(await standing(table, budget, NOON)).toEqual([cost, "0", left]);
        expect((await acquire(table, [budget], { perCall: usd(more) })).outcome).toBe("refused");
      }
    });
  });
});

describe("what rolled over into a period", () => {
  it("is less at once after a late call of the period before", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table, { rollover: { cap: amount("10") } });
      await granted(table, [budget], { perCall: usd("12") });
      await recordAndCount(table, { id: "late", cost: "9", at: at("2026-11-20T12:00:00Z") });
      const outcome = await acquire(table, [budget], { perCall: usd("1") });
      expect(outcome).toMatchObject({ outcome: "refused", shortages: [{ limit: amount("11") }] });
    });
  });

  it("is less at once after its cap was lowered", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table, { rollover: { cap: amount("10") } });
      await granted(table, [budget], { perCall: usd("12") });
      const lowered = await editBudget(
        table,
        budget.budgetId,
        { kind: "update", terms: { rollover: { cap: amount("2") } } },
        aNote("chg_cap", { at: NOON }),
      );
      if (lowered.outcome !== "edited") throw new Error(lowered.outcome);
      await keepAll(table);
      expect((await acquire(table, [lowered.budget])).outcome).toBe("refused");
    });
  });
});

describe("a shadow budget", () => {
  it("counts each call of a lease that it would have refused, and of a renewal", async () => {
    await withTable(async (table) => {
      const shadow = await aHardBudget(table, { enforcement: "shadow", amount: amount("0.5") });
      const hard = await aHardBudget(table, { amount: amount("1000") });
      const { calls } = await granted(table, [shadow, hard], { calls: 20 });
      expect(calls).toBe(20);
      expect((await ledgerStatus(table, shadow, NOON)).wouldHaveRefused).toEqual({
        calls: 20,
        amount: amount("20"),
      });
      const { leaseId } = await granted(table, [shadow, hard], { perCall: usd("0.5") });
      const renewal = { leaseId, spent: usd("0.5"), calls: 1, ttlMs: MINUTE };
      expect((await renewLease(table, renewal, NOON)).outcome).toBe("renewed");
      expect((await ledgerStatus(table, shadow, NOON)).wouldHaveRefused).toEqual({
        calls: 21,
        amount: amount("20.5"),
      });
    });
  });
});

describe("who only asks", () => {
  it("leaves no trace, whether there is a ledger or not", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table);
      const shadow = await aHardBudget(table, { enforcement: "shadow", amount: amount("0.5") });
      const asked = { budgets: [budget, shadow], perCall: usd("4"), calls: 2 };
      for (const remaining of ["10", "9"]) {
        const before = await stateOf(table);
        const { shortages, wouldHaveRefused, consulted } = await consultBudgets(table, asked, NOON);
        expect(await stateOf(table)).toEqual(before);
        expect(shortages).toEqual([]);
        expect(wouldHaveRefused).toMatchObject([{ budgetId: shadow.budgetId, needed: amount("8") }]);
        expect(String(consulted[0]?.remaining)).toBe(remaining);
        await granted(table, [budget]);
      }
    });
  });
});

describe("the remainder", () => {
  it("is never above what is left of the limit, nor the reserve below zero, when a late call is counted", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table);
      const { leaseId } = await granted(table, [budget]);
      const later = plusMs(NOON, MINUTE);
      expect(await expireLeases(table, later)).toBe(1);
      await record(table, { id: "call", cost: "1", leaseId });
      await rollAll(table);
      expect(await standing(table, budget, later)).toEqual(["1", "0", "9"]);
      await keepAll(table, later);
      expect(await standing(table, budget, later)).toEqual(["1", "0", "9"]);
    });
  });

  it("is what it was when a lease of a dead holder is released by it after all", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table);
      const { leaseId } = await granted(table, [budget]);
      const later = plusMs(NOON, MINUTE);
      await expireLeases(table, later);
      expect((await releaseLease(table, { leaseId, now: later })).outcome).toBe("closed");
      expect(await standing(table, budget, later)).toEqual(["0", "0", "10"]);
    });
  });
});

describe("what is counted of leases", () => {
  it("expires some day, as the leases and ledgers do", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table);
      const { leaseId } = await granted(table, [budget]);
      await recordAndCount(table, { id: "call", cost: "1", leaseId });
      const items = [...(await itemsOf(table, "LEASE#")), ...(await itemsOf(table, "BUDGET#"))];
      const kept = items.filter(({ expires_at: expires }) => expires === undefined).map(({ SK }) => SK);
      expect(kept).toEqual(["BUDGET"]);
    });
  });

  it("is without those that cannot be read, and the rollup goes on", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table);
      const { leaseId } = await granted(table, [budget]);
      await table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: { PK: `LEASE#${leaseId}`, SK: "LEASE" },
          UpdateExpression: "REMOVE granted",
        }),
      );
      await recordAndCount(table, { id: "call", cost: "1", leaseId });
      // It came without a lease, then; what the lease holds is held until it is repaired.
      expect(await standing(table, budget, NOON)).toEqual(["1", "1", "8"]);
    });
  });
});

async function stateOf(table: Table): Promise<unknown> {
  const items = await itemsOf(table, "");
  return items.sort((a, b) => (`${a.PK}${a.SK}` < `${b.PK}${b.SK}` ? -1 : 1));
}
