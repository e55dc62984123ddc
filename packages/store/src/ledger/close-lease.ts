import {
  Amount,
  type Instant,
  type Lease,
  type LeasedBudget,
  mapQuantities,
  plusMs,
  type Quantities,
  spentOf,
} from "@ai-usage/core";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { leaseKey } from "../keys.ts";
import type { Table } from "../table.ts";
import { type TransactItems, transact } from "../transact.ts";
import { chargeOf, fromLeaseItem, type StoredLease, toLeaseItem } from "./lease-item.ts";
import { NOTHING_SEEN, type SeenCalls, seenOf } from "./lease-seen.ts";
import { inTransaction, ledgerUpdate } from "./ledger-writes.ts";

/** A settlement that metrics do not bear out counts for this long: then what was counted is taken for all there was. */
const UNCONFIRMED_MS = 10 * 60_000;

export async function findLease(table: Table, leaseId: string): Promise<Lease | undefined> {
  return (await findStoredLease(table, leaseId))?.lease;
}

export async function findStoredLease(table: Table, leaseId: string): Promise<StoredLease | undefined> {
  const { Item: item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: leaseKey(leaseId), ConsistentRead: true }),
  );
  return item && fromLeaseItem(item);
}

/**
 * `closed`: now or by the same request before · `conflict`: it was settled with something else, or released ·
 * `unknown`: there is no such lease.
 */
export type CloseOutcome =
  | { readonly outcome: "closed"; readonly lease: Lease }
  | { readonly outcome: "conflict"; readonly lease: Lease }
  | { readonly outcome: "unknown" };

/**
 * Says what the calls of a lease came to; the rest of it is free again. It counts with what is said here, or with what its
 * metrics have been counted to come to where that is more. Taken once, also after the lease has expired.
 *
 * @param request in a unit that nothing is said about, all of what was granted counts as spent
 */
export async function settleLease(
  table: Table,
  request: { leaseId: string; spent: Partial<Quantities>; now: Instant },
): Promise<CloseOutcome> {
  const { leaseId, now } = request;
  const outcome = await transact<CloseOutcome>(table, "leases", async () => {
    const stored = await findStoredLease(table, leaseId);
    if (stored === undefined) return { writes: [], outcome: { outcome: "unknown" } };
    const { lease } = stored;
    const spent = spentOf(lease, request.spent);
    if (lease.state === "settled" || lease.state === "released") {
      const isSame = lease.settled !== undefined && isEqual(lease.settled, spent);
      return { writes: [], outcome: { outcome: isSame ? "closed" : "conflict", lease } };
    }
    return closing(table, stored, { state: "settled", settled: spent, now });
  });
  return confirmed(table, outcome, now);
}

/** Gives a lease back of which nothing was spent. */
export async function releaseLease(
  table: Table,
  request: { leaseId: string; now: Instant },
): Promise<CloseOutcome> {
  const { leaseId, now } = request;
  const outcome = await transact<CloseOutcome>(table, "leases", async () => {
    const stored = await findStoredLease(table, leaseId);
    if (stored === undefined) return { writes: [], outcome: { outcome: "unknown" } };
    const { lease } = stored;
    if (lease.state !== "open") {
      return { writes: [], outcome: { outcome: lease.state === "settled" ? "conflict" : "closed", lease } };
    }
    const settled = mapQuantities(lease.granted, () => Amount.zero);
    return closing(table, stored, { state: "released", settled, now });
  });
  return confirmed(table, outcome, now);
}

/** Takes back a lease whose time is over. @returns the lease as it is then, or nothing when it is not to be expired */
export async function expireLease(table: Table, leaseId: string, now: Instant): Promise<Lease | undefined> {
  const outcome = await transact<CloseOutcome>(table, "leases", async () => {
    const stored = await findStoredLease(table, leaseId);
    if (stored === undefined) return { writes: [], outcome: { outcome: "unknown" } };
    const { lease } = stored;
    if (lease.state !== "open" || now < lease.expiresAt)
      return { writes: [], outcome: { outcome: "conflict", lease } };
    return closing(table, stored, { state: "expired", now });
  });
  const after = await confirmed(table, outcome, now);
  return after.outcome === "closed" ? after.lease : undefined;
}

/**
 * Lets a closed lease count with what its metrics come to: at once where that is as much as was settled or more, or where
 * as many calls have been counted as were settled; and where it is less, when that long has passed since.
 */
export async function trueUpLease(
  table: Table,
  leaseId: string,
  now: Instant,
  { waitMs = UNCONFIRMED_MS }: { readonly waitMs?: number } = {},
): Promise<Lease | undefined> {
  return transact<Lease | undefined>(table, "leases", async () => {
    const stored = await findStoredLease(table, leaseId);
    if (stored === undefined) return { writes: [], outcome: undefined };
    const { lease } = stored;
    if (lease.state === "open") return { writes: [], outcome: lease };
    const seen = await seenOf(table, lease);
    const isGivenUp = lease.closedAt !== undefined && plusMs(lease.closedAt, waitMs) <= now;
    const budgets = lease.budgets.map((one) => {
      const counted = seen.get(one.budgetId) ?? NOTHING_SEEN;
      const isBorneOut = counted.amount.atLeast(chargeOf(one)) || isAllOf(lease, counted);
      return isGivenUp || isBorneOut ? withCharge(one, counted.amount) : one;
    });
    const after = { ...lease, budgets };
    const dueAt = isGivenUp ? undefined : dueOf(after, seen);
    const isSame = budgets.every((one, index) => one === lease.budgets[index]);
    if (isSame && stored.due === (dueAt !== undefined)) return { writes: [], outcome: lease };
    return { writes: leaseWrites(table, stored, after, dueAt), outcome: after };
  });
}

const isAllOf = ({ settled }: Lease, { calls }: SeenCalls): boolean =>
  settled !== undefined &&
  !settled.requests.isZero() &&
  Amount.parse(String(calls)).atLeast(settled.requests);

/** By the minute there are no totals, and no metrics that could say better. */
function withCharge(one: LeasedBudget, charged: Amount): LeasedBudget {
  if (one.period.kind === "minutely" || chargeOf(one).equals(charged)) return one;
  return { ...one, charged };
}

const isConfirmed = ({ budgets }: Lease, seen: ReadonlyMap<string, SeenCalls>): boolean =>
  budgets.every(
    (one) =>
      one.period.kind === "minutely" || chargeOf(one).equals((seen.get(one.budgetId) ?? NOTHING_SEEN).amount),
  );

async function closing(
  table: Table,
  stored: StoredLease,
  close: { state: "settled" | "released" | "expired"; settled?: Quantities; now: Instant },
): Promise<{ writes: TransactItems; outcome: CloseOutcome }> {
  const { lease } = stored;
  const seen = await seenOf(table, lease);
  const budgets = lease.budgets.map((one) => {
    const said = close.settled?.[one.unit] ?? Amount.zero;
    const { amount } = seen.get(one.budgetId) ?? NOTHING_SEEN;
    return { ...one, charged: amount.atLeast(said) ? amount : said };
  });
  const after: Lease = {
    ...lease,
    budgets,
    state: close.state,
    closedAt: close.now,
    ...(close.settled && { settled: close.settled }),
  };
  return {
    writes: leaseWrites(table, stored, after, dueOf(after, seen)),
    outcome: { outcome: "closed", lease: after },
  };
}

/** Moves each ledger by what the lease counts with now, and what it did before. */
function leaseWrites(
  table: Table,
  { lease: before, version }: StoredLease,
  after: Lease,
  dueAt: Instant | undefined,
): TransactItems {
  const wasOpen = before.state === "open";
  const ledgers = after.budgets.flatMap((one, index) => {
    const former = before.budgets[index];
    if (former === undefined) return [];
    const settled = chargeOf(one).minus(wasOpen ? Amount.zero : chargeOf(former));
    if (settled.isZero() && !wasOpen) return [];
    const ledger = { budgetId: one.budgetId, periodId: one.period.id };
    const freed = wasOpen && { held: former.held.negated(), openLeases: -1 };
    return [inTransaction(ledgerUpdate(table, ledger, { settled, ...freed }))];
  });
  const item = toLeaseItem({ lease: after, version: version + 1 }, dueAt);
  return [
    {
      Put: {
        TableName: table.name,
        Item: item,
        ConditionExpression: "#version = :known",
        ExpressionAttributeNames: { "#version": "version" },
        ExpressionAttributeValues: { ":known": version },
      },
    },
    ...ledgers,
  ];
}

/**
 * When a closed lease is looked at again. One that was taken back always is: what is counted while that is done finds it
 * open, and nobody who asks for it will ask again.
 */
function dueOf(lease: Lease, seen: ReadonlyMap<string, SeenCalls>): Instant | undefined {
  if (lease.closedAt === undefined) return undefined;
  if (lease.state !== "expired" && isConfirmed(lease, seen)) return undefined;
  return plusMs(lease.closedAt, UNCONFIRMED_MS);
}

/** Calls that were counted while it was closed: those after are seen by whoever follows the stream. */
async function confirmed(table: Table, outcome: CloseOutcome, now: Instant): Promise<CloseOutcome> {
  if (outcome.outcome !== "closed") return outcome;
  const lease = await trueUpLease(table, outcome.lease.leaseId, now);
  return lease ? { ...outcome, lease } : outcome;
}

function isEqual(a: Quantities, b: Quantities): boolean {
  return a.usd.equals(b.usd) && a.tokens.equals(b.tokens) && a.requests.equals(b.requests);
}
