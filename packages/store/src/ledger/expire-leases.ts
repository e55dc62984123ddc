import type { Instant } from "@ai-usage/core";
import pMap from "p-map";
import { ThrottledError } from "../errors.ts";
import { ItemReader } from "../item.ts";
import { leaseIdOf, OPEN_LEASE_LANES, openLeasePartition } from "../keys.ts";
import { queryItems } from "../query.ts";
import type { Table } from "../table.ts";
import { expireLease, findStoredLease, trueUpLease } from "./close-lease.ts";

/** At a time, of each lane. */
const LEASES_MAX = 100;
const ROUNDS_MAX = 10;
const CONCURRENT_LEASES = 8;

/**
 * Takes back what leases hold whose time is over, by their own time stamps. Called by whoever needs to know what is left:
 * no schedule has to run.
 *
 * @returns how many were taken back
 */
export async function expireLeases(table: Table, now: Instant): Promise<number> {
  const lanes = Array.from({ length: OPEN_LEASE_LANES }, (_, lane) => openLeasePartition(lane));
  let taken = 0;
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    const due = await pMap(lanes, (partition) =>
      queryItems(table, { partition, index: "GSI1", between: ["0", `${now}$`], limit: LEASES_MAX }),
    );
    const outcomes = await pMap(
      due.flat().map((item) => leaseIdOf(new ItemReader(item).key())),
      (leaseId) => expireOrTrueUp(table, leaseId, now),
      { concurrency: CONCURRENT_LEASES },
    );
    const done = outcomes.filter(Boolean).length;
    taken += done;
    // Where a lane was full there is more behind it.
    if (done === 0 || due.every(({ length }) => length < LEASES_MAX)) break;
  }
  return taken;
}

async function expireOrTrueUp(table: Table, leaseId: string, now: Instant): Promise<boolean> {
  const stored = await findStoredLease(table, leaseId);
  if (stored === undefined) return false;
  try {
    if (stored.lease.state === "open") return (await expireLease(table, leaseId, now)) !== undefined;
    await trueUpLease(table, leaseId, now);
    // The index may still list what was looked at a moment ago.
    return stored.due;
  } catch (error) {
    // Others are at it, or at its ledgers: whoever asks next tries again.
    if (error instanceof ThrottledError) return false;
    throw error;
  }
}
