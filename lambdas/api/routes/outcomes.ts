import { mayAccess, scopesOfOutcome } from "@ai-usage/core";
import { listOutcomes } from "@ai-usage/store";
import { parseOutcomesQuery, toWireOutcome } from "@ai-usage/wire";
import { Hono } from "hono";
import { type ApiEnvironment, type ApiParts, callerWith, queryOf } from "../context.ts";

export function outcomeRoutes({ table, clock }: ApiParts): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();

  app.get("/", async (context) => {
    const caller = callerWith(context, "read");
    const { first, last, team, feature, outcome, ...page } = parseOutcomesQuery(queryOf(context), clock());
    const { items, nextCursor } = await listOutcomes(
      table,
      {
        first,
        last,
        matches: (scoped) =>
          (team === undefined || scoped.outcome.team === team) &&
          (feature === undefined || scoped.outcome.feature === feature) &&
          (outcome === undefined || scoped.outcome.outcome === outcome) &&
          mayAccess(caller, scopesOfOutcome(scoped)),
      },
      page,
    );
    return context.json({ outcomes: items.map(toWireOutcome), next_cursor: nextCursor ?? null });
  });

  return app;
}
