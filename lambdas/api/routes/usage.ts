import { type Caller, mayAccess, parseUtcDate, type Scope, scopeOf, scopesOf } from "@ai-usage/core";
import { answerUsage, listMetrics, type MetricSelection } from "@ai-usage/store";
import {
  dateField,
  fieldProblem,
  nameField,
  ProblemError,
  pageFields,
  parseOrProblem,
  parseUsageQuestion,
  toWireMetric,
  toWireUsageReport,
} from "@ai-usage/wire";
import { Hono } from "hono";
import * as z from "zod";
import { type ApiEnvironment, type ApiParts, callerWith, queryOf } from "../context.ts";

/** Query of `GET /ai_usage/events`. */
export const eventsSchema = z.strictObject({
  service: nameField.optional(),
  date: dateField.optional(),
  job: nameField.optional(),
  batch: nameField.optional(),
  user: nameField.optional(),
  ...pageFields,
});

export function usageRoutes({ table, clock }: ApiParts): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();

  app.get("/", async (context) => {
    const caller = callerWith(context, "read");
    const question = parseUsageQuestion(queryOf(context), clock());
    const { service, model, scope } = question.filter;
    const own =
      scope ?? (service ? scopeOf("service", service) : model ? scopeOf("model", model) : undefined);
    requireOwnScope(caller, own);
    return context.json(toWireUsageReport(await answerUsage(table, question), question));
  });

  app.get("/events", async (context) => {
    const caller = callerWith(context, "read");
    const query = parseOrProblem(eventsSchema, queryOf(context));
    const page = await listMetrics(table, selectionOf(query), query);
    const events = page.items.filter(
      ({ metric, customScopes }) =>
        (query.user === undefined || metric.userId === query.user) &&
        mayAccess(caller, scopesOf(metric, customScopes)),
    );
    return context.json({ events: events.map(toWireMetric), next_cursor: page.nextCursor ?? null });
  });

  return app;
}

function selectionOf(query: z.output<typeof eventsSchema>): MetricSelection {
  const { service, date, job, batch } = query;
  const [, second] = Object.entries({ job, batch, service }).filter(([, value]) => value !== undefined);
  if (second)
    throw fieldProblem(second[0], "cannot be combined: ask for a job, a batch, or a service and date");
  if (job !== undefined) return { jobId: job };
  if (batch !== undefined) return { batchId: batch };
  if (service === undefined)
    throw fieldProblem("service", "must be given, with a date; or ask for a job or a batch");
  if (date === undefined) throw fieldProblem("date", "must be given with a service");
  return { service, date: parseUtcDate(date) };
}

function requireOwnScope(caller: Caller, asked: Scope | undefined): void {
  if (caller.scopes === undefined || (asked !== undefined && mayAccess(caller, [asked]))) return;
  throw new ProblemError(
    403,
    `this token may ask about ${caller.scopes.join(", ")} only: add it as a filter`,
  );
}
