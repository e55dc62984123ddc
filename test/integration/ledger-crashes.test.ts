import { Amount, type Budget, parseScope, periodAt, plusMs } from "@ai-usage/core";
import {
  createBudget,
  expireLeases,
  fromMetricItem,
  ledgerStatus,
  refreshLedger,
  releaseLease,
  renewLease,
  rollUp,
  settleLease,
  type Table,
} from "@ai-usage/store";
import { TransactionCanceledException, TransactionConflictException } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { applyChanges } from "../../packages/store/src/apply-rollup.ts";
import { itemAfter } from "../../packages/store/src/stream-record.ts";
import { aNewBudget, aNote, at } from "../support/budgets.ts";
import { CrashError } from "../support/crashing-table.ts";
import { randomFrom } from "../support/deliveries.ts";
import { type TestTable, withTable } from "../support/engine.ts";
import { itemsOf } from "../support/items.ts";
import {
  acquire,
  aHardBudget,
  granted,
  keepAll,
  meddledTable,
  NOON,
  record,
  recordAndCount,
  rollAll,
  usd,
} from "../support/leases.ts";
import { readStream, recordsOf } from "../support/stream.ts";

const LATER = plusMs(NOON, 60_000);
const left = async (table: Table, budget: Budget, now = NOON) =>
  String((await ledgerStatus(table, budget, now)).remaining);

/** What the ledger says by itself, before anybody looks at it and sets it right. */
async function storedRemainder(table: Table, budget: Budget): Promise<string> {
  const items = await itemsOf(table, `BUDGET#${budget.budgetId}`);
  const ledger = items.find(({ SK }) => String(SK).startsWith("PERIOD#"));
  // Engines may keep zeros at the end: `9.00`.
  return Amount.parse(String(ledger?.available)).toString();
}

/** The first half of a rollup: the calls are in the totals, and in no sum of leases yet. */
async function countTotalsOnly(table: TestTable): Promise<void> {
  const changes = recordsOf(await readStream(table), "USAGE#").map((record) => {
    const item = itemAfter(record);
    return { sequenceNumber: record.dynamodb.SequenceNumber, ...(item && { after: fromMetricItem(item) }) };
  });
  await applyChanges(table, changes, "shard");
}

describe("a call that the rollup has counted by half", () => {
  it("is put right by who looked meanwhile, though others who looked later found nothing to do", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table);
      const { leaseId } = await granted(table, [budget]);
      await record(table, { id: "call", cost: "1", leaseId });
      await countTotalsOnly(table);
      let isFirst = true;
      const slow = meddledTable(table, async ({ name, input }, send) => {
        if (isFirst && name.startsWith("Update") && input.includes("PERIOD#")) {
          isFirst = false;
          await rollAll(table);
          await keepAll(table);
        }
        await send();
      });
      await refreshLedger(slow, { budget, period: periodAt("daily", NOON, budget.calendar) }, NOON);
      expect(isFirst).toBe(false);
      expect(await storedRemainder(table, budget)).toBe("9");
    });
  });

  it("is no reason to refuse another one that there is room for", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table, { amount: Amount.parse("2") });
      const { leaseId } = await granted(table, [budget]);
      await record(table, { id: "call", cost: "1", leaseId });
      await countTotalsOnly(table);
      await keepAll(table);
      // Held, and among what came without a lease.
      expect(await storedRemainder(table, budget)).toBe("0");
      const asked = acquire(table, [budget]);
      const rolled = new Promise<void>((done) => setTimeout(() => rollAll(table).then(() => done()), 40));
      expect((await asked).outcome).toBe("granted");
      await rolled;
      expect((await acquire(table, [budget])).outcome).toBe("refused");
    });
  });
});

describe("a rollup that dies", () => {
  it("never makes the remainder too large, whichever write it dies at, and comes to the same when it is repeated", async () => {
    let isDone = false;
    for (let writes = 0; !isDone; writes += 1) {
      await withTable(async (table) => {
        const budget = await aHardBudget(table);
        const { leaseId } = await granted(table, [budget]);
        await record(table, { id: "leased", cost: "1", leaseId }, { id: "other", cost: "0.5" });
        let made = 0;
        const dying = meddledTable(table, async ({ name }, send) => {
          if (name.startsWith("Update") && made++ === writes) throw new CrashError(`after ${writes} writes`);
          await send();
        });
        const records = recordsOf(await readStream(table), "USAGE#");
        isDone = await rollUp(dying, records, "shard").then(
          () => true,
          () => false,
        );
        await keepAll(table);
        expect(Number(await storedRemainder(table, budget))).toBeLessThanOrEqual(9);
        await rollAll(table);
        await keepAll(table);
        expect(await storedRemainder(table, budget)).toBe("8.5");
      });
    }
  });
});

describe("a lease that is taken back", () => {
  it("counts with what was counted at that very moment, even if the process dies of it", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table);
      const { leaseId } = await granted(table, [budget]);
      const dying = meddledTable(table, async ({ name }, send) => {
        if (!name.startsWith("Transact")) return send();
        await record(table, { id: "call", cost: "1", leaseId });
        await rollAll(table);
        await keepAll(table, LATER);
        await send();
        throw new CrashError("after it was taken back");
      });
      await expect(expireLeases(dying, LATER)).rejects.toThrow(CrashError);
      expect(await left(table, budget, plusMs(LATER, 600_000))).toBe("9");
    });
  });
});

const stories: readonly [
  what: string,
  (table: Table, budgets: readonly Budget[], leaseId: string) => Promise<unknown>,
][] = [
  ["acquired", (table, budgets) => acquire(table, budgets, { leaseId: "lea_second" })],
  ["settled", (table, _, leaseId) => settleLease(table, { leaseId, spent: usd("0.5"), now: NOON })],
  ["released", (table, _, leaseId) => releaseLease(table, { leaseId, now: NOON })],
  ["taken back", (table) => expireLeases(table, LATER)],
  [
    "renewed",
    (table, _, leaseId) => renewLease(table, { leaseId, spent: usd("1"), calls: 1, ttlMs: 60_000 }, NOON),
  ],
];

describe.each(stories)("a lease that is %s by a process that dies", (what, story) => {
  it("is so in all of its budgets or in none, whichever write it dies at, and gone with its time", async () => {
    for (const isAnswerLost of [false, true]) {
      for (let writes = 0; writes < 3; writes++) {
        await withTable(async (table) => {
          const budgets = [await aHardBudget(table), await aHardBudget(table)];
          const { leaseId } = await granted(table, budgets);
          let made = 0;
          const dying = meddledTable(table, async ({ name }, send) => {
            if (!/^(Transact|Update|Put)/.test(name)) return send();
            if (made++ < writes) return send();
            if (isAnswerLost) await send();
            throw new CrashError(`after ${writes} writes`);
          });
          await story(dying, budgets, leaseId).catch((error: unknown) => {
            if (!(error instanceof CrashError)) throw error;
          });
          const [one, other] = await Promise.all(budgets.map((budget) => storedRemainder(table, budget)));
          expect(one).toBe(other);
          // Tried again by whoever needs it, it comes to the same.
          await story(table, budgets, leaseId);
          const after = plusMs(NOON, 15 * 60_000);
          const ends = await Promise.all(budgets.map((budget) => left(table, budget, after)));
          expect([what, ...ends]).toEqual([what, "10", "10"]);
        });
      }
    }
  });
});

describe("ledgers at which others write at the same moment, always", () => {
  it("give out no more and no less, and nobody sees an error of it", async () => {
    await withTable(async (table) => {
      const scopes = ["global:all", "team:growth"].map(parseScope);
      const budgets = scopes.map((scope) =>
        aNewBudget({
          scope,
          enforcement: "hard",
          amount: Amount.parse("6"),
          createdAt: at("2026-11-20T00:00:00Z"),
        }),
      );
      for (const budget of budgets) await createBudget(table, budget, aNote(`chg_${budget.budgetId}`));
      const random = randomFrom(7);
      let conflicts = 0;
      const contended = meddledTable(table, async ({ name, input }, send) => {
        if (!/^(Transact|Update)/.test(name) || !input.includes("PERIOD#") || random() < 0.5) return send();
        conflicts += 1;
        const message = "somebody else is at it";
        throw name.startsWith("Update")
          ? new TransactionConflictException({ message, $metadata: {} })
          : new TransactionCanceledException({
              message,
              CancellationReasons: [{ Code: "None" }, { Code: "TransactionConflict" }],
              $metadata: {},
            });
      });
      const outcomes = await Promise.all(Array.from({ length: 24 }, () => acquire(contended, budgets)));
      const leases = outcomes.flatMap((one) => (one.outcome === "granted" ? [one.lease] : []));
      expect(leases).toHaveLength(6);
      await Promise.all(
        leases.map(({ leaseId }) => settleLease(contended, { leaseId, spent: usd("0.5"), now: NOON })),
      );
      expect(await Promise.all(budgets.map((budget) => left(contended, budget)))).toEqual(["3", "3"]);
      expect(conflicts).toBeGreaterThan(10);
    });
  });
});

describe("a ledger that is looked at while calls come, are counted and settled", () => {
  it("comes to what was spent, to the last digit", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table, { amount: Amount.parse("100") });
      const of = { budget, period: periodAt("daily", NOON, budget.calendar) };
      await granted(table, [budget]).then(({ leaseId }) => releaseLease(table, { leaseId, now: NOON }));
      let isOver = false;
      const looking = Promise.all(
        Array.from({ length: 3 }, async () => {
          while (!isOver) await refreshLedger(table, of, NOON);
        }),
      );
      for (let round = 1; round <= 12; round++) {
        const { leaseId } = await granted(table, [budget]);
        const calls = [
          { id: `leased-${round}`, cost: `0.1000000000000000${round + 10}`, leaseId },
          { id: `other-${round}`, cost: `0.0${round + 10}` },
        ];
        const spent = usd(`0.1000000000000000${round + 10}`);
        await Promise.all([
          round % 2 === 0
            ? recordAndCount(table, ...calls)
            : record(table, ...calls).then(() => rollAll(table)),
          settleLease(table, { leaseId, spent, now: NOON }),
        ]);
      }
      isOver = true;
      await looking;
      await keepAll(table);
      const { spent, reserved } = await ledgerStatus(table, budget, NOON);
      expect([spent, reserved].map(String)).toEqual(["1.398000000000000198", "0"]);
      expect(await storedRemainder(table, budget)).toBe("98.601999999999999802");
    });
  });
});
