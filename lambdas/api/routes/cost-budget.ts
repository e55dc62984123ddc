import { activeBudgetsOf, deliveriesOf, listAlerts } from "@ai-usage/store";
import {
  pageFields,
  parseConfiguration,
  parseCostStatusQuery,
  parseOrProblem,
  toWireAlert,
  toWireBudget,
  toWireCostStatus,
  toWireProposal,
} from "@ai-usage/wire";
import { Hono } from "hono";
import pMap from "p-map";
import * as z from "zod";
import { requireScopes } from "../budget-access.ts";
import { configureBudgets } from "../configure-budgets.ts";
import { type ApiEnvironment, type ApiParts, callerWith, jsonBodyOf, queryOf } from "../context.ts";
import { readStatus } from "../read-status.ts";

/** Query of `GET /api/v1/ai/cost/alerts`. */
export const costAlertsSchema = z.strictObject(pageFields);

const CONCURRENT_READS = 8;

/** Budgets by what they are for, without ids. */
export function costBudgetRoutes(parts: ApiParts): Hono<ApiEnvironment> {
  const { table, clock } = parts;
  const app = new Hono<ApiEnvironment>();

  app.post("/budget/configure", async (context) => {
    const caller = callerWith(context, "admin");
    const configuration = parseConfiguration(await jsonBodyOf(context));
    requireScopes(
      caller,
      configuration.limits.map(({ scope }) => scope),
      "set",
    );
    const edited = await configureBudgets(parts, configuration, caller);
    const proposals = edited.flatMap(({ proposal }) => (proposal ? [toWireProposal(proposal)] : []));
    const now = clock();
    return context.json({
      budgets: edited.map(({ budget }) => toWireBudget(budget, now)),
      ...(proposals.length > 0 && { proposals }),
    });
  });

  app.get("/budget/status", async (context) => {
    const caller = callerWith(context, "read");
    const scopes = parseCostStatusQuery(queryOf(context));
    requireScopes(caller, scopes, "see");
    const now = clock();
    const budgets = await activeBudgetsOf(table, scopes);
    const statuses = await pMap(budgets, (budget) => readStatus(table, budget, now), {
      concurrency: CONCURRENT_READS,
    });
    return context.json(toWireCostStatus(statuses, now));
  });

  app.get("/alerts", async (context) => {
    const caller = callerWith(context, "read");
    const page = parseOrProblem(costAlertsSchema, queryOf(context));
    const { items, nextCursor } = await listAlerts(table, page, { caller, selection: { states: ["open"] } });
    const ids = items.map(({ alertId }) => alertId);
    const deliveries = await deliveriesOf(table, ids);
    const alerts = items.map((alert) => toWireAlert(alert, deliveries.get(alert.alertId)));
    return context.json({ alerts, next_cursor: nextCursor ?? null });
  });

  return app;
}
