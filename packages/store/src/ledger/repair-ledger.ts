import { setTimeout as sleep } from "node:timers/promises";
import type { Amount, Budget, Instant } from "@ai-usage/core";
import pMap from "p-map";
import { ThrottledError } from "../errors.ts";
import { type Item, ItemReader, moneyAttribute } from "../item.ts";
import { ledgerAuditKey, ledgerAuditPartition, ledgerKey } from "../keys.ts";
import { queryItems } from "../query.ts";
import type { Table } from "../table.ts";
import { type TransactItems, tryToWrite } from "../transact.ts";
import { trueUpLease } from "./close-lease.ts";
import { auditLedger, type LedgerAudit } from "./ledger-audit.ts";
import { expectedAvailable, type Ledger } from "./ledger-item.ts";

/** Who had a ledger repaired, and what of it was other before. */
export interface LedgerRepair {
  readonly repairId: string;
  readonly at: Instant;
  readonly by: string;
  readonly periodId: string;
  readonly before: RepairedParts;
  readonly after: RepairedParts;
}

type RepairedParts = Readonly<Record<(typeof REPAIRED_PARTS)[number], Amount>>;

const REPAIRED_PARTS = ["held", "settled", "available"] as const;

/** The index of open leases lags behind by less than all of these together. */
const ATTEMPTS_MAX = 10;
const INDEX_LAG_MS = 300;

/**
 * Brings a ledger in step with its leases and metrics: settlements that no metric bears out are given up at once, and
 * what does not add up is set right, with an entry in its audit trail. Nothing to do where it is in step.
 *
 * What leases hold is only believed when as many were found open as the ledger counts, and twice the same was missing; or
 * when nothing moves at the ledger for longer than the index lags behind. Else what a lease holds that is a moment old would
 * be given out once more.
 *
 * @returns the ledger before and after
 * @throws ThrottledError when it is never still; nothing was repaired, and it may be tried again
 */
export async function repairLedger(
  table: Table,
  budget: Budget,
  note: Pick<LedgerRepair, "repairId" | "at" | "by">,
): Promise<{ before: LedgerAudit; after: LedgerAudit }> {
  const { at: now } = note;
  const before = await auditLedger(table, budget, now);
  await pMap(before.unconfirmed, ({ leaseId }) => trueUpLease(table, leaseId, now, { waitMs: 0 }), {
    concurrency: 8,
  });
  const seen = { ledger: "", stillLooks: 0, drift: "" };
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const audit = await auditLedger(table, budget, now);
    const { ledger, leases } = audit;
    if (ledger === undefined) return { before, after: audit };
    const after = repairedOf(ledger, audit);
    if (isSame(ledger, after)) return { before, after: audit };
    const [text, drift] = [JSON.stringify(ledger), JSON.stringify(driftOf(ledger, after))];
    const isLasting = seen.drift === drift && leases.length === ledger.openLeases;
    seen.stillLooks = seen.ledger === text ? seen.stillLooks + 1 : 1;
    Object.assign(seen, { ledger: text, drift });
    if (isLasting || seen.stillLooks === ATTEMPTS_MAX) {
      const writes = repairWrites(table, { budgetId: budget.budgetId, ...note }, ledger, after);
      if ((await tryToWrite(table, writes)) === "written")
        return { before, after: await auditLedger(table, budget, now) };
    }
    await sleep(INDEX_LAG_MS);
  }
  throw new ThrottledError(`the ledger of ${budget.budgetId} is never still`);
}

/** What came without a lease is not looked at: it follows from the totals as soon as the ledger adds up. */
function repairedOf(ledger: Ledger, { leases, heldByLeases, seenOfClosed }: LedgerAudit): Ledger {
  const repaired = { ...ledger, held: heldByLeases, openLeases: leases.length, settled: seenOfClosed };
  return { ...repaired, available: expectedAvailable(repaired) };
}

const isSame = (one: Ledger, other: Ledger): boolean =>
  one.openLeases === other.openLeases && REPAIRED_PARTS.every((part) => one[part].equals(other[part]));

const driftOf = (before: Ledger, after: Ledger): Amount[] =>
  REPAIRED_PARTS.map((part) => after[part].minus(before[part]));

/** On the condition that nothing has moved since it was looked at. */
function repairWrites(
  table: Table,
  note: Pick<LedgerRepair, "repairId" | "at" | "by"> & { readonly budgetId: string },
  before: Ledger,
  after: Ledger,
): TransactItems {
  const { budgetId, at, by, repairId } = note;
  const entry: Item = {
    ...ledgerAuditKey(budgetId, at, repairId),
    repair_id: repairId,
    at,
    by,
    period_id: before.periodId,
    before: toPartAttributes(before),
    after: toPartAttributes(after),
  };
  const known = REPAIRED_PARTS.map((part) => `#${part} = :known_${part}`);
  const sets = REPAIRED_PARTS.map((part) => `#${part} = :${part}`);
  return [
    {
      Update: {
        TableName: table.name,
        Key: ledgerKey(budgetId, before.periodId),
        UpdateExpression: `SET ${sets.join(", ")}, #open = :open, #snapshot = :snapshot`,
        ConditionExpression: `${known.join(" AND ")} AND #open = :known_open AND #snapshot = :known_snapshot`,
        ExpressionAttributeNames: {
          ...Object.fromEntries(REPAIRED_PARTS.map((part) => [`#${part}`, part])),
          "#open": "open_leases",
          "#snapshot": "snapshot",
        },
        ExpressionAttributeValues: {
          ...Object.fromEntries(
            REPAIRED_PARTS.map((part) => [`:known_${part}`, moneyAttribute(before[part])]),
          ),
          ...Object.fromEntries(REPAIRED_PARTS.map((part) => [`:${part}`, moneyAttribute(after[part])])),
          ":open": after.openLeases,
          ":known_open": before.openLeases,
          ":snapshot": before.snapshot + 1,
          ":known_snapshot": before.snapshot,
        },
      },
    },
    { Put: { TableName: table.name, Item: entry, ConditionExpression: "attribute_not_exists(PK)" } },
  ];
}

const REPAIRS_SHOWN = 10;

/** The last ones of a budget, newest first. */
export async function listLedgerRepairs(table: Table, budgetId: string): Promise<LedgerRepair[]> {
  const partition = ledgerAuditPartition(budgetId);
  const items = await queryItems(table, { partition, newestFirst: true, limit: REPAIRS_SHOWN });
  return items.map((item) => {
    const read = new ItemReader(item);
    return {
      repairId: read.text("repair_id"),
      at: read.instant("at"),
      by: read.text("by"),
      periodId: read.text("period_id"),
      before: fromPartAttributes(read.map("before")),
      after: fromPartAttributes(read.map("after")),
    };
  });
}

const toPartAttributes = (parts: RepairedParts): Item =>
  Object.fromEntries(REPAIRED_PARTS.map((part) => [part, moneyAttribute(parts[part])]));

const fromPartAttributes = (read: ItemReader): RepairedParts => ({
  held: read.money("held"),
  settled: read.money("settled"),
  available: read.money("available"),
});
