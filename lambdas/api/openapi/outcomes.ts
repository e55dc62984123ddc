import {
  BODY_BYTES_MAX,
  batchStatuses,
  OUTCOMES_MAX,
  outcomeSchema,
  outcomesQuerySchema,
} from "@ai-usage/wire";
import * as z from "zod";
import type { EndpointGroup } from "./endpoint.ts";
import {
  amountShape,
  batchSummaryShape,
  fieldErrors,
  instantShape,
  named,
  pageShape,
  scopeShape,
} from "./shapes.ts";

const recordedOutcomeShape = z
  .object({
    outcome_id: z.string(),
    timestamp: instantShape,
    outcome: z.string(),
    success: z.boolean(),
    value: amountShape.optional(),
    cost_usd: amountShape.optional(),
    quality_score: z.number().optional(),
    user_id: z.string().optional(),
    team: z.string().optional(),
    feature: z.string().optional(),
    environment: z.string().optional(),
    job_id: z.string().optional(),
    request_ids: z.array(z.string()).optional(),
    metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    custom_scopes: z.array(scopeShape).optional(),
  })
  .register(named, { id: "RecordedOutcome", description: "A stored outcome." });

const answerShape = z
  .object({
    results: z.array(
      z.object({ outcome_id: z.string().nullable(), status: z.enum(batchStatuses), ...fieldErrors }),
    ),
    summary: z.object(batchSummaryShape),
  })
  .register(named, { id: "OutcomesAnswer" });

const outcomeShape = outcomeSchema.register(named, {
  id: "Outcome",
  description: "What came of AI calls, and what it is worth in US dollars.",
});

export const outcomeEndpoints: EndpointGroup = {
  name: "outcomes",
  description: "What came of the calls.",
  endpoints: [
    {
      method: "post",
      path: "/outcomes",
      name: "recordOutcomes",
      summary: "Store one outcome, or up to 500",
      description: `Each is stored once, however often it is sent. At most ${OUTCOMES_MAX} outcomes and ${BODY_BYTES_MAX} bytes.`,
      role: "ingest",
      body: z.union([outcomeShape, z.object({ outcomes: z.array(outcomeShape).min(1).max(OUTCOMES_MAX) })]),
      bodyExample: {
        outcome_id: "ticket-4711",
        timestamp: "2026-11-21T10:20:00Z",
        outcome: "ticket_resolved",
        value: "12.50",
        team: "support",
        request_ids: ["req-1"],
      },
      answers: {
        200: { means: "All are stored, now or before.", schema: answerShape },
        207: { means: "Some are not stored: `results` says which, and why.", schema: answerShape },
      },
      refusals: {
        413: "There are too many outcomes, or bytes.",
        415: "The body is no JSON, or is compressed in a way that is not known here.",
      },
    },
    {
      method: "get",
      path: "/outcomes",
      name: "listOutcomes",
      summary: "Single outcomes, the newest first",
      description:
        "Without dates, of the last 30 days. A page may have fewer than asked for, or none, and not be the last.",
      role: "read",
      query: outcomesQuerySchema,
      answers: { 200: { means: "A page of outcomes.", schema: pageShape("outcomes", recordedOutcomeShape) } },
    },
  ],
};
