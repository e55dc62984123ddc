import { pageFields, restatementSchema } from "@ai-usage/wire";
import * as z from "zod";
import type { EndpointGroup } from "./endpoint.ts";
import { amountShape, countShape, dateShape, instantShape, named, pageShape, scopeShape } from "./shapes.ts";

const fields = {
  restatement_id: z.string(),
  state: z.string(),
  dry_run: z.boolean(),
  from: dateShape,
  to: dateShape,
  service: z.string().nullable(),
  model: z.string().nullable(),
  only_unpriced: z.boolean(),
  created_at: instantShape,
  created_by: z.string(),
  starts_at: instantShape,
  finished_at: instantShape.nullable(),
  failure: z.string().nullable(),
};

const sums = {
  changed_metrics: countShape,
  changed_calls: countShape,
  cost_before_usd: amountShape,
  cost_after_usd: amountShape,
  difference_usd: amountShape,
};

const restatementShape = z.object(fields).register(named, { id: "Restatement" });

const reportShape = z
  .object({
    ...fields,
    progress: z.object({
      steps_done: countShape,
      steps_total: countShape.nullable(),
      metrics_seen: countShape,
    }),
    ...sums,
    by_day: z.array(z.object({ date: dateShape, ...sums })),
    by_scope: z.array(z.object({ scope: scopeShape, ...sums })),
    by_budget: z.array(
      z.object({
        budget_id: z.string(),
        name: z.string(),
        scope: scopeShape,
        period_id: z.string(),
        amount_usd: amountShape,
        spent_before_usd: amountShape,
        spent_after_usd: amountShape,
        ...sums,
      }),
    ),
  })
  .register(named, { id: "RestatementReport" });

const params = { id: "Id of the restatement." };
const refusals = { 404: "There is no such restatement." };
const read = { role: "read", unlimited: true } as const;
const change = { role: "admin", unlimited: true } as const;

export const restatementEndpoints: EndpointGroup = {
  name: "restatements",
  description: "Pricing stored calls anew after a price was corrected.",
  endpoints: [
    {
      ...change,
      method: "post",
      path: "/prices/restatements",
      name: "startRestatement",
      summary: "Price stored calls anew, or find out what that would change",
      body: restatementSchema,
      bodyExample: { from: "2026-11-01", to: "2026-11-20", service: "openai", dry_run: true },
      answers: { 202: { means: "It is being worked on.", schema: reportShape } },
    },
    {
      ...read,
      method: "get",
      path: "/prices/restatements",
      name: "listRestatements",
      summary: "All restatements, newest first",
      query: z.strictObject(pageFields),
      answers: {
        200: { means: "A page of restatements.", schema: pageShape("restatements", restatementShape) },
      },
    },
    {
      ...read,
      method: "get",
      path: "/prices/restatements/{id}",
      name: "getRestatement",
      summary: "How a restatement stands, and what it came to",
      params,
      answers: { 200: { means: "Its report.", schema: reportShape } },
      refusals,
    },
    {
      ...change,
      method: "post",
      path: "/prices/restatements/{id}/resume",
      name: "resumeRestatement",
      summary: "Have a restatement worked on that stands still",
      params,
      answers: { 202: { means: "It is being worked on, unless it is done.", schema: reportShape } },
      refusals,
    },
  ],
};
