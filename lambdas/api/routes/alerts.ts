import { mayAccess } from "@ai-usage/core";
import { listAlerts } from "@ai-usage/store";
import { pageFields, parseOrProblem, toWireAlert } from "@ai-usage/wire";
import { Hono } from "hono";
import * as z from "zod";
import { type ApiEnvironment, type ApiParts, callerWith, queryOf } from "../context.ts";

const listSchema = z.strictObject(pageFields);

export function alertRoutes({ table }: ApiParts): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();

  app.get("/", async (context) => {
    const caller = callerWith(context, "read");
    const page = await listAlerts(table, parseOrProblem(listSchema, queryOf(context)));
    const visible = page.items.filter(({ alert }) => mayAccess(caller, [alert.scope]));
    return context.json({
      alerts: visible.map(({ alert, deliveries }) => toWireAlert(alert, deliveries)),
      next_cursor: page.nextCursor ?? null,
    });
  });

  return app;
}
