import { Amount, type Lease } from "@ai-usage/core";
import { ItemReader } from "../item.ts";
import { leaseKey, leaseSeenRange } from "../keys.ts";
import { queryItems } from "../query.ts";
import type { Table } from "../table.ts";

/** What of a lease has been counted in one of its budgets. */
export interface SeenCalls {
  readonly amount: Amount;
  /** Those whose amount is known. */
  readonly calls: number;
}

export const NOTHING_SEEN: SeenCalls = { amount: Amount.zero, calls: 0 };

export const callsAttribute = (budgetId: string): string => `${budgetId}_calls`;

/** What the calls of a lease have been counted to have taken of each of its budgets. */
export async function seenOf(table: Table, lease: Lease): Promise<Map<string, SeenCalls>> {
  const items = await queryItems(table, {
    partition: leaseKey(lease.leaseId).PK,
    between: leaseSeenRange,
  });
  const rows = items.map((item) => new ItemReader(item));
  return new Map(
    lease.budgets.map(({ budgetId }) => [
      budgetId,
      {
        amount: Amount.sum(rows.map((row) => row.optionalMoney(budgetId) ?? Amount.zero)),
        calls: rows.reduce((sum, row) => sum + (row.optionalInteger(callsAttribute(budgetId)) ?? 0), 0),
      },
    ]),
  );
}
