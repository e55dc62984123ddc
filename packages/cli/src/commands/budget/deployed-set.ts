import {
  type AIUsageClient,
  ApiError,
  type Budget,
  type BudgetChange,
  type Proposal,
  type Template,
} from "@ai-usage/client";
import {
  type BudgetPlan,
  type BudgetSet,
  existingBudget,
  existingTemplate,
  managerOfSet,
  planBudgets,
} from "@ai-usage/client/budgets-as-code";
import pMap from "p-map";
import { collect } from "../pages.ts";
import { allBudgets } from "./list.ts";

const QUESTIONS_AT_ONCE = 8;

/** What a file wants of a deployment, and what of that waits for a second person already. */
export interface PlannedSet {
  readonly set: BudgetSet;
  readonly plan: BudgetPlan;
  /** The set's budgets as the deployment has them, by their ids. */
  readonly deployed: ReadonlyMap<string, Budget>;
  /** By the id of the budget. */
  readonly waiting: ReadonlyMap<string, Proposal>;
}

export async function planSet(client: AIUsageClient, set: BudgetSet): Promise<PlannedSet> {
  const [budgets, templates] = await Promise.all([
    allBudgets(client, { managed_by: managerOfSet(set) }),
    templatesFor(client, set),
  ]);
  const existing = { budgets: budgets.map(existingBudget), templates: templates.map(existingTemplate) };
  const plan = planBudgets(set, existing);
  const deployed = new Map(budgets.map((budget) => [budget.budget_id, budget]));
  return { set, plan, deployed, waiting: await waitingFor(client, plan) };
}

/** A token for some scopes may not see templates: it can keep budgets in files all the same. */
async function templatesFor(client: AIUsageClient, set: BudgetSet): Promise<readonly Template[]> {
  try {
    return (await client.listTemplates()).templates;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403 && set.templates.length === 0) return [];
    throw error;
  }
}

/** Proposals that would do what the plan wants. */
async function waitingFor(client: AIUsageClient, plan: BudgetPlan): Promise<Map<string, Proposal>> {
  const wanted = new Map(
    plan.budgets.flatMap((step) =>
      step.kind === "update" || step.kind === "reactivate"
        ? [[step.budget.budgetId, step.terms.amount.toString()] as const]
        : [],
    ),
  );
  if (wanted.size === 0) return new Map();
  const { items } = await collect<Proposal>(Number.POSITIVE_INFINITY, async (paging) => {
    const page = await client.listProposals({ state: "pending", ...paging });
    return { items: page.proposals, nextCursor: page.next_cursor };
  });
  const alike = items.filter(
    ({ kind, budget_id, amount_after }) => kind === "update" && wanted.get(budget_id) === amount_after,
  );
  return new Map(alike.map((proposal) => [proposal.budget_id, proposal]));
}

/** Who changed budgets last, by their ids. */
export async function lastChanges(
  client: AIUsageClient,
  budgetIds: readonly string[],
): Promise<Map<string, BudgetChange>> {
  const changes = await pMap(
    budgetIds,
    async (id) => (await client.budgetChanges(id, { limit: 1 })).entries[0],
    { concurrency: QUESTIONS_AT_ONCE },
  );
  return new Map(changes.flatMap((change, index) => (change ? [[budgetIds[index] ?? "", change]] : [])));
}

/** Active budgets of the set's scopes that something else keeps, or nobody. */
export async function budgetsBeside(client: AIUsageClient, set: BudgetSet): Promise<readonly Budget[]> {
  const scopes = [...new Set(set.budgets.map(({ terms }) => terms.scope))];
  const found = await pMap(scopes, (scope) => allBudgets(client, { scope, active: true }), {
    concurrency: QUESTIONS_AT_ONCE,
  });
  return found.flat().filter(({ managed_by }) => managed_by !== managerOfSet(set));
}
