import {
  Amount,
  costOf,
  type Lease,
  type LeasedBudget,
  measureOf,
  type Period,
  totalsByScope,
  zeroTotals,
} from "@ai-usage/core";
import pMap from "p-map";
import type { MetricChange } from "../apply-rollup.ts";
import { getItems } from "../batches.ts";
import { type CounterBatch, type CounterPart, countOnce, paddedSequence } from "../count-once.ts";
import { type Item, moneyAttribute, readableOf } from "../item.ts";
import { leasedSumKey, leaseKey, leaseSeenKey } from "../keys.ts";
import type { Table } from "../table.ts";
import { fromLeaseItem, leaseTtl } from "./lease-item.ts";
import { callsAttribute } from "./lease-seen.ts";
import { ledgerExpiry } from "./ledger-item.ts";

const CONCURRENT_UPDATES = 16;

/** What a call with a lease took of one of the lease's budgets. */
interface LeasedPart extends CounterPart {
  readonly lease: Lease;
  readonly budgetId: string;
  readonly period: Period;
  readonly calls: number;
  readonly amount: Amount;
}

/**
 * Counts what calls with a lease came to, by budget and period, and by lease: each exactly once however often it comes.
 * To be called when the same changes are in the totals: who reads these sums first and the totals then never takes a
 * call for leased that is not in the totals yet. By the same token the sums of leases come last: whoever sees them in the
 * stream finds all the rest done.
 */
export async function countLeased(
  table: Table,
  changes: readonly MetricChange[],
  lineage: string,
): Promise<void> {
  const parts = await leasedParts(table, changes);
  if (parts.length === 0) return;
  const byBudget = grouped(parts, ({ budgetId, period }) => `${budgetId}#${period.id}`);
  await pMap(byBudget, (of) => countOnce(table, budgetBatch(of, lineage)), {
    concurrency: CONCURRENT_UPDATES,
  });
  const byLease = grouped(parts, ({ lease }) => lease.leaseId);
  await pMap(byLease, (of) => countOnce(table, leaseBatch(of, lineage)), { concurrency: CONCURRENT_UPDATES });
}

async function leasedParts(table: Table, changes: readonly MetricChange[]): Promise<LeasedPart[]> {
  const ids = new Set(changes.flatMap(({ after }) => after?.metric.leaseId ?? []));
  if (ids.size === 0) return [];
  const items = await getItems(table, [...ids].map(leaseKey));
  // A lease that there is not, or that cannot be read, answers for nothing: its calls came without one.
  const leases = new Map(readableOf(items, fromLeaseItem).map(({ lease }) => [lease.leaseId, lease]));
  return changes.flatMap((change) => {
    const lease = leases.get(change.after?.metric.leaseId ?? "");
    return lease === undefined ? [] : partsOf(change, lease);
  });
}

/**
 * A call counts with its cost as it first became known: the lease answers for that. What its price is corrected by later
 * is in the totals, and no lease of anybody.
 */
function partsOf({ sequenceNumber, before, after }: MetricChange, lease: Lease): LeasedPart[] {
  if (after === undefined) return [];
  const { timestamp, callCount: calls } = after.metric;
  const isFirst = {
    usd:
      costOf(after.pricing) !== undefined && (before === undefined || costOf(before.pricing) === undefined),
    tokens: before === undefined,
    requests: before === undefined,
  };
  const byScope = totalsByScope(after);
  const isCounted = ({ period, unit }: LeasedBudget) =>
    isFirst[unit] && period.start <= timestamp && timestamp < period.end;
  return lease.budgets.filter(isCounted).map(({ budgetId, scope, unit, period }) => ({
    sequence: paddedSequence(sequenceNumber),
    lease,
    budgetId,
    period,
    calls,
    amount: measureOf(unit, byScope.get(scope) ?? zeroTotals),
  }));
}

type Parts = readonly [LeasedPart, ...LeasedPart[]];

function grouped(parts: readonly LeasedPart[], keyOf: (part: LeasedPart) => string): Parts[] {
  const groups = new Map<string, [LeasedPart, ...LeasedPart[]]>();
  for (const part of parts) {
    const group = groups.get(keyOf(part));
    if (group) group.push(part);
    else groups.set(keyOf(part), [part]);
  }
  return [...groups.values()];
}

function budgetBatch(parts: Parts, lineage: string): CounterBatch<LeasedPart> {
  const [{ budgetId, period }] = parts;
  const sumsOf = (of: readonly LeasedPart[]) => nonZero("amount", Amount.sum(of.map(({ amount }) => amount)));
  const sets = { expires_at: ledgerExpiry(period) };
  return { key: leasedSumKey(budgetId, period.id, lineage), parts, sumsOf, sets };
}

function leaseBatch(parts: Parts, lineage: string): CounterBatch<LeasedPart> {
  const [{ lease }] = parts;
  const sumsOf = (of: readonly LeasedPart[]) => {
    const budgets = new Set(of.map(({ budgetId }) => budgetId));
    const sums = [...budgets].map((budgetId) => {
      const ofBudget = of.filter((part) => part.budgetId === budgetId);
      return {
        ...nonZero(budgetId, Amount.sum(ofBudget.map(({ amount }) => amount))),
        [callsAttribute(budgetId)]: ofBudget.reduce((sum, { calls }) => sum + calls, 0),
      };
    });
    return Object.assign({}, ...sums);
  };
  const sets = { expires_at: leaseTtl(lease) };
  return { key: leaseSeenKey(lease.leaseId, lineage), parts, sumsOf, sets };
}

const nonZero = (name: string, amount: Amount): Item =>
  amount.isZero() ? {} : { [name]: moneyAttribute(amount) };
