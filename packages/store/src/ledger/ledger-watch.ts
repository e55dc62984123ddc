import {
  affectedPeriods,
  type Budget,
  type Instant,
  type Lease,
  periodAt,
  type Scope,
  type TotalBucket,
} from "@ai-usage/core";
import pMap from "p-map";
import { activeBudgetsOf, findBudget } from "../budgets.ts";
import { bucketOfTotal, budgetKey, isLeaseSeenKey, leaseIdOf, prefixes, scopeOfTotal } from "../keys.ts";
import { keyOfRecord, type StreamRecord } from "../stream-record.ts";
import type { Table } from "../table.ts";
import { trueUpLease } from "./close-lease.ts";
import { type BudgetPeriod, refreshLedger } from "./ledgers.ts";

const CONCURRENT_LEDGERS = 8;

/** What a batch of the table's stream holds for the ledgers: totals and budgets that changed, leases whose calls were counted. */
export interface LedgerNews {
  readonly totals: readonly { readonly scope: Scope; readonly bucket: TotalBucket }[];
  readonly budgetIds: readonly string[];
  readonly leaseIds: readonly string[];
}

export function ledgerNewsOf(records: readonly StreamRecord[]): LedgerNews {
  const totals = new Map<string, LedgerNews["totals"][number]>();
  const budgetIds = new Set<string>();
  const leaseIds = new Set<string>();
  for (const record of records) {
    const key = keyOfRecord(record);
    if (key.PK.startsWith(prefixes.total)) {
      const bucket = bucketOfTotal(key);
      totals.set(`${key.PK}#${JSON.stringify(bucket)}`, { scope: scopeOfTotal(key), bucket });
    } else if (key.PK.startsWith(prefixes.budget) && key.SK === budgetKey("").SK) {
      budgetIds.add(key.PK.slice(prefixes.budget.length));
    } else if (key.PK.startsWith(prefixes.lease) && isLeaseSeenKey(key)) {
      leaseIds.add(leaseIdOf(key));
    }
  }
  return { totals: [...totals.values()], budgetIds: [...budgetIds], leaseIds: [...leaseIds] };
}

/**
 * Brings ledgers up to date with what was counted. Safe to repeat and in any order: each is written from what the totals
 * are then, and a budget that nobody has leased from has no ledger to write.
 */
export async function keepLedgers(table: Table, news: LedgerNews, now: Instant): Promise<void> {
  // What closed leases count with, before their calls are taken out of what came without a lease.
  const leases = await pMap(news.leaseIds, (leaseId) => trueUpLease(table, leaseId, now), {
    concurrency: CONCURRENT_LEDGERS,
  });
  const periods = new Map<string, BudgetPeriod>();
  const add = (of: BudgetPeriod) => periods.set(`${of.budget.budgetId}#${of.period.id}`, of);
  for (const of of await changedByTotals(table, news, now)) add(of);
  for (const of of await changedByLeases(table, leases)) add(of);
  for (const budget of await findBudgets(table, news.budgetIds))
    add({ budget, period: runningOf(budget, now) });
  await pMap(periods.values(), (of) => refreshLedger(table, of, now), { concurrency: CONCURRENT_LEDGERS });
}

const runningOf = (budget: Budget, now: Instant) => periodAt(budget.period, now, budget.calendar);

async function changedByTotals(table: Table, { totals }: LedgerNews, now: Instant): Promise<BudgetPeriod[]> {
  const active = await activeBudgetsOf(
    table,
    totals.map(({ scope }) => scope),
  );
  const enforced = active.filter(({ enforcement }) => enforcement !== "soft");
  return totals.flatMap(({ scope, bucket }) =>
    enforced
      .filter((budget) => budget.scope === scope)
      .flatMap((budget) => {
        const periods = affectedPeriods(budget, bucket);
        // What an earlier period leaves unused is part of the running one's limit.
        if (budget.rollover && periods.length > 0) periods.push(runningOf(budget, now));
        return periods.map((period) => ({ budget, period }));
      }),
  );
}

async function changedByLeases(
  table: Table,
  leases: readonly (Lease | undefined)[],
): Promise<BudgetPeriod[]> {
  const leased = leases.flatMap((lease) => lease?.budgets ?? []);
  const budgets = await findBudgets(table, [...new Set(leased.map(({ budgetId }) => budgetId))]);
  return leased.flatMap(({ budgetId, period }) => {
    const budget = budgets.find((one) => one.budgetId === budgetId);
    return budget === undefined ? [] : [{ budget, period }];
  });
}

async function findBudgets(table: Table, budgetIds: readonly string[]): Promise<Budget[]> {
  const found = await pMap(budgetIds, (budgetId) => findBudget(table, budgetId), {
    concurrency: CONCURRENT_LEDGERS,
  });
  return found.filter((budget) => budget !== undefined);
}
