import { type Budget, managedBudgetId } from "@ai-usage/core";
import {
  type BudgetConfiguration,
  CONFIGURED,
  type ConfiguredLimit,
  isOfLimit,
  parseConfiguration,
  parseCostStatusQuery,
  toWireBudget,
  toWireCostStatus,
  toWireProposal,
} from "@ai-usage/wire";
import type { MemoryBudgets, MemoryChange } from "./memory-budgets.ts";
import type { MemoryLedger } from "./memory-ledger.ts";
import type { Route, RouteRequest } from "./route.ts";

/** By method and path, as the other routes are. */
export const costBudgetRoutes: Readonly<Record<string, Route>> = {
  "POST /api/v1/ai/cost/budget/configure": configureBudgets,
  "GET /api/v1/ai/cost/budget/status": (ledger, { query, now }) => {
    const scopes = parseCostStatusQuery(query);
    const asked = [...ledger.budgets.all.values()].filter(
      ({ active, scope }) => active && scopes.includes(scope),
    );
    return toWireCostStatus(
      asked.map((budget) => ledger.statusOf(budget, now)),
      now,
    );
  },
};

function configureBudgets({ budgets }: MemoryLedger, { body, now }: RouteRequest) {
  const configuration = parseConfiguration(body);
  const changes = configuration.limits.flatMap((limit) => setLimit(budgets, configuration, limit, now) ?? []);
  const proposals = changes.flatMap(({ proposal }) => (proposal ? [toWireProposal(proposal)] : []));
  return {
    budgets: changes.map(({ budget }) => toWireBudget(budget, now)),
    ...(proposals.length > 0 && { proposals }),
  };
}

/** @returns nothing where there is no budget to end */
function setLimit(
  budgets: MemoryBudgets,
  configuration: BudgetConfiguration,
  { amount, ...limit }: ConfiguredLimit,
  now: RouteRequest["now"],
): MemoryChange | undefined {
  const { reason } = configuration;
  const current = [...budgets.all.values()].find((budget) => budget.active && isOfLimit(budget, limit));
  if (amount === undefined)
    return current && budgets.edit(current.budgetId, { kind: "deactivate" }, now, reason);
  const wanted = { ...limit, amount };
  const budget = current ?? made(budgets, configuration, wanted, now);
  if (!budget.active) budgets.edit(budget.budgetId, { kind: "reactivate" }, now, reason);
  return budgets.edit(
    budget.budgetId,
    { kind: "update", terms: configuration.updateOf(wanted) },
    now,
    reason,
  );
}

function made(
  budgets: MemoryBudgets,
  configuration: BudgetConfiguration,
  wanted: Parameters<BudgetConfiguration["termsOf"]>[0],
  now: RouteRequest["now"],
): Budget {
  const terms = configuration.termsOf(wanted);
  const managedKey = `${wanted.scope} ${wanted.period}`;
  const budgetId = managedBudgetId(CONFIGURED, managedKey, terms);
  const creation = { kind: "create", budgetId, terms, managedBy: CONFIGURED, managedKey } as const;
  return budgets.create(creation, now, configuration.reason).budget;
}
