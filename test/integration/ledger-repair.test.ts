import { plusMs } from "@ai-usage/core";
import {
  auditLedger,
  ledgerStatus,
  listLedgerRepairs,
  repairLedger,
  settleLease,
  type Table,
} from "@ai-usage/store";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { withTable } from "../support/engine.ts";
import {
  acquire,
  aHardBudget,
  granted,
  keepAll,
  meddledTable,
  NOON,
  recordAndCount,
  usd,
} from "../support/leases.ts";

/** Each look at a ledger asks four lanes of the index for what is due, and four for what is open. */
const LAGGING_LOOKS = 3 * 8;

const note = { repairId: "rep_1", at: NOON, by: "admin" };

async function tamper(
  table: Table,
  budgetId: string,
  parts: Readonly<Record<string, number>>,
): Promise<void> {
  const names = Object.keys(parts);
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: { PK: `BUDGET#${budgetId}`, SK: "PERIOD#2026-11-21" },
      UpdateExpression: `SET ${names.map((name) => `${name} = ${name} + :${name}`).join(", ")}`,
      ExpressionAttributeValues: Object.fromEntries(names.map((name) => [`:${name}`, parts[name]])),
    }),
  );
}

const drift = async (...asked: Parameters<typeof auditLedger>) => {
  const { held, heldByLeases, settled, seenOfClosed, surplus } = await auditLedger(...asked);
  return [held.minus(heldByLeases), settled.minus(seenOfClosed), surplus].map(String);
};

describe("a ledger", () => {
  it("shows no drift while leases are open, counted, settled and taken back", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table);
      expect(await drift(table, budget, NOON)).toEqual(["0", "0", "0"]);
      const [one, other] = [await granted(table, [budget]), await granted(table, [budget])];
      await recordAndCount(table, { id: "one", cost: "0.5", leaseId: one.leaseId });
      expect(await drift(table, budget, NOON)).toEqual(["0", "0", "0"]);
      await settleLease(table, { leaseId: one.leaseId, spent: usd("0.5"), now: NOON });
      expect(await drift(table, budget, NOON)).toEqual(["0", "0", "0"]);
      await settleLease(table, { leaseId: other.leaseId, spent: usd("0.25"), now: NOON });
      expect(await drift(table, budget, NOON)).toEqual(["0", "0.25", "0"]);
      expect((await auditLedger(table, budget, NOON)).unconfirmed).toMatchObject([
        { leaseId: other.leaseId },
      ]);
      await recordAndCount(table, { id: "other", cost: "0.25", leaseId: other.leaseId });
      expect(await drift(table, budget, NOON)).toEqual(["0", "0", "0"]);
      expect(await listLedgerRepairs(table, budget.budgetId)).toEqual([]);
    });
  });

  it.each([
    ["what leases hold", { held: 2, available: -2 }, ["2", "0", "0"]],
    ["what closed leases came to", { settled: 3, available: -3 }, ["0", "3", "0"]],
    ["how many leases are open", { open_leases: 1 }, ["0", "0", "0"]],
  ] as const)(
    "that is wrong about %s is repaired, with an entry in the audit trail",
    async (_, parts, found) => {
      await withTable(async (table) => {
        const budget = await aHardBudget(table);
        await granted(table, [budget]);
        await tamper(table, budget.budgetId, parts);
        expect(await drift(table, budget, NOON)).toEqual(found);
        const { before, after } = await repairLedger(table, budget, note);
        expect(String(before.remaining)).toBe(String(9 + ("available" in parts ? parts.available : 0)));
        expect(after.ledger).toMatchObject({ openLeases: 1 });
        expect([after.held, after.settled, after.remaining].map(String)).toEqual(["1", "0", "9"]);
        expect(await drift(table, budget, NOON)).toEqual(["0", "0", "0"]);
        expect(await listLedgerRepairs(table, budget.budgetId)).toMatchObject([
          { repairId: "rep_1", by: "admin", at: NOON, periodId: "2026-11-21" },
        ]);
        await repairLedger(table, budget, { ...note, repairId: "rep_2" });
        expect(await listLedgerRepairs(table, budget.budgetId)).toHaveLength(1);
      });
    },
  );

  it("that does not add up gives nothing out, says so, and is repaired", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table);
      await granted(table, [budget]);
      await tamper(table, budget.budgetId, { available: 100 });
      await expect(acquire(table, [budget])).rejects.toThrow(
        `POST /budgets/${budget.budgetId}/ledger/repair`,
      );
      expect(await drift(table, budget, NOON)).toEqual(["0", "0", "100"]);
      const { after } = await repairLedger(table, budget, note);
      expect([after.held, after.remaining, after.surplus].map(String)).toEqual(["1", "9", "0"]);
      expect((await acquire(table, [budget])).outcome).toBe("granted");
    });
  });

  it("keeps what a lease holds that the index does not list yet", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table);
      await granted(table, [budget]);
      await tamper(table, budget.budgetId, { settled: 3, available: -3 });
      let looks = 0;
      const lagging = meddledTable(table, async ({ name, input }, send) => {
        const isIndex = name.startsWith("Query") && input.includes("GSI1");
        if (!isIndex || ++looks > LAGGING_LOOKS) return send();
        return { Items: [], $metadata: {} };
      });
      const { after } = await repairLedger(lagging, budget, note);
      expect(looks).toBeGreaterThan(LAGGING_LOOKS);
      expect([after.held, after.settled, after.remaining].map(String)).toEqual(["1", "0", "9"]);
    });
  });

  it("gives up settlements that no metric bears out", async () => {
    await withTable(async (table) => {
      const budget = await aHardBudget(table);
      const { leaseId } = await granted(table, [budget]);
      await settleLease(table, { leaseId, spent: usd("1"), now: NOON });
      expect(String((await ledgerStatus(table, budget, NOON)).remaining)).toBe("9");
      await repairLedger(table, budget, note);
      expect(String((await ledgerStatus(table, budget, NOON)).remaining)).toBe("10");
      // They count all the same when they come.
      await recordAndCount(table, { id: "late", cost: "0.75", leaseId });
      await keepAll(table, plusMs(NOON, 1));
      expect(String((await ledgerStatus(table, budget, NOON)).remaining)).toBe("9.25");
    });
  });
});
