import {
  type Amount,
  addQuantities,
  type Budget,
  type Instant,
  type Lease,
  type LeasedBudget,
  leaseExpiry,
  leaseSize,
  type Quantities,
  type Shortage,
  spentOf,
  timesQuantities,
} from "@ai-usage/core";
import pMap from "p-map";
import { activeBudgetsOf } from "../budgets.ts";
import { ThrottledError } from "../errors.ts";
import type { Table } from "../table.ts";
import { backOff, type TransactItems, TURNS_MAX, tryToWrite } from "../transact.ts";
import { lookAgain } from "./acquire-lease.ts";
import { findStoredLease } from "./close-lease.ts";
import { countRefused } from "./count-refused.ts";
import { type StoredLease, toLeaseItem } from "./lease-item.ts";
import type { Ledger } from "./ledger-item.ts";
import { inTransaction, ledgerUpdate } from "./ledger-writes.ts";
import { findLedgersById, syncBase } from "./ledgers.ts";
import { shortageOf } from "./shortage.ts";

export interface LeaseRenewal {
  readonly leaseId: string;
  /** All that has been spent from it so far; in a unit that nothing is said about, all that it was granted. */
  readonly spent: Partial<Quantities>;
  /** None: it only lasts longer, for those that are under way, and is never short. */
  readonly calls: number;
  readonly ttlMs: number;
}

/**
 * `renewed` · `short`: there is not enough left for one more call; the lease stays as it was, and lasts until it did ·
 * `closed`: its time was over, or it was closed: ask for a new one · `outdated`: calls like its own fall under a hard budget
 * by now that it holds nothing of: settle it and ask for a new one · `unknown`: there is no such lease.
 */
export type RenewOutcome =
  | { readonly outcome: "renewed"; readonly lease: Lease }
  | { readonly outcome: "short"; readonly lease: Lease; readonly shortages: readonly Shortage[] }
  | { readonly outcome: "closed" | "outdated"; readonly lease: Lease }
  | { readonly outcome: "unknown" };

/** What a budget of the lease has left for it. */
interface Room {
  readonly of: LeasedBudget;
  /** Absent when it refuses nothing any more: what the lease takes of it is noted, and nothing asked. */
  readonly budget: Budget | undefined;
  readonly ledger: Ledger;
  /** With what the lease holds and has not spent: that can be given to it again. */
  readonly available: Amount;
  readonly needed: Amount;
}

/**
 * Makes a lease last longer, with room for further calls besides all that has been spent of it. It ends with its periods:
 * when one of them is over, calls need a new lease.
 *
 * @throws ThrottledError when others are always faster; the lease is as it was, and it may be tried again
 */
export async function renewLease(table: Table, request: LeaseRenewal, now: Instant): Promise<RenewOutcome> {
  let isFresh = false;
  for (let attempt = 1; attempt <= TURNS_MAX; attempt++) {
    const stored = await findStoredLease(table, request.leaseId);
    if (stored === undefined) return { outcome: "unknown" };
    const { lease } = stored;
    if (lease.state !== "open" || now >= lease.expiresAt) return { outcome: "closed", lease };
    const budgets = await activeBudgetsOf(table, lease.scopes);
    if (budgets.some((budget) => isMissing(lease, budget))) return { outcome: "outdated", lease };
    const spent = spentOf(lease, request.spent);
    const rooms = await roomsOf(table, { lease, budgets, spent, now });
    const open = request.calls === 0 ? [] : asking(rooms);
    const short = open.filter(({ available, needed }) => !available.atLeast(needed));
    if (short.length > 0 && !isFresh) {
      await lookAgain(
        table,
        short.map(({ budget, of, needed }) => ({ budget, period: of.period, needed })),
        now,
      );
      isFresh = true;
      continue;
    }
    const hard = short.filter(({ budget }) => budget.enforcement === "hard");
    if (hard.length > 0) return { outcome: "short", lease, shortages: shortagesOf(hard, now) };
    const roomy = open.filter((room) => !short.includes(room));
    const calls = request.calls === 0 ? 0 : leaseSize(request.calls, roomy);
    const after = renewed(lease, { ...request, spent, calls }, now);
    const outcome = await tryToWrite(table, renewalWrites(table, stored, after, rooms, roomy));
    if (outcome === "written") {
      const refused = { calls: after.calls, granted: timesQuantities(after.perCall, after.calls) };
      await countRefused(
        table,
        short.map(({ budget, of }) => ({ budget, period: of.period })),
        refused,
      );
      return { outcome: "renewed", lease: after };
    }
    if (outcome === "changed") isFresh = false;
    await backOff(attempt);
  }
  throw new ThrottledError("too many calls ask for the same budgets at once");
}

/** Whether calls of the lease fall under a budget that refuses, and that it holds nothing of. */
function isMissing({ budgets, perCall }: Lease, { budgetId, enforcement, unit }: Budget): boolean {
  return (
    enforcement === "hard" && !perCall[unit].isZero() && budgets.every((one) => one.budgetId !== budgetId)
  );
}

async function roomsOf(
  table: Table,
  of: { lease: Lease; budgets: readonly Budget[]; spent: Quantities; now: Instant },
): Promise<Room[]> {
  const { lease, spent, now } = of;
  const ledgers = await findLedgersById(table, lease.budgets);
  return pMap(lease.budgets, async (one, index) => {
    const found = ledgers[index];
    if (found === undefined)
      throw new Error(`the ledger of ${one.budgetId} in ${one.period.id} is not there`);
    const budget = of.budgets.find((of) => of.budgetId === one.budgetId && of.enforcement !== "soft");
    const ledger = budget ? await syncBase(table, found, { budget, period: one.period }, now) : found;
    const available = ledger.available.plus(one.held).minus(spent[one.unit]);
    return { of: one, budget, ledger, available, needed: lease.perCall[one.unit] };
  });
}

type AskingRoom = Room & { readonly budget: Budget };

const asking = (rooms: readonly Room[]): AskingRoom[] =>
  rooms.filter((room): room is AskingRoom => room.budget !== undefined);

const shortagesOf = (rooms: readonly AskingRoom[], now: Instant): Shortage[] =>
  rooms.map(({ budget, of, ledger, needed }) =>
    shortageOf({ budget, period: of.period, ledger, needed, now }),
  );

function renewed(
  lease: Lease,
  { spent, calls, ttlMs }: { spent: Quantities; calls: number; ttlMs: number },
  now: Instant,
): Lease {
  const granted = addQuantities(spent, timesQuantities(lease.perCall, calls));
  return {
    ...lease,
    calls,
    granted,
    budgets: lease.budgets.map((one) => ({ ...one, held: granted[one.unit] })),
    expiresAt: leaseExpiry(
      now,
      ttlMs,
      lease.budgets.map(({ period }) => period),
    ),
  };
}

function renewalWrites(
  table: Table,
  { lease: before, version }: StoredLease,
  after: Lease,
  rooms: readonly Room[],
  roomy: readonly Room[],
): TransactItems {
  return [
    {
      Put: {
        TableName: table.name,
        Item: toLeaseItem({ lease: after, version: version + 1 }, after.expiresAt),
        ConditionExpression: "#version = :known",
        ExpressionAttributeNames: { "#version": "version" },
        ExpressionAttributeValues: { ":known": version },
      },
    },
    ...after.budgets.map(({ budgetId, period, held }, index) => {
      const more = held.minus(before.budgets[index]?.held ?? held);
      const room = rooms[index];
      // What is given back is taken at any remainder, and a shadow budget refuses nothing.
      const isAsked = room !== undefined && roomy.includes(room) && !more.isNegative();
      const condition = isAsked ? { available: more, base: room.ledger.base } : {};
      return inTransaction(ledgerUpdate(table, { budgetId, periodId: period.id }, { held: more }, condition));
    }),
  ];
}
