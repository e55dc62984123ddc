import { type Budget, type Caller, hasSameJson, newBudget, type Scope } from "@ai-usage/core";
import { budgetHistory, createBudget, findBudget, listBudgetChanges, listBudgets } from "@ai-usage/store";
import {
  decisionSchema,
  ProblemError,
  pageFields,
  parseBudgetList,
  parseBudgetPatch,
  parseHistoryQuery,
  parseIncrease,
  parseNewBudget,
  parseOrProblem,
  toWireBudget,
  toWireBudgetChange,
  toWireBudgetHistory,
  toWireBudgetStatus,
  toWireProposed,
  toWireTerms,
} from "@ai-usage/wire";
import { type Context, Hono } from "hono";
import * as z from "zod";
import { changeBy, requireScopes, visibleBudget } from "../budget-access.ts";
import {
  type ApiEnvironment,
  type ApiParts,
  callerWith,
  idOf,
  jsonBodyOf,
  newId,
  optionalBodyOf,
  queryOf,
} from "../context.ts";
import { type EditedBudget, editOrPropose } from "../edit-or-propose.ts";
import { readStatus } from "../read-status.ts";

/** Query of `GET /budgets/{id}/changes`. */
export const changesSchema = z.strictObject(pageFields);

export function budgetRoutes(parts: ApiParts): Hono<ApiEnvironment> {
  const { table, clock } = parts;
  const app = new Hono<ApiEnvironment>();
  const visible = (caller: Caller, context: Context<ApiEnvironment>) =>
    visibleBudget(table, caller, idOf(context));

  app.post("/", async (context) => {
    const caller = callerWith(context, "admin");
    const { creation, reason } = parseNewBudget(await jsonBodyOf(context), newId("bud"));
    requireScopes(caller, [creation.terms.scope], "set");
    const now = clock();
    const note = changeBy(caller, now, reason);
    const made = newBudget(creation, note);
    if (made.outcome === "invalid") throw new RangeError(`${made.field} ${made.problem}`);
    if ((await createBudget(table, made.budget, note)) === "created")
      return context.json(toWireBudget(made.budget, now), 201);
    return context.json(toWireBudget(asAsked(await findBudget(table, creation.budgetId), made.budget), now));
  });

  app.get("/", async (context) => {
    const caller = callerWith(context, "read");
    const { scope, ...query } = parseBudgetList(queryOf(context));
    const scopes = scopesShown(caller, scope);
    const page = scopes?.length === 0 ? { items: [] } : await listBudgets(table, { ...query, scopes });
    const now = clock();
    const budgets = page.items.map((budget) => toWireBudget(budget, now));
    return context.json({ budgets, next_cursor: page.nextCursor ?? null });
  });

  app.get("/:id", async (context) => {
    const budget = await visible(callerWith(context, "read"), context);
    return context.json(toWireBudget(budget, clock()));
  });

  app.patch("/:id", async (context) => {
    const caller = callerWith(context, "admin");
    const budget = await visible(caller, context);
    const { terms, reason } = parseBudgetPatch(await jsonBodyOf(context), budget);
    const note = changeBy(caller, clock(), reason);
    const edit = { kind: "update", terms } as const;
    return answerOf(context, await editOrPropose(parts, budget.budgetId, edit, note));
  });

  for (const kind of ["deactivate", "reactivate"] as const) {
    app.post(`/:id/${kind}`, async (context) => {
      const caller = callerWith(context, "admin");
      const { budgetId } = await visible(caller, context);
      const { reason } = parseOrProblem(decisionSchema, await optionalBodyOf(context));
      const note = changeBy(caller, clock(), reason);
      return answerOf(context, await editOrPropose(parts, budgetId, { kind }, note));
    });
  }

  app.post("/:id/increases", async (context) => {
    const caller = callerWith(context, "admin");
    const budget = await visible(caller, context);
    const now = clock();
    const made = { budget, increaseId: newId("inc"), now, by: caller.tokenId };
    const increase = parseIncrease(await jsonBodyOf(context), made);
    const note = changeBy(caller, now, increase.reason);
    const edited = await editOrPropose(parts, budget.budgetId, { kind: "increase", increase }, note);
    return answerOf(context, edited, 201);
  });

  app.delete("/:id/increases/:increase", async (context) => {
    const caller = callerWith(context, "admin");
    const { budgetId } = await visible(caller, context);
    const edit = { kind: "end_increase", increaseId: context.req.param("increase") } as const;
    return answerOf(context, await editOrPropose(parts, budgetId, edit, changeBy(caller, clock())));
  });

  app.get("/:id/status", async (context) => {
    const budget = await visible(callerWith(context, "read"), context);
    const now = clock();
    return context.json(toWireBudgetStatus(await readStatus(table, budget, now), now));
  });

  app.get("/:id/history", async (context) => {
    const budget = await visible(callerWith(context, "read"), context);
    const count = parseHistoryQuery(queryOf(context));
    const now = clock();
    return context.json(toWireBudgetHistory(budget, await budgetHistory(table, budget, now, count), now));
  });

  app.get("/:id/changes", async (context) => {
    const { budgetId } = await visible(callerWith(context, "read"), context);
    const request = parseOrProblem(changesSchema, queryOf(context));
    const { items, nextCursor } = await listBudgetChanges(table, budgetId, request);
    return context.json({ entries: items.map(toWireBudgetChange), next_cursor: nextCursor ?? null });
  });

  const answerOf = (
    context: Context<ApiEnvironment>,
    { budget, proposal }: EditedBudget,
    status: 200 | 201 = 200,
  ) => {
    const now = clock();
    return proposal
      ? context.json(toWireProposed(budget, proposal, now), 202)
      : context.json(toWireBudget(budget, now), status);
  };

  return app;
}

/** Of those that are asked for, or all, the ones that the caller may see; nothing when that is all. */
function scopesShown({ scopes: own }: Caller, asked: Scope | undefined): readonly Scope[] | undefined {
  if (asked === undefined) return own;
  return own === undefined || own.includes(asked) ? [asked] : [];
}

/** What is made again, after an answer that got lost, is as it was asked for: anything else would be a change. */
function asAsked(there: Budget | undefined, asked: Budget): Budget {
  if (there?.active && hasSameJson(toWireTerms(there), toWireTerms(asked))) return there;
  const state = there?.active ? "with other terms" : "that is not active";
  throw new ProblemError(
    409,
    `there is a budget of this key ${state}, ${asked.budgetId}: change or reactivate that instead`,
  );
}
