import {
  type ApiToken,
  budgetStatus,
  parseUtcDate,
  periodAt,
  UnanswerableQuestionError,
  utcDateOf,
} from "@ai-usage/core";
import {
  budgetFromWire,
  budgetSchema,
  fieldProblem,
  ProblemError,
  parseIngestRequest,
  parseMetric,
  parseOrProblem,
  parseUsageQuestion,
  tokenSchema,
  toWireAlert,
  toWireBudget,
  toWireBudgetStatus,
  toWireIngestAnswer,
  toWireMetric,
  toWireToken,
} from "@ai-usage/wire";
import type { MemoryLedger } from "./memory-ledger.ts";
import { priceRoutes } from "./price-routes.ts";
import { pageOf, type Route, type RouteAnswer, type RouteRequest } from "./route.ts";

/** By method and path, `:id` standing for one segment. */
const routes: Readonly<Record<string, Route>> = {
  "GET /health": () => ({ status: "ok", version: "0.1.0" }),
  "POST /ai_usage": recordMetrics,
  "GET /ai_usage": (ledger, { query, now }) => ledger.answer(parseUsageQuestion(query, now)),
  "GET /ai_usage/events": listEvents,
  "POST /budgets": createBudget,
  "GET /budgets": (ledger, { query }) =>
    pageOf("budgets", [...ledger.budgets.values()].map(toWireBudget), query),
  "GET /budgets/:id": (ledger, _, id) => toWireBudget(found(ledger.budgets, id, "budget")),
  "GET /budgets/:id/status": readStatus,
  "POST /budgets/:id/deactivate": deactivateBudget,
  "GET /alerts": (ledger, { query, now }) =>
    pageOf(
      "alerts",
      ledger.alerts(now).map((alert) => toWireAlert(alert)),
      query,
    ),
  "POST /tokens": createToken,
  "GET /tokens": (ledger, { query, now }) =>
    pageOf(
      "tokens",
      [...ledger.tokens.values()].map((token) => toWireToken(token, now)),
      query,
    ),
  "DELETE /tokens/:id": revokeToken,
  ...priceRoutes,
};

/** @throws ProblemError */
export function answerRequest(ledger: MemoryLedger, request: RouteRequest): RouteAnswer {
  const { route, id } = routeOf(request);
  try {
    const answer = route(ledger, request, id);
    return "status" in answer && "body" in answer ? answer : { status: 200, body: answer };
  } catch (error) {
    if (error instanceof UnanswerableQuestionError) throw fieldProblem(error.field, error.message);
    throw error;
  }
}

/** As it stands, or with one segment as an id: `/prices/history` is no price. */
function routeOf({ method, path }: RouteRequest): { route: Route; id: string } {
  const segments = path.split("/").map(decodeURIComponent);
  const paths = [
    { path, id: "" },
    ...segments.flatMap((id, index) =>
      index < 2 ? [] : [{ path: segments.with(index, ":id").join("/"), id }],
    ),
  ];
  for (const one of paths) {
    const route = routes[`${method} ${one.path}`];
    if (route) return { route, id: one.id };
  }
  throw new ProblemError(404, `there is no ${method} ${path}`);
}

function recordMetrics(ledger: MemoryLedger, { body, now }: RouteRequest): RouteAnswer {
  const request = parseIngestRequest(body);
  const results = request.metrics.map((input) =>
    ledger.record(parseMetric(input, { now, retentionDays: 400 })),
  );
  return toWireIngestAnswer(results, request);
}

function listEvents(ledger: MemoryLedger, { query }: RouteRequest) {
  const { service, date, job, batch } = query;
  if (job === undefined && batch === undefined) {
    if (service === undefined || date === undefined)
      throw fieldProblem("service", "must be given, with a date");
    parseUtcDate(date);
  }
  const chosen = [...ledger.metrics.values()].filter(({ metric }) => {
    if (job !== undefined) return metric.jobId === job;
    if (batch !== undefined) return metric.batchId === batch;
    return metric.service === service && utcDateOf(metric.timestamp) === date;
  });
  return pageOf("events", chosen.map(toWireMetric), query);
}

function createBudget(ledger: MemoryLedger, { body, now }: RouteRequest): RouteAnswer {
  const wire = parseOrProblem(budgetSchema, body);
  const budget = budgetFromWire(wire, `bud_${ledger.budgets.size + 1}`, now);
  ledger.budgets.set(budget.budgetId, budget);
  return { status: 201, body: toWireBudget(budget) };
}

function readStatus(ledger: MemoryLedger, { now }: RouteRequest, id: string) {
  const budget = found(ledger.budgets, id, "budget");
  const period = periodAt(budget.period, now, budget.timeZone);
  const { cost: spent, unpricedCalls } = ledger.totalsOf(budget.scope, period);
  return toWireBudgetStatus(budgetStatus({ budget, period, spent, unpricedCalls, now }));
}

function deactivateBudget(ledger: MemoryLedger, _: RouteRequest, id: string) {
  const budget = { ...found(ledger.budgets, id, "budget"), active: false };
  ledger.budgets.set(id, budget);
  return toWireBudget(budget);
}

function createToken(ledger: MemoryLedger, { body, now }: RouteRequest): RouteAnswer {
  const wire = parseOrProblem(tokenSchema, body);
  const token: ApiToken = {
    tokenId: `token${ledger.tokens.size + 1}`,
    name: wire.name,
    roles: wire.roles,
    scopes: wire.scopes,
    secretHash: "",
    createdAt: now,
    expiresAt: wire.expires_at,
  };
  ledger.tokens.set(token.tokenId, token);
  return { status: 201, body: { ...toWireToken(token, now), token: `aiu_${token.tokenId}_secret` } };
}

function revokeToken(ledger: MemoryLedger, { now }: RouteRequest, id: string) {
  const token = { ...found(ledger.tokens, id, "token"), revokedAt: now };
  ledger.tokens.set(id, token);
  return toWireToken(token, now);
}

function found<T>(all: ReadonlyMap<string, T>, id: string, noun: string): T {
  const one = all.get(id);
  if (!one) throw new ProblemError(404, `there is no such ${noun}`);
  return one;
}
