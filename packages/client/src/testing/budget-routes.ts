import {
  type Budget,
  type BudgetAmendment,
  type BudgetCreation,
  hasSameJson,
  type Instant,
  orderedThresholds,
} from "@ai-usage/core";
import {
  decisionSchema,
  ProblemError,
  parseBudgetList,
  parseBudgetPatch,
  parseHistoryQuery,
  parseIncrease,
  parseNewBudget,
  parseNewTemplate,
  parseOrProblem,
  proposalListSchema,
  toWireBudget,
  toWireBudgetChange,
  toWireBudgetHistory,
  toWireBudgetStatus,
  toWireProposal,
  toWireProposed,
  toWireTemplate,
  toWireTerms,
} from "@ai-usage/wire";
import { MEMORY_CALLER, type MemoryBudgets, type MemoryChange } from "./memory-budgets.ts";
import { memoryHistory } from "./memory-figures.ts";
import type { MemoryLedger } from "./memory-ledger.ts";
import { pageOf, type Route, type RouteAnswer, type RouteRequest } from "./route.ts";

/** By method and path, as the other routes are. */
export const budgetRoutes: Readonly<Record<string, Route>> = {
  "POST /budgets": createBudget,
  "GET /budgets": listBudgets,
  "GET /budgets/:id": ({ budgets }, { now }, id) => toWireBudget(budgets.get(id), now),
  "PATCH /budgets/:id": updateBudget,
  "GET /budgets/:id/status": (ledger, { now }, id) =>
    toWireBudgetStatus(ledger.statusOf(ledger.budgets.get(id), now), now),
  "GET /budgets/:id/history": readHistory,
  "GET /budgets/:id/changes": listChanges,
  "POST /budgets/:id/deactivate": (ledger, request, id) => amend(ledger, request, id, { kind: "deactivate" }),
  "POST /budgets/:id/reactivate": (ledger, request, id) => amend(ledger, request, id, { kind: "reactivate" }),
  "POST /budgets/:id/increases": addIncrease,
  "DELETE /budgets/:id/increases/:id": ({ budgets }, { now }, id, increaseId) => {
    if (!budgets.get(id).increases.some((one) => one.increaseId === increaseId))
      throw new ProblemError(404, "there is no such increase");
    return toWireBudget(budgets.edit(id, { kind: "end_increase", increaseId }, now).budget, now);
  },
  "GET /budgets/proposals": listProposals,
  "POST /budgets/proposals/:id/approve": ({ budgets }, request, id) =>
    toWireProposal(budgets.approve(id, request.now, reasonOf(request))),
  "POST /budgets/proposals/:id/reject": ({ budgets }, request, id) =>
    toWireProposal(budgets.reject(id, request.now, reasonOf(request))),
  "POST /budget-templates": createTemplate,
  "GET /budget-templates": ({ budgets }) => ({
    templates: [...budgets.templates.values()].map(toWireTemplate),
  }),
  "GET /budget-templates/:id": ({ budgets }, _, id) => toWireTemplate(templateOf(budgets, id)),
  "DELETE /budget-templates/:id": ({ budgets }, _, id) => {
    const template = { ...templateOf(budgets, id), active: false };
    budgets.templates.set(id, template);
    return toWireTemplate(template);
  },
};

function createBudget({ budgets }: MemoryLedger, { body, now }: RouteRequest): RouteAnswer {
  const { creation, reason } = parseNewBudget(body, budgets.nextId());
  const { budget, isNew } = budgets.create(creation, now, reason);
  if (!isNew && !(budget.active && hasSameTerms(budget, creation)))
    throw new ProblemError(
      409,
      `there is a budget of this key that is not so, ${budget.budgetId}: change that`,
    );
  return { status: isNew ? 201 : 200, body: toWireBudget(budget, now) };
}

function hasSameTerms(budget: Budget, { terms }: BudgetCreation): boolean {
  const thresholds = orderedThresholds(terms.thresholds, terms.amount);
  return hasSameJson(toWireTerms(budget), toWireTerms({ ...terms, thresholds }));
}

function listBudgets({ budgets }: MemoryLedger, { query, now }: RouteRequest) {
  const { scope, active, managedBy } = parseBudgetList(query);
  const chosen = [...budgets.all.values()].filter(
    (budget) =>
      (scope === undefined || budget.scope === scope) &&
      (active === undefined || budget.active === active) &&
      (managedBy === undefined || budget.managedBy === managedBy),
  );
  return pageOf(
    "budgets",
    chosen.map((budget) => toWireBudget(budget, now)),
    query,
  );
}

function updateBudget({ budgets }: MemoryLedger, { body, now }: RouteRequest, id: string) {
  const { terms, reason } = parseBudgetPatch(body, budgets.get(id));
  return answerOf(budgets.edit(id, { kind: "update", terms }, now, reason), { status: 200, now });
}

function amend({ budgets }: MemoryLedger, request: RouteRequest, id: string, edit: BudgetAmendment) {
  return toWireBudget(budgets.edit(id, edit, request.now, reasonOf(request)).budget, request.now);
}

function addIncrease({ budgets }: MemoryLedger, { body, now }: RouteRequest, id: string) {
  const budget = budgets.get(id);
  const increaseId = `inc_${budget.increases.length + 1}`;
  const increase = parseIncrease(body, { budget, increaseId, now, by: MEMORY_CALLER });
  const change = budgets.edit(id, { kind: "increase", increase }, now, increase.reason);
  return answerOf(change, { status: 201, now });
}

function answerOf(
  { budget, proposal }: MemoryChange,
  { status, now }: { status: number; now: Instant },
): RouteAnswer {
  return proposal
    ? { status: 202, body: toWireProposed(budget, proposal, now) }
    : { status, body: toWireBudget(budget, now) };
}

function readHistory(ledger: MemoryLedger, { query, now }: RouteRequest, id: string) {
  const budget = ledger.budgets.get(id);
  const count = parseHistoryQuery(query);
  return toWireBudgetHistory(budget, memoryHistory(ledger.totalsOf, budget, now, count), now);
}

function listChanges({ budgets }: MemoryLedger, { query }: RouteRequest, id: string) {
  const { budgetId } = budgets.get(id);
  const entries = budgets.changes.filter((change) => change.budgetId === budgetId);
  return pageOf("entries", entries.map(toWireBudgetChange), query);
}

function listProposals({ budgets }: MemoryLedger, { query }: RouteRequest) {
  const { state, budgetId } = parseOrProblem(proposalListSchema, query);
  const chosen = [...budgets.proposals.values()].filter(
    (one) =>
      (state === undefined || one.state === state) && (budgetId === undefined || one.budgetId === budgetId),
  );
  return pageOf("proposals", chosen.reverse().map(toWireProposal), query);
}

const reasonOf = ({ body }: RouteRequest): string | undefined =>
  parseOrProblem(decisionSchema, body ?? {}).reason;

function createTemplate({ budgets }: MemoryLedger, { body, now }: RouteRequest): RouteAnswer {
  const newId = `tpl_${budgets.templates.size + 1}`;
  const template = parseNewTemplate(body, { newId, now, by: MEMORY_CALLER });
  const former = budgets.templates.get(template.templateId);
  const stored = former
    ? { ...template, createdAt: former.createdAt, createdBy: former.createdBy }
    : template;
  budgets.templates.set(stored.templateId, stored);
  return { status: former ? 200 : 201, body: toWireTemplate(stored) };
}

function templateOf({ templates }: MemoryBudgets, id: string) {
  const template = templates.get(id);
  if (!template) throw new ProblemError(404, "there is no such template");
  return template;
}
