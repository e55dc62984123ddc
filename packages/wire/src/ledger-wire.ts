import type { Amount, Budget, Instant, Lease, Period } from "@ai-usage/core";

/** A ledger, and what it would be by the leases and the metrics. */
export interface LedgerView {
  readonly budget: Budget;
  readonly period: Period;
  readonly limit: Amount;
  readonly spent: Amount;
  readonly reserved: Amount;
  readonly remaining: Amount;
  /** What open leases hold and closed ones came to, by the ledger; and what their calls have been counted to come to. */
  readonly held: Amount;
  readonly settled: Amount;
  readonly leased: Amount;
  /** Those that are open. */
  readonly leases: readonly Lease[];
  /** The same by the leases themselves: what the open ones hold, and what the calls of closed ones were counted to come to. */
  readonly heldByLeases: Amount;
  readonly seenOfClosed: Amount;
  /** By how much more is left than the parts of the ledger come to. */
  readonly surplus: Amount;
  /** Newest first. */
  readonly repairs: readonly ShownRepair[];
}

interface ShownRepair {
  readonly repairId: string;
  readonly at: Instant;
  readonly by: string;
  readonly periodId: string;
  readonly before: RepairedParts;
  readonly after: RepairedParts;
}

interface RepairedParts {
  readonly held: Amount;
  readonly settled: Amount;
  readonly available: Amount;
}

/** `limit = spent + reserved + remaining`; `drift` is what of it the metrics do not bear out. */
export function toWireLedger(view: LedgerView) {
  const { budget, period, held, settled, leased, heldByLeases } = view;
  const unconfirmed = settled.minus(view.seenOfClosed);
  const holding = held.minus(heldByLeases);
  return {
    budget_id: budget.budgetId,
    unit: budget.unit,
    enforcement: budget.enforcement,
    period: { id: period.id, kind: period.kind, start: period.start, end: period.end },
    limit: view.limit.toString(),
    spent: view.spent.toString(),
    reserved: view.reserved.toString(),
    remaining: view.remaining.toString(),
    holding: {
      open_leases: view.leases.length,
      held: held.toString(),
      settled: settled.toString(),
      seen: leased.toString(),
    },
    leases: view.leases.map((lease) => ({
      lease_id: lease.leaseId,
      held: lease.budgets.find(({ budgetId }) => budgetId === budget.budgetId)?.held.toString() ?? "0",
      calls: lease.calls,
      acquired_at: lease.acquiredAt,
      expires_at: lease.expiresAt,
    })),
    drift: {
      holding: holding.toString(),
      unconfirmed: unconfirmed.toString(),
      surplus: view.surplus.toString(),
      in_sync: holding.isZero() && unconfirmed.isZero() && view.surplus.isZero(),
    },
    repairs: view.repairs.map(({ repairId, at, by, periodId, before, after }) => ({
      repair_id: repairId,
      at,
      by,
      period_id: periodId,
      before: toWireParts(before),
      after: toWireParts(after),
    })),
  };
}

const toWireParts = ({ held, settled, available }: RepairedParts) => ({
  held: held.toString(),
  settled: settled.toString(),
  remaining: available.toString(),
});
