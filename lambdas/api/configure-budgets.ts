import {
  type Amount,
  applyEdit,
  type Budget,
  type BudgetAmendment,
  type Caller,
  managedBudgetId,
  needsApproval,
  newBudget,
} from "@ai-usage/core";
import { activeBudgetsOf, createBudget } from "@ai-usage/store";
import {
  type BudgetConfiguration,
  CONFIGURED,
  type ConfiguredLimit,
  configuredProblem,
  isOfLimit,
} from "@ai-usage/wire";
import pMap from "p-map";
import { changeBy } from "./budget-access.ts";
import type { ApiParts } from "./context.ts";
import { type EditedBudget, editOrPropose } from "./edit-or-propose.ts";

const CONCURRENT_LIMITS = 4;

type Parts = Pick<ApiParts, "table" | "approval" | "clock">;

/**
 * Makes, changes and ends budgets until they are as `configuration` says. Doing it again changes nothing.
 * @throws ProblemError 400 before anything was changed, when a budget cannot be so
 */
export async function configureBudgets(
  parts: Parts,
  configuration: BudgetConfiguration,
  caller: Caller,
): Promise<EditedBudget[]> {
  const { limits } = configuration;
  const active = await activeBudgetsOf(
    parts.table,
    limits.map(({ scope }) => scope),
  );
  const steps = limits.map((limit): Step => {
    const there = active.filter((budget) => isOfLimit(budget, limit));
    return { configuration, caller, limit, there };
  });
  for (const step of steps) checkStep(step, parts);
  const edited = await pMap(steps, (step) => takeStep(parts, step), { concurrency: CONCURRENT_LIMITS });
  return edited.flat();
}

interface Step {
  readonly configuration: BudgetConfiguration;
  readonly caller: Caller;
  readonly limit: ConfiguredLimit;
  /** Active budgets of the limit: one at most, unless two asked for different time zones at once. */
  readonly there: readonly Budget[];
}

type SetLimit = ConfiguredLimit & { readonly amount: Amount };

const isSet = (limit: ConfiguredLimit): limit is SetLimit => limit.amount !== undefined;

/** The one that has the time zone asked for, if there is one. */
const kept = ({ there, configuration: { timeZone } }: Step): Budget | undefined =>
  there.find(({ calendar }) => timeZone === undefined || calendar.timeZone === timeZone);

function checkStep(step: Step, { clock }: Parts): void {
  const { limit, configuration, caller } = step;
  if (!isSet(limit)) return;
  const note = changeBy(caller, clock());
  const budget = kept(step);
  const outcome = budget
    ? applyEdit(budget, { kind: "update", terms: configuration.updateOf(limit) }, note)
    : newBudget(creationOf(configuration, limit), note);
  if (outcome.outcome === "invalid") throw configuredProblem(limit, outcome);
}

async function takeStep(parts: Parts, step: Step): Promise<EditedBudget[]> {
  const { limit, there } = step;
  const set = isSet(limit) ? [await setBudget(parts, step, limit)] : [];
  const left = there.filter(({ budgetId }) => set.every(({ budget }) => budget.budgetId !== budgetId));
  const ended: EditedBudget[] = [];
  for (const { budgetId } of left) ended.push(await amend(parts, step, budgetId, { kind: "deactivate" }));
  return [...set, ...ended];
}

async function setBudget(parts: Parts, step: Step, limit: SetLimit): Promise<EditedBudget> {
  const { configuration, caller } = step;
  const update = { kind: "update", terms: configuration.updateOf(limit) } as const;
  const budget = kept(step);
  if (budget) return amend(parts, step, budget.budgetId, update);
  const note = changeBy(caller, parts.clock(), configuration.reason);
  // A new one in the place of one in another time zone raises what that one allows.
  const former = step.there.find((one) => needsApproval(parts.approval, one, update, note.at));
  if (former) return amend(parts, step, former.budgetId, update);
  const creation = creationOf(configuration, limit);
  const made = newBudget(creation, note);
  if (made.outcome === "invalid") throw configuredProblem(limit, made);
  if ((await createBudget(parts.table, made.budget, note)) === "created") return { budget: made.budget };
  // It ended once, or somebody else made it a moment ago.
  const { proposal } = await amend(parts, step, creation.budgetId, update);
  const again = await amend(parts, step, creation.budgetId, { kind: "reactivate" });
  return { ...again, ...(proposal && { proposal }) };
}

const amend = (
  parts: Parts,
  { caller, configuration }: Step,
  budgetId: string,
  edit: BudgetAmendment,
): Promise<EditedBudget> =>
  editOrPropose(parts, budgetId, edit, changeBy(caller, parts.clock(), configuration.reason));

/** Of a scope, a period and a calendar there is one that is configured, however many ask for it at once. */
function creationOf(configuration: BudgetConfiguration, limit: SetLimit) {
  const terms = configuration.termsOf(limit);
  const managedKey = `${limit.scope} ${limit.period}`;
  const budgetId = managedBudgetId(CONFIGURED, managedKey, terms);
  return { kind: "create", budgetId, terms, managedBy: CONFIGURED, managedKey } as const;
}
