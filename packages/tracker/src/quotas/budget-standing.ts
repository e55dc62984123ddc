import type { BudgetStatus } from "@ai-usage/client";
import { type FixedPoint, parseFixedPoint } from "@ai-usage/core/exact";
import type { ApiClient } from "./api-connection.ts";
import type { QuotaScopes } from "./quota-scopes.ts";

/** Where a budget stands in its running period. Amounts are exact decimal text, in the budget's unit. */
export interface BudgetStanding {
  readonly budgetId: string;
  readonly name: string;
  /** `team:growth` */
  readonly scope: string;
  readonly unit: "usd" | "tokens" | "requests";
  readonly period: "minutely" | "hourly" | "daily" | "weekly" | "monthly" | "quarterly" | "yearly";
  /** `2026-11-22`, `2026-11` */
  readonly periodId: string;
  /** `limit = spent + reserved + remaining` */
  readonly limit: string;
  readonly spent: string;
  /** Promised to calls that have not been counted yet. */
  readonly reserved: string;
  /** Below zero when it is overrun. */
  readonly remaining: string;
  /** Of the limit; at most two decimals, rounded down. */
  readonly percentUsed: string;
  readonly exceeded: boolean;
  readonly overage: string;
  /** Instant at which the next period begins. */
  readonly resetsAt: string;
}

const STATUSES_AT_A_TIME = 4;

/** All active budgets of the scopes. */
export async function standingsOf(api: ApiClient, scopes: QuotaScopes): Promise<BudgetStanding[]> {
  const statuses: BudgetStatus[] = [];
  if (scopes.cost !== undefined) statuses.push(...(await api.costBudgetStatus(scopes.cost)).budgets);
  for (const scope of scopes.others) statuses.push(...(await statusesOf(api, scope)));
  return statuses.map(toStanding);
}

async function statusesOf(api: ApiClient, scope: string): Promise<BudgetStatus[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const { budgets, next_cursor } = await api.listBudgets({ scope, active: true, cursor });
    ids.push(...budgets.map(({ budget_id }) => budget_id));
    if (next_cursor === null) break;
    cursor = next_cursor;
  }
  const statuses: BudgetStatus[] = [];
  for (let first = 0; first < ids.length; first += STATUSES_AT_A_TIME) {
    const some = ids.slice(first, first + STATUSES_AT_A_TIME);
    statuses.push(...(await Promise.all(some.map((id) => api.budgetStatus(id)))));
  }
  return statuses;
}

function toStanding({ budget, period, ...status }: BudgetStatus): BudgetStanding {
  return {
    ...{ budgetId: budget.budget_id, name: budget.name, scope: budget.scope, unit: budget.unit },
    ...{ period: period.kind, periodId: period.id },
    ...{ limit: status.limit, spent: status.spent, reserved: status.reserved, remaining: status.remaining },
    ...{ percentUsed: status.percent_used, exceeded: status.exceeded, overage: status.overage },
    resetsAt: period.end,
  };
}

/** @throws RangeError for what the API never writes */
export function exact(text: string): FixedPoint {
  const amount = parseFixedPoint(text);
  if (amount === undefined) throw new RangeError(`${text} is no amount`);
  return amount;
}

/** @returns the least or the most of amounts that are written as text, or undefined of none */
export function extreme(texts: readonly string[], which: "least" | "most"): string | undefined {
  const isBetter = (one: string, other: string) =>
    which === "least" ? exact(one) < exact(other) : exact(one) > exact(other);
  return texts.reduce<string | undefined>(
    (best, text) => (best === undefined || isBetter(text, best) ? text : best),
    undefined,
  );
}
