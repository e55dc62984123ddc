import { Amount, type Budget, type Instant, type Lease, type Period, periodAt } from "@ai-usage/core";
import pMap from "p-map";
import { getItems } from "../batches.ts";
import { ItemReader } from "../item.ts";
import { leaseIdOf, leaseKey, ledgerKey, OPEN_LEASE_LANES, openLeasePartition } from "../keys.ts";
import { queryItems } from "../query.ts";
import { readBudget } from "../read-budget.ts";
import type { Table } from "../table.ts";
import { fromLeaseItem } from "./lease-item.ts";
import { NOTHING_SEEN, seenOf } from "./lease-seen.ts";
import { expectedAvailable, fromLedgerItemAsIs, type Ledger } from "./ledger-item.ts";
import { type LedgerStatus, ledgerStatus } from "./ledger-status.ts";
import { type BudgetPeriod, leasedSum } from "./ledgers.ts";

/** A ledger beside what its leases and metrics say. */
export interface LedgerAudit extends LedgerStatus {
  readonly period: Period;
  /** Absent while nobody has asked for a part of the budget in the period. */
  readonly ledger?: Ledger;
  readonly held: Amount;
  readonly settled: Amount;
  readonly leased: Amount;
  /** Open ones that hold a part of the budget. */
  readonly leases: readonly Lease[];
  /** Closed ones that somebody has to look at again: their metrics may not have borne out their settlement. */
  readonly unconfirmed: readonly Lease[];
  readonly heldByLeases: Amount;
  readonly seenOfClosed: Amount;
  /** By how much more is left than the parts of the ledger come to; nothing is given out of it then. */
  readonly surplus: Amount;
}

const CONCURRENT_LEASES = 8;

export async function auditLedger(
  table: Table,
  budget: Budget,
  now: Instant,
  period: Period = periodAt(budget.period, now, budget.calendar),
): Promise<LedgerAudit> {
  const { ledger, ...status } = await ledgerAndStatus(table, { budget, period }, now);
  const due = await dueLeases(table, { budgetId: budget.budgetId, period });
  const leases = due.filter(({ state }) => state === "open");
  const seenOfOpen = await pMap(
    leases,
    async (lease) => ((await seenOf(table, lease)).get(budget.budgetId) ?? NOTHING_SEEN).amount,
    { concurrency: CONCURRENT_LEASES },
  );
  const leased = await leasedSum(table, { budget, period });
  const held = leases.flatMap((lease) => partOf(lease, budget.budgetId)?.held ?? []);
  const settled = ledger?.settled ?? Amount.zero;
  return {
    ...status,
    period,
    ...(ledger && { ledger }),
    held: ledger?.held ?? Amount.zero,
    settled,
    leased,
    leases,
    unconfirmed: due.filter(({ state }) => state !== "open"),
    heldByLeases: Amount.sum(held),
    // By the minute there are no metrics to bear anything out.
    seenOfClosed: period.kind === "minutely" ? settled : leased.minus(Amount.sum(seenOfOpen)),
    surplus: ledger ? ledger.available.minus(expectedAvailable(ledger)) : Amount.zero,
  };
}

/** Of a ledger that does not add up, as it is: it is not brought up to date before it is repaired. */
async function ledgerAndStatus(
  table: Table,
  of: BudgetPeriod,
  now: Instant,
): Promise<LedgerStatus & { readonly ledger: Ledger | undefined }> {
  const { budget, period } = of;
  const [item] = await getItems(table, [ledgerKey(budget.budgetId, period.id)]);
  const found = item && fromLedgerItemAsIs(item);
  if (found === undefined || found.available.equals(expectedAvailable(found))) {
    const status = await ledgerStatus(table, budget, now, period);
    return { ...status, ledger: status.fresh?.ledger };
  }
  const figures = await readBudget(table, budget, now, period);
  const { spent } = figures;
  const reserved = figures.limitTotal.minus(spent).minus(found.available);
  return { figures, spent, reserved, remaining: found.available, ledger: found };
}

/** All that are open, and closed ones that are to be looked at again. The index may lag behind by a moment. */
async function dueLeases(table: Table, of: { budgetId: string; period: Period }): Promise<Lease[]> {
  const lanes = Array.from({ length: OPEN_LEASE_LANES }, (_, lane) => openLeasePartition(lane));
  const listed = await pMap(lanes, (partition) => queryItems(table, { partition, index: "GSI1" }));
  const ids = listed.flat().map((item) => leaseIdOf(new ItemReader(item).key()));
  const items = await getItems(table, ids.map(leaseKey));
  return items
    .map(fromLeaseItem)
    .filter(({ due }) => due)
    .map(({ lease }) => lease)
    .filter((lease) => partOf(lease, of.budgetId)?.period.id === of.period.id);
}

const partOf = ({ budgets }: Lease, id: string) => budgets.find(({ budgetId }) => budgetId === id);
