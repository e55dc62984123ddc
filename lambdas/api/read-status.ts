import { type Budget, type BudgetStatus, budgetStatus, type Instant } from "@ai-usage/core";
import { ledgerStatus, type Table } from "@ai-usage/store";

/** Where a budget stands in the running period, with what is reserved where it is enforced. */
export async function readStatus(table: Table, budget: Budget, now: Instant): Promise<BudgetStatus> {
  const { figures, spent, reserved, wouldHaveRefused } = await ledgerStatus(table, budget, now);
  return budgetStatus({
    budget,
    period: figures.period,
    limit: figures.limit,
    spent,
    reserved,
    unpricedCalls: figures.totals.unpricedCalls,
    projection: figures.projection,
    wouldHaveRefused,
    now,
  });
}
