import { Amount, type Budget, type Instant, parseScope, plusMs } from "@ai-usage/core";
import {
  createBudget,
  editBudget,
  expireLeases,
  findLease,
  type LeaseOutcome,
  ledgerStatus,
  releaseLease,
  renewLease,
  settleLease,
  type Table,
} from "@ai-usage/store";
import { describe, expect, it } from "vitest";
import { aNewBudget, aNote, at } from "../support/budgets.ts";
import { type TestTable, withTable } from "../support/engine.ts";
import { itemsOf } from "../support/items.ts";
import {
  acquire as acquireOf,
  type CallMade,
  keepAll,
  NOON as now,
  record,
  rollAll,
  usd,
} from "../support/leases.ts";

const MINUTE = 60_000;
const scopes = ["global:all", "team:growth", "user:ann"].map(parseScope);

const nested = (amounts: readonly string[]): Budget[] =>
  scopes.map((scope, index) =>
    aNewBudget({ scope, enforcement: "hard", amount: Amount.parse(amounts[index] ?? "1.00") }),
  );

async function make(table: Table, budgets: readonly Budget[]): Promise<void> {
  for (const budget of budgets) await createBudget(table, budget, aNote(`chg_${budget.budgetId}`));
}

/** For a call of 0.03 of Ann, of team growth, unless it says otherwise. */
const acquire = (
  table: Table,
  budgets: readonly Budget[],
  given: Parameters<typeof acquireOf>[2] = {},
): Promise<LeaseOutcome> => acquireOf(table, budgets, { scopes, perCall: usd("0.03"), ...given });

const leaseOf = (outcome: LeaseOutcome | undefined) => {
  if (outcome?.outcome !== "granted") throw new Error("was not granted");
  return outcome.lease;
};

/** Calls are recorded, counted, and the ledgers told. */
async function count(table: TestTable, calls: readonly CallMade[], when: Instant = now): Promise<void> {
  await record(table, ...calls.map((call) => ({ at: when, ...call })));
  await rollAll(table);
  await keepAll(table, when);
}

async function standing(table: Table, budget: Budget, when: Instant = now) {
  const { figures, spent, reserved, remaining } = await ledgerStatus(table, budget, when);
  expect(String(spent.plus(reserved).plus(remaining))).toBe(String(figures.limitTotal));
  return { spent: String(spent), reserved: String(reserved), remaining: String(remaining) };
}

describe("200 clients at once, with calls of 0.03, before three nested hard budgets of 1.00", () => {
  it("have exactly 33 calls let through, and those that are refused leave no trace", async () => {
    await withTable(async (table) => {
      const budgets = nested(["1.00", "1.00", "1.00"]);
      await make(table, budgets);
      const outcomes = await Promise.all(Array.from({ length: 200 }, () => acquire(table, budgets)));
      const granted = outcomes.filter(({ outcome }) => outcome === "granted").map(leaseOf);
      expect(granted).toHaveLength(33);
      const refused = outcomes.find(({ outcome }) => outcome === "refused");
      expect(refused).toMatchObject({
        shortages: budgets.map(({ budgetId }) => ({ budgetId, remaining: Amount.parse("0.01") })),
      });
      expect((await itemsOf(table, "LEASE#")).map(({ lease_id: id }) => id).sort()).toEqual(
        granted.map(({ leaseId }) => leaseId).sort(),
      );
      for (const budget of budgets) {
        expect(await standing(table, budget)).toEqual({ spent: "0", reserved: "0.99", remaining: "0.01" });
      }
      // All of them make their calls, say so and are counted, in this order or another.
      await Promise.all(
        granted.map(async ({ leaseId }, index) => {
          if (index % 2 === 0) await settleLease(table, { leaseId, spent: usd("0.03"), now });
        }),
      );
      await count(
        table,
        granted.map(({ leaseId }) => ({ id: `call-${leaseId}`, cost: "0.03", leaseId })),
      );
      for (const budget of budgets) {
        expect(await standing(table, budget)).toMatchObject({ spent: "0.99", remaining: "0.01" });
      }
      await Promise.all(
        granted.map(({ leaseId }) => settleLease(table, { leaseId, spent: usd("0.03"), now })),
      );
      for (const budget of budgets) {
        expect(await standing(table, budget)).toEqual({ spent: "0.99", reserved: "0", remaining: "0.01" });
      }
    });
  });

  it("have it all back when some are killed, and a settlement that comes late counts once", async () => {
    await withTable(async (table) => {
      const budgets = nested(["1.00", "1.00", "1.00"]);
      const [global] = budgets;
      if (!global) throw new Error("three budgets");
      await make(table, budgets);
      const outcomes = await Promise.all(Array.from({ length: 200 }, () => acquire(table, budgets)));
      const granted = outcomes.filter(({ outcome }) => outcome === "granted").map(leaseOf);
      expect(granted).toHaveLength(33);
      // Ten are heard of again, ten made a call that was counted and died, the others died at once.
      const [settled, died, lost] = [granted.slice(0, 10), granted.slice(10, 20), granted.slice(20)];
      for (const { leaseId } of settled) await settleLease(table, { leaseId, spent: usd("0.02"), now });
      await count(
        table,
        settled.map(({ leaseId }) => ({ id: `s-${leaseId}`, cost: "0.02", leaseId })),
      );
      await count(
        table,
        died.map(({ leaseId }) => ({ id: `d-${leaseId}`, cost: "0.03", leaseId })),
      );
      expect(await standing(table, global)).toEqual({ spent: "0.5", reserved: "0.39", remaining: "0.11" });
      const after = plusMs(now, MINUTE);
      expect(await standing(table, global, after)).toEqual({
        spent: "0.5",
        reserved: "0",
        remaining: "0.5",
      });
      const again = await Promise.all(
        Array.from({ length: 50 }, () => acquire(table, budgets, { now: after })),
      );
      expect(again.filter(({ outcome }) => outcome === "granted")).toHaveLength(16);
      // One that was given up for dead had made its call all the same.
      const [late] = lost;
      const leaseId = late?.leaseId ?? "";
      const settlements = await Promise.all(
        Array.from({ length: 5 }, () => settleLease(table, { leaseId, spent: usd("0.01"), now: after })),
      );
      expect(settlements.map(({ outcome }) => outcome)).toEqual(Array(5).fill("closed"));
      expect(await settleLease(table, { leaseId, spent: usd("0.02"), now: after })).toMatchObject({
        outcome: "conflict",
      });
      expect(await standing(table, global, after)).toEqual({
        spent: "0.5",
        reserved: "0.49",
        remaining: "0.01",
      });
      await count(table, [{ id: "late", cost: "0.01", leaseId, at: now }], after);
      expect(await standing(table, global, after)).toEqual({
        spent: "0.51",
        reserved: "0.48",
        remaining: "0.01",
      });
    });
  });

  it("are refused by the narrowest, and hold nothing of the wider ones then", async () => {
    await withTable(async (table) => {
      const budgets = nested(["1.00", "0.50", "0.07"]);
      await make(table, budgets);
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => acquire(table, budgets)));
      expect(outcomes.filter(({ outcome }) => outcome === "granted")).toHaveLength(2);
      expect(await Promise.all(budgets.map((budget) => standing(table, budget)))).toEqual([
        { spent: "0", reserved: "0.06", remaining: "0.94" },
        { spent: "0", reserved: "0.06", remaining: "0.44" },
        { spent: "0", reserved: "0.06", remaining: "0.01" },
      ]);
    });
  });
});

describe("lease", () => {
  const one = (given: Parameters<typeof aNewBudget>[0] = {}) =>
    aNewBudget({ enforcement: "hard", amount: Amount.parse("10"), ...given });

  it("shrinks as the remainder falls, and the last call's worth is never stranded", async () => {
    await withTable(async (table) => {
      const budget = one({ amount: Amount.parse("1.00") });
      await make(table, [budget]);
      const sizes: number[] = [];
      for (;;) {
        const outcome = await acquire(table, [budget], { perCall: usd("0.01"), calls: 50 });
        if (outcome.outcome === "refused") break;
        sizes.push(outcome.lease.calls);
      }
      expect(sizes[0]).toBe(10);
      expect(sizes.at(-1)).toBe(1);
      expect([...sizes].sort((a, b) => b - a)).toEqual(sizes);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(100);
    });
  });

  it("starts from what was spent before there was a budget, and sees what comes without a lease", async () => {
    await withTable(async (table) => {
      await count(table, [{ id: "before", cost: "9.95" }]);
      const budget = one();
      await make(table, [budget]);
      expect((await acquire(table, [budget])).outcome).toBe("granted");
      expect(await acquire(table, [budget])).toMatchObject({
        outcome: "refused",
        shortages: [
          { spent: Amount.parse("9.95"), reserved: Amount.parse("0.03"), needed: Amount.parse("0.03") },
        ],
      });
      await count(table, [{ id: "beside", cost: "0.05" }]);
      expect(await standing(table, budget)).toEqual({ spent: "10", reserved: "0.03", remaining: "-0.03" });
    });
  });

  it("counts a call in the period it was made in, also when the lease is of the one before", async () => {
    await withTable(async (table) => {
      const budget = one({ createdAt: at("2026-11-20T00:00:00Z") });
      await make(table, [budget]);
      const before = at("2026-11-21T23:59:59Z");
      const after = at("2026-11-22T00:00:01Z");
      const { leaseId } = leaseOf(await acquire(table, [budget], { perCall: usd("1"), now: before }));
      await count(table, [{ id: "over", cost: "0.75", leaseId, at: after }], after);
      await settleLease(table, { leaseId, spent: usd("0.75"), now: after });
      expect(await standing(table, budget, after)).toEqual({
        spent: "0.75",
        reserved: "0",
        remaining: "9.25",
      });
    });
  });

  it("is trued up by its metrics: up at once, down after ten minutes", async () => {
    await withTable(async (table) => {
      const budget = one();
      await make(table, [budget]);
      const low = leaseOf(await acquire(table, [budget], { perCall: usd("1") })).leaseId;
      const high = leaseOf(await acquire(table, [budget], { perCall: usd("1") })).leaseId;
      await settleLease(table, { leaseId: low, spent: usd("0.10"), now });
      await settleLease(table, { leaseId: high, spent: usd("0.90"), now });
      expect(await standing(table, budget)).toEqual({ spent: "0", reserved: "1", remaining: "9" });
      await count(table, [
        { id: "low", cost: "0.30", leaseId: low },
        { id: "high", cost: "0.40", leaseId: high },
      ]);
      expect(await standing(table, budget)).toEqual({ spent: "0.7", reserved: "0.5", remaining: "8.8" });
      const later = plusMs(now, 10 * MINUTE);
      expect(await standing(table, budget, later)).toEqual({ spent: "0.7", reserved: "0", remaining: "9.3" });
      // Nobody has to look at them again.
      expect((await itemsOf(table, "LEASE#")).filter(({ GSI1PK }) => GSI1PK !== undefined)).toEqual([]);
    });
  });

  it("is renewed with room for more calls besides what was spent, and not beyond what is left", async () => {
    await withTable(async (table) => {
      const budget = one({ amount: Amount.parse("1.00") });
      await make(table, [budget]);
      const { leaseId } = leaseOf(await acquire(table, [budget], { perCall: usd("0.10") }));
      const renewed = await renewLease(
        table,
        { leaseId, spent: usd("0.10"), calls: 1, ttlMs: MINUTE },
        plusMs(now, 30_000),
      );
      expect(renewed).toMatchObject({
        outcome: "renewed",
        lease: { granted: { usd: Amount.parse("0.2") }, expiresAt: plusMs(now, 90_000) },
      });
      expect(await standing(table, budget, plusMs(now, MINUTE))).toEqual({
        spent: "0",
        reserved: "0.2",
        remaining: "0.8",
      });
      expect(
        await renewLease(
          table,
          { leaseId, spent: usd("0.95"), calls: 1, ttlMs: MINUTE },
          plusMs(now, MINUTE),
        ),
      ).toMatchObject({ outcome: "short" });
      expect(
        await renewLease(
          table,
          { leaseId, spent: usd("0.10"), calls: 1, ttlMs: MINUTE },
          plusMs(now, 90_000),
        ),
      ).toMatchObject({ outcome: "closed" });
      await settleLease(table, { leaseId, spent: usd("0.15"), now: plusMs(now, 80_000) });
      expect(await standing(table, budget)).toEqual({ spent: "0", reserved: "0.15", remaining: "0.85" });
    });
  });

  it("gives all back when it is released, and is not settled then", async () => {
    await withTable(async (table) => {
      const budget = one();
      await make(table, [budget]);
      const { leaseId } = leaseOf(await acquire(table, [budget], { perCall: usd("4") }));
      expect(await releaseLease(table, { leaseId, now })).toMatchObject({ outcome: "closed" });
      expect(await releaseLease(table, { leaseId, now })).toMatchObject({ outcome: "closed" });
      expect(await settleLease(table, { leaseId, spent: usd("1"), now })).toMatchObject({
        outcome: "conflict",
      });
      expect(await standing(table, budget)).toEqual({ spent: "0", reserved: "0", remaining: "10" });
      expect((await findLease(table, leaseId))?.state).toBe("released");
      expect(await expireLeases(table, plusMs(now, MINUTE))).toBe(0);
    });
  });

  it("feels an increase from its first to its last moment, without anybody at work", async () => {
    await withTable(async (table) => {
      const budget = one({ amount: Amount.parse("1") });
      await make(table, [budget]);
      const edited = await editBudget(
        table,
        budget.budgetId,
        {
          kind: "increase",
          increase: {
            increaseId: "inc_1",
            amount: Amount.parse("50"),
            from: plusMs(now, MINUTE),
            until: plusMs(now, 3 * MINUTE),
            by: "token_1",
            reason: "launch",
          },
        },
        aNote("chg_increase", { at: now }),
      );
      const increased = edited.outcome === "edited" ? [edited.budget] : [];
      const big = (when: Instant) => acquire(table, increased, { perCall: usd("20"), now: when });
      expect((await big(now)).outcome).toBe("refused");
      const { leaseId } = leaseOf(await big(plusMs(now, MINUTE)));
      await releaseLease(table, { leaseId, now: plusMs(now, 2 * MINUTE) });
      expect((await big(plusMs(now, 3 * MINUTE - 1))).outcome).toBe("granted");
      expect((await big(plusMs(now, 3 * MINUTE))).outcome).toBe("refused");
    });
  });

  it("of a shadow budget refuses nothing, and counts what would have been refused", async () => {
    await withTable(async (table) => {
      const shadow = one({ enforcement: "shadow", amount: Amount.parse("0.10") });
      const hard = one({ amount: Amount.parse("1.00") });
      await make(table, [shadow, hard]);
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => acquire(table, [shadow, hard])));
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array(10).fill("granted"));
      expect(outcomes.filter(({ wouldHaveRefused }) => wouldHaveRefused.length > 0)).toHaveLength(7);
      expect((await ledgerStatus(table, shadow, now)).wouldHaveRefused).toEqual({
        calls: 7,
        amount: Amount.parse("0.21"),
      });
      expect(await standing(table, shadow)).toEqual({ spent: "0", reserved: "0.09", remaining: "0.01" });
    });
  });

  it("is of tokens and requests too, by the day and by the minute", async () => {
    await withTable(async (table) => {
      const tokens = one({ unit: "tokens", amount: Amount.parse("1000") });
      const requests = one({
        unit: "requests",
        amount: Amount.parse("3"),
        period: "minutely",
        thresholds: [],
      });
      await make(table, [tokens, requests]);
      const perCall = { usd: Amount.zero, tokens: Amount.parse("300"), requests: Amount.parse("1") };
      const ask = (when: Instant) => acquire(table, [tokens, requests], { perCall, now: when });
      const { leaseId } = leaseOf(await ask(now));
      await ask(now);
      expect((await ask(now)).outcome).toBe("granted");
      expect(await ask(now)).toMatchObject({
        outcome: "refused",
        shortages: [{ budgetId: tokens.budgetId }, { budgetId: requests.budgetId }],
      });
      await settleLease(table, {
        leaseId,
        spent: { usd: Amount.zero, tokens: Amount.parse("120"), requests: Amount.parse("1") },
        now,
      });
      await count(table, [{ id: "t", cost: "0.01", leaseId }]);
      expect(await standing(table, tokens)).toEqual({ spent: "120", reserved: "600", remaining: "280" });
      expect(await standing(table, requests)).toEqual({ spent: "1", reserved: "2", remaining: "0" });
      const next = plusMs(now, MINUTE);
      expect(await standing(table, requests, next)).toEqual({ spent: "0", reserved: "0", remaining: "3" });
      expect((await ask(next)).outcome).toBe("granted");
    });
  });
});
