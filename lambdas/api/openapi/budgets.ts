import {
  budgetListSchema,
  budgetPatchSchema,
  budgetSchema,
  configureSchema,
  costStatusSchema,
  decisionSchema,
  historySchema,
  increaseSchema,
  proposalListSchema,
  templateSchema,
} from "@ai-usage/wire";
import * as z from "zod";
import { changesSchema } from "../routes/budgets.ts";
import { costAlertsSchema } from "../routes/cost-budget.ts";
import { alertShape } from "./alerts.ts";
import {
  budgetShape,
  changeShape,
  historyShape,
  proposalShape,
  proposedShape,
  statusShape,
  templateShape,
} from "./budget-shapes.ts";
import type { Endpoint, EndpointGroup } from "./endpoint.ts";
import { amountShape, pageShape } from "./shapes.ts";

const params = { id: "Id of the budget." };
const unknown = { 404: "There is no such budget." };
const asItIs = { 200: { means: "The budget as it is now.", schema: budgetShape } };
const waits = {
  202: { means: "It waits for a second person; the budget is as it was.", schema: proposedShape },
};
const full = { 409: "The scope has no room for more active budgets." };

const setActive = (name: string, action: string, summary: string): Endpoint => ({
  method: "post",
  path: `/budgets/{id}/${action}`,
  name,
  summary,
  role: "admin",
  params,
  body: decisionSchema,
  bodyExample: { reason: "the project is over" },
  answers: asItIs,
  refusals: { ...unknown, ...full },
});

const decide = (name: string, action: string, rest: Pick<Endpoint, "summary" | "description">): Endpoint => ({
  method: "post",
  path: `/budgets/proposals/{id}/${action}`,
  name,
  role: "admin",
  params: { id: "Id of the proposal." },
  body: decisionSchema,
  answers: { 200: { means: "The proposal as it is now.", schema: proposalShape } },
  refusals: {
    403: "Who proposed it cannot approve it; or the token may not do this.",
    404: "There is no such proposal.",
    409: "It is decided already, or the budget has changed since.",
  },
  ...rest,
});

export const budgetEndpoints: EndpointGroup = {
  name: "budgets",
  description:
    "Amounts for scopes in periods. A token that is limited to scopes sees and sets those of its scopes.",
  endpoints: [
    {
      method: "post",
      path: "/budgets",
      name: "createBudget",
      summary: "Make a budget",
      description: "It starts with what its scope has spent in the period that runs.",
      role: "admin",
      body: budgetSchema,
      bodyExample: {
        scope: "team:growth",
        amount: "500",
        period: "monthly",
        time_zone: "Europe/Berlin",
        enforcement: "hard",
        thresholds: [80, { percent: 100, level: "EXCEEDED" }],
        contact: "finance@example.com",
      },
      answers: {
        200: { means: "There is one of the same manager and key: this is it.", schema: budgetShape },
        201: { means: "The budget.", schema: budgetShape },
      },
      refusals: full,
    },
    {
      method: "get",
      path: "/budgets",
      name: "listBudgets",
      summary: "Budgets, newest first",
      role: "read",
      query: budgetListSchema,
      answers: { 200: { means: "A page of budgets.", schema: pageShape("budgets", budgetShape) } },
    },
    {
      method: "get",
      path: "/budgets/{id}",
      name: "getBudget",
      summary: "A budget",
      role: "read",
      params,
      answers: { 200: { means: "The budget.", schema: budgetShape } },
      refusals: unknown,
    },
    {
      method: "patch",
      path: "/budgets/{id}",
      name: "updateBudget",
      summary: "Change a budget",
      description: "Scope, unit, period and calendar make a budget what it is: for others, make a new one.",
      role: "admin",
      params,
      body: budgetPatchSchema,
      bodyExample: { amount: "750", reason: "agreed for the launch" },
      answers: { ...asItIs, ...waits },
      refusals: unknown,
    },
    setActive("deactivateBudget", "deactivate", "End a budget; its history stays"),
    setActive("reactivateBudget", "reactivate", "Let a budget count again"),
    {
      method: "post",
      path: "/budgets/{id}/increases",
      name: "increaseBudget",
      summary: "Raise a budget for a while",
      role: "admin",
      params,
      body: increaseSchema,
      bodyExample: { amount: "100", hours: 48, reason: "launch week" },
      answers: { 201: { means: "The budget as it is now.", schema: budgetShape }, ...waits },
      refusals: unknown,
    },
    {
      method: "delete",
      path: "/budgets/{id}/increases/{increase_id}",
      name: "endIncrease",
      summary: "End an increase now",
      role: "admin",
      params: { ...params, increase_id: "Id of the increase." },
      answers: asItIs,
      refusals: { 404: "There is no such budget or increase." },
    },
    {
      method: "get",
      path: "/budgets/{id}/status",
      name: "getBudgetStatus",
      summary: "What of a budget is spent, reserved and left, and how it will go on",
      role: "read",
      params,
      answers: { 200: { means: "How it stands.", schema: statusShape } },
      refusals: unknown,
    },
    {
      method: "get",
      path: "/budgets/{id}/history",
      name: "getBudgetHistory",
      summary: "What was budgeted, rolled over and spent in each period, newest first",
      role: "read",
      params,
      query: historySchema,
      answers: { 200: { means: "Its periods.", schema: historyShape } },
      refusals: unknown,
    },
    {
      method: "get",
      path: "/budgets/{id}/changes",
      name: "listBudgetChanges",
      summary: "Who changed a budget, when, and how, newest first",
      role: "read",
      params,
      query: changesSchema,
      answers: { 200: { means: "A page of changes.", schema: pageShape("entries", changeShape) } },
      refusals: unknown,
    },
    {
      method: "get",
      path: "/budgets/proposals",
      name: "listProposals",
      summary: "Raises that wait for a second person, and what became of others",
      role: "read",
      query: proposalListSchema,
      answers: { 200: { means: "A page of proposals.", schema: pageShape("proposals", proposalShape) } },
    },
    decide("approveProposal", "approve", { summary: "Let a raise through" }),
    decide("rejectProposal", "reject", {
      summary: "Reject a raise",
      description: "Who proposed it withdraws it so.",
    }),
  ],
};

export const templateEndpoints: EndpointGroup = {
  name: "budget templates",
  description: "Budgets that are made as soon as a scope is first seen.",
  endpoints: [
    {
      method: "post",
      path: "/budget-templates",
      name: "createTemplate",
      summary: "Make a template",
      role: "admin",
      unlimited: true,
      body: templateSchema,
      bodyExample: { pattern: "user:*", amount: "50", period: "daily", name: "{value}, a day" },
      answers: {
        200: { means: "It took the place of one with the same key.", schema: templateShape },
        201: { means: "The template.", schema: templateShape },
      },
    },
    {
      method: "get",
      path: "/budget-templates",
      name: "listTemplates",
      summary: "All templates, those that have ended too",
      role: "read",
      unlimited: true,
      answers: { 200: { means: "All of them.", schema: z.object({ templates: z.array(templateShape) }) } },
    },
    {
      method: "get",
      path: "/budget-templates/{id}",
      name: "getTemplate",
      summary: "A template",
      role: "read",
      unlimited: true,
      params: { id: "Id of the template." },
      answers: { 200: { means: "The template.", schema: templateShape } },
      refusals: { 404: "There is no such template." },
    },
    {
      method: "delete",
      path: "/budget-templates/{id}",
      name: "deactivateTemplate",
      summary: "End a template; budgets that it has made stay",
      role: "admin",
      unlimited: true,
      params: { id: "Id of the template." },
      answers: { 200: { means: "The template, which makes no more.", schema: templateShape } },
      refusals: { 404: "There is no such template." },
    },
  ],
};

export const costEndpoints: EndpointGroup = {
  name: "cost limits",
  description: "Budgets by what they are for, without ids.",
  endpoints: [
    {
      method: "post",
      path: "/api/v1/ai/cost/budget/configure",
      name: "configureLimits",
      summary: "Set limits of everything, of features, teams and users; null ends one",
      role: "admin",
      body: configureSchema,
      bodyExample: {
        daily_limit: "100",
        monthly_limit: "2500",
        service_limits: { policy_generation: "25" },
        team_limits: { growth: { daily: "40" } },
        user_daily_limits: { jo: "5" },
        enforcement: "hard",
      },
      answers: {
        200: {
          means: "The budgets as they are now, and raises among them that wait for a second person.",
          schema: z.object({
            budgets: z.array(budgetShape),
            proposals: z.array(proposalShape).optional(),
          }),
        },
      },
      refusals: full,
    },
    {
      method: "get",
      path: "/api/v1/ai/cost/budget/status",
      name: "getLimitStatus",
      summary: "How budgets of everything, or of a team, a user or a feature stand",
      role: "read",
      query: costStatusSchema,
      answers: {
        200: {
          means: "Each of them, and all together.",
          schema: z.object({
            budgets: z.array(statusShape),
            exceeded: z.boolean(),
            overage: amountShape,
            hours_until_reset: z.number().nullable(),
          }),
        },
      },
    },
    {
      method: "get",
      path: "/api/v1/ai/cost/alerts",
      name: "listOpenAlerts",
      summary: "Alerts that nobody has acknowledged or resolved",
      role: "read",
      query: costAlertsSchema,
      answers: { 200: { means: "A page of alerts.", schema: pageShape("alerts", alertShape) } },
    },
  ],
};
