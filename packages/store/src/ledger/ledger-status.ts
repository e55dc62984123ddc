import { Amount, type Budget, type BudgetStatus, type Instant, type Period, periodAt } from "@ai-usage/core";
import { type BudgetFigures, readBudget } from "../read-budget.ts";
import type { Table } from "../table.ts";
import { expireLeases } from "./expire-leases.ts";
import { type FreshLedger, refreshLedger } from "./ledgers.ts";

/** Where a budget stands: `figures.limitTotal = spent + reserved + remaining`, all of one reading. */
export interface LedgerStatus {
  readonly figures: BudgetFigures;
  readonly spent: Amount;
  readonly reserved: Amount;
  readonly remaining: Amount;
  readonly wouldHaveRefused?: BudgetStatus["wouldHaveRefused"];
  /** Absent while nobody has asked for a part of the budget in the period. */
  readonly fresh?: FreshLedger;
}

/** Where a budget stands in a period, with what is reserved where it is enforced. Leases whose time is over are taken back. */
export async function ledgerStatus(
  table: Table,
  budget: Budget,
  now: Instant,
  period: Period = periodAt(budget.period, now, budget.calendar),
): Promise<LedgerStatus> {
  if (budget.enforcement !== "soft") {
    await expireLeases(table, now);
    const fresh = await refreshLedger(table, { budget, period }, now);
    if (fresh) return statusOf(fresh, budget);
  }
  const figures = await readBudget(table, budget, now, period);
  const { spent } = figures;
  return { figures, spent, reserved: Amount.zero, remaining: figures.limitTotal.minus(spent) };
}

function statusOf(fresh: FreshLedger, budget: Budget): LedgerStatus {
  const { ledger, figures } = fresh;
  // By the minute nothing but leases is known.
  const spent = figures.period.kind === "minutely" ? ledger.settled : figures.spent;
  const unspent = figures.limitTotal.minus(spent);
  // Calls of a lease that was taken back are in the totals a moment before the lease counts with them.
  const remaining = unspent.atLeast(ledger.available) ? ledger.available : unspent;
  return {
    figures,
    spent,
    reserved: unspent.minus(remaining),
    remaining,
    ...(budget.enforcement === "shadow" && { wouldHaveRefused: ledger.wouldHaveRefused }),
    fresh,
  };
}
