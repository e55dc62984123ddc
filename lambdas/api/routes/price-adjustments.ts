import { mayAccess } from "@ai-usage/core";
import { deleteAdjustment, listAdjustments, putAdjustment } from "@ai-usage/store";
import {
  adjustmentFromWire,
  adjustmentSchema,
  ProblemError,
  parseOrProblem,
  toWireAdjustment,
} from "@ai-usage/wire";
import { Hono } from "hono";
import * as z from "zod";
import {
  type ApiEnvironment,
  type ApiParts,
  callerWith,
  editBy,
  idOf,
  jsonBodyOf,
  newId,
  queryOf,
  unlimitedCallerWith,
} from "../context.ts";

const noQuery = z.strictObject({});

/** Discounts and margins. */
export function adjustmentRoutes({ table, clock, prices }: ApiParts): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();

  app.get("/", async (context) => {
    const caller = callerWith(context, "read");
    parseOrProblem(noQuery, queryOf(context));
    const adjustments = (await listAdjustments(table)).filter(({ scope }) => mayAccess(caller, [scope]));
    return context.json({ adjustments: adjustments.map(toWireAdjustment) });
  });

  app.put("/", async (context) => {
    const caller = unlimitedCallerWith(context, "admin");
    const wire = parseOrProblem(adjustmentSchema, await jsonBodyOf(context));
    const adjustment = adjustmentFromWire(wire, newId("adj"));
    await putAdjustment(table, adjustment, editBy(caller, clock()));
    prices.forget();
    return context.json(toWireAdjustment(adjustment), 201);
  });

  app.put("/:id", async (context) => {
    const caller = unlimitedCallerWith(context, "admin");
    const wire = parseOrProblem(adjustmentSchema, await jsonBodyOf(context));
    const adjustment = adjustmentFromWire(wire, idOf(context));
    const onlyExisting = { onlyExisting: true };
    const former = await putAdjustment(table, adjustment, editBy(caller, clock()), onlyExisting);
    if (former === undefined) throw new ProblemError(404, "there is no such discount or margin");
    prices.forget();
    return context.json(toWireAdjustment(adjustment));
  });

  app.delete("/:id", async (context) => {
    const caller = unlimitedCallerWith(context, "admin");
    const former = await deleteAdjustment(table, idOf(context), editBy(caller, clock()));
    if (former === undefined) throw new ProblemError(404, "there is no such discount or margin");
    prices.forget();
    return context.json(toWireAdjustment(former));
  });

  return app;
}
