import { type Amount, type Budget, type Instant, type Period, plusMs, type Shortage } from "@ai-usage/core";
import type { Ledger } from "./ledger-item.ts";

/** While others hold a part that they may give back, asking again so soon may have another answer. */
const LEASES_COME_BACK_MS = 5_000;

export function shortageOf(input: {
  budget: Budget;
  period: Period;
  ledger: Ledger;
  needed: Amount;
  now: Instant;
}): Shortage {
  const { budget, period, ledger, needed, now } = input;
  const limit = ledger.base.plus(ledger.rolledOver);
  return {
    budgetId: budget.budgetId,
    name: budget.name,
    scope: budget.scope,
    unit: budget.unit,
    enforcement: budget.enforcement,
    periodKind: period.kind,
    periodId: period.id,
    limit,
    // What closed leases came to is spent, though the totals may not know it yet.
    spent: ledger.unleased.plus(ledger.settled),
    reserved: ledger.held,
    remaining: ledger.available,
    needed,
    resetsAt: period.end,
    retryAt: retryAt(input, now),
    ...(budget.contact !== undefined && { contact: budget.contact }),
  };
}

function retryAt(
  { budget, period, ledger, needed }: Parameters<typeof shortageOf>[0],
  now: Instant,
): Instant {
  const next = budget.increases.map(({ from }) => from).filter((from) => from > now && from < period.end);
  const candidates: Instant[] = [period.end, ...next];
  // Held by others, and enough if all of it came back.
  if (ledger.available.plus(ledger.held).atLeast(needed)) candidates.push(plusMs(now, LEASES_COME_BACK_MS));
  return candidates.sort()[0] ?? period.end;
}
