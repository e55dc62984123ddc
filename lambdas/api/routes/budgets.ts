import { randomUUID } from "node:crypto";
import { type Budget, budgetStatus, type Caller, coverOf, mayAccess, periodAt } from "@ai-usage/core";
import { createBudget, deactivateBudget, findBudget, listBudgets, readScopeTotals } from "@ai-usage/store";
import {
  budgetFromWire,
  budgetSchema,
  ProblemError,
  pageFields,
  parseOrProblem,
  toWireBudget,
  toWireBudgetStatus,
} from "@ai-usage/wire";
import { Hono } from "hono";
import * as z from "zod";
import { type ApiEnvironment, type ApiParts, callerWith, idOf, jsonBodyOf, queryOf } from "../context.ts";

const listSchema = z.strictObject(pageFields);

export function budgetRoutes({ table, clock }: ApiParts): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();

  const visibleBudget = async (caller: Caller, id: string): Promise<Budget> => {
    const budget = await findBudget(table, id);
    // What a token may not see does not exist for it.
    if (!budget || !mayAccess(caller, [budget.scope])) throw new ProblemError(404, "there is no such budget");
    return budget;
  };

  app.post("/", async (context) => {
    const caller = callerWith(context, "admin");
    const wire = parseOrProblem(budgetSchema, await jsonBodyOf(context));
    if (!mayAccess(caller, [wire.scope])) {
      throw new ProblemError(403, `this token may set budgets for ${caller.scopes?.join(", ")} only`);
    }
    const id = `bud_${randomUUID().replaceAll("-", "").slice(0, 16)}`;
    const budget = budgetFromWire(wire, id, clock());
    await createBudget(table, budget);
    return context.json(toWireBudget(budget), 201);
  });

  app.get("/", async (context) => {
    const caller = callerWith(context, "read");
    const page = await listBudgets(table, parseOrProblem(listSchema, queryOf(context)));
    const budgets = page.items.filter((budget) => mayAccess(caller, [budget.scope]));
    return context.json({ budgets: budgets.map(toWireBudget), next_cursor: page.nextCursor ?? null });
  });

  app.get("/:id", async (context) => {
    const budget = await visibleBudget(callerWith(context, "read"), idOf(context));
    return context.json(toWireBudget(budget));
  });

  app.get("/:id/status", async (context) => {
    const budget = await visibleBudget(callerWith(context, "read"), idOf(context));
    const now = clock();
    const period = periodAt(budget.period, now, budget.timeZone);
    const { cost: spent, unpricedCalls } = await readScopeTotals(table, budget.scope, coverOf(period));
    return context.json(toWireBudgetStatus(budgetStatus({ budget, period, spent, unpricedCalls, now })));
  });

  app.post("/:id/deactivate", async (context) => {
    const { budgetId } = await visibleBudget(callerWith(context, "admin"), idOf(context));
    const budget = await deactivateBudget(table, budgetId);
    if (!budget) throw new ProblemError(404, "there is no such budget");
    return context.json(toWireBudget(budget));
  });

  return app;
}
