import { parseUnpricedQuery, toWireUnpriced } from "@ai-usage/wire";
import { Hono } from "hono";
import { type ApiEnvironment, type ApiParts, queryOf, unlimitedCallerWith } from "../context.ts";
import { listUnpricedCalls } from "../unpriced-calls.ts";

/** What has calls without a price. */
export function unpricedRoutes({ table, clock, prices }: ApiParts): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();

  app.get("/", async (context) => {
    unlimitedCallerWith(context, "read");
    const now = clock();
    const days = parseUnpricedQuery(queryOf(context), now);
    return context.json(toWireUnpriced(await listUnpricedCalls({ table, prices, now }, days)));
  });

  return app;
}
