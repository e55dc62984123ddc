import { type ApiToken, parseUtcDate, UnanswerableQuestionError, utcDateOf } from "@ai-usage/core";
import {
  fieldProblem,
  ProblemError,
  parseIngestRequest,
  parseMetric,
  parseOrProblem,
  parseUsageQuestion,
  tokenSchema,
  toWireIngestAnswer,
  toWireMetric,
  toWireToken,
} from "@ai-usage/wire";
import { alertRoutes } from "./alert-routes.ts";
import { budgetRoutes } from "./budget-routes.ts";
import { channelRoutes } from "./channel-routes.ts";
import { costBudgetRoutes } from "./cost-budget-routes.ts";
import type { MemoryLedger } from "./memory-ledger.ts";
import { outcomeRoutes } from "./outcome-routes.ts";
import { priceRoutes } from "./price-routes.ts";
import { idsIn, pageOf, type Route, type RouteAnswer, type RouteRequest } from "./route.ts";

/** By method and path, `:id` standing for one segment. */
const routes: Readonly<Record<string, Route>> = {
  "GET /health": () => ({ status: "ok", version: "0.1.0" }),
  "POST /ai_usage": recordMetrics,
  "GET /ai_usage": (ledger, { query, now }) => ledger.answer(parseUsageQuestion(query, now)),
  "GET /ai_usage/events": listEvents,
  "POST /tokens": createToken,
  "GET /tokens": (ledger, { query, now }) =>
    pageOf(
      "tokens",
      [...ledger.tokens.values()].map((token) => toWireToken(token, now)),
      query,
    ),
  "DELETE /tokens/:id": revokeToken,
  ...alertRoutes,
  ...budgetRoutes,
  ...channelRoutes,
  ...costBudgetRoutes,
  ...outcomeRoutes,
  ...priceRoutes,
};

/** @throws ProblemError */
export function answerRequest(ledger: MemoryLedger, request: RouteRequest): RouteAnswer {
  const { route, ids } = routeOf(request);
  try {
    const [id = "", innerId = ""] = ids;
    const answer = route(ledger, request, id, innerId);
    return "status" in answer && "body" in answer ? answer : { status: 200, body: answer };
  } catch (error) {
    if (error instanceof UnanswerableQuestionError) throw fieldProblem(error.field, error.message);
    throw error;
  }
}

/** Of several that fit, the one that leaves least open: `/prices/history` is no price. */
function routeOf({ method, path }: RouteRequest): { route: Route; ids: readonly string[] } {
  const fitting = Object.entries(routes).flatMap(([key, route]) => {
    const [ofMethod, pattern = ""] = key.split(" ");
    const ids = ofMethod === method ? idsIn(pattern, path) : undefined;
    return ids ? [{ route, ids }] : [];
  });
  const [best] = fitting.sort((a, b) => a.ids.length - b.ids.length);
  if (best) return best;
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
