import {
  BODY_BYTES_MAX,
  batchStatuses,
  METRICS_MAX,
  metricSchema,
  usageQuestionSchema,
} from "@ai-usage/wire";
import * as z from "zod";
import { eventsSchema } from "../routes/usage.ts";
import type { EndpointGroup } from "./endpoint.ts";
import {
  amountShape,
  batchSummaryShape,
  countShape,
  dateShape,
  fieldErrors,
  instantShape,
  named,
  pageShape,
  scopeShape,
} from "./shapes.ts";

const totals = {
  cost_usd: z.number().describe("For those who draw; `cost_usd_exact` is what to bill by."),
  cost_usd_exact: amountShape,
  tokens: countShape,
  input_tokens: countShape,
  output_tokens: countShape,
  api_calls: countShape,
  unpriced_calls: countShape,
  failed_calls: countShape,
};

const groupShape = z
  .object({
    ...totals,
    service: z.string().optional(),
    services: z.array(z.string()).optional(),
    models: z.array(z.string()).optional(),
    operations: z.array(z.string()).optional(),
    average_cost_per_call: z.number().optional(),
    average_tokens_per_call: z.number().optional(),
  })
  .register(named, { id: "UsageGroup" });

const { cost_usd, cost_usd_exact, tokens, api_calls, ...counts } = totals;

const usageReportShape = z
  .object({
    summary: z.object({
      total_cost_usd: cost_usd,
      total_cost_usd_exact: cost_usd_exact,
      total_tokens: tokens,
      total_api_calls: api_calls,
      ...counts,
      average_cost_per_call: z.number(),
      date_range: z.object({ start: dateShape, end: dateShape }),
    }),
    aggregations: z
      .record(z.string(), z.record(z.string(), groupShape))
      .describe("`by_day`, `by_team` and so on, each by the name of the group."),
    query: z.object({
      start_date: dateShape,
      end_date: dateShape,
      tz: z.string(),
      aggregation: z.array(z.string()),
      service: z.string().nullable(),
      model: z.string().nullable(),
      operation: z.string().nullable(),
      scope: scopeShape.nullable(),
    }),
  })
  .register(named, { id: "UsageReport" });

const quantities = z.record(z.string(), z.number());

const pricing = {
  cost_usd: amountShape.nullable(),
  pricing_status: z.enum(["priced", "reported", "unpriced"]),
  price_id: z.string().optional(),
  list_cost_usd: amountShape.optional(),
  book_cost_usd: amountShape.optional(),
  unpriced_reason: z.string().optional(),
  unpriced_units: z.array(z.string()).optional(),
};

const eventShape = z
  .object({
    request_id: z.string(),
    service: z.string(),
    model: z.string().optional(),
    operation: z.string(),
    timestamp: instantShape,
    usage: quantities,
    also_used: z.array(z.object({ model: z.string(), usage: quantities })).optional(),
    call_count: countShape,
    served: z.record(z.string(), z.string()).optional(),
    requested: z.record(z.string(), z.string()).optional(),
    refusal: z.string().optional(),
    billing_account: z.string().optional(),
    reported_cost_usd: amountShape.optional(),
    ...pricing,
    former_prices: z
      .array(z.object({ ...pricing, until: instantShape, restatement_id: z.string() }))
      .optional(),
    latency_ms: z.number().optional(),
    time_to_first_token_ms: z.number().optional(),
    attempts: countShape.optional(),
    user_id: z.string().optional(),
    team: z.string().optional(),
    feature: z.string().optional(),
    environment: z.string().optional(),
    job_id: z.string().optional(),
    batch_id: z.string().optional(),
    lease_id: z.string().optional(),
    github_pr: countShape.optional(),
    error: z.string().optional(),
    usage_problems: z.array(z.string()).optional(),
    usage_estimated: z.literal(true).optional(),
    response_quality_score: z.number().optional(),
    prompt_hash: z.string().optional(),
    metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    custom_scopes: z.array(scopeShape).optional(),
  })
  .register(named, { id: "Event", description: "A stored metric, and what it cost." });

const ingestAnswerShape = z
  .object({
    results: z.array(
      z.object({
        request_id: z.string().nullable(),
        status: z.enum(batchStatuses),
        cost_usd: amountShape.nullable().optional(),
        pricing_status: pricing.pricing_status.optional(),
        ...fieldErrors,
      }),
    ),
    summary: z.object({ ...batchSummaryShape, cost_usd: amountShape }),
  })
  .register(named, { id: "IngestAnswer" });

const metricShape = metricSchema.register(named, { id: "Metric", description: "One metered call." });

export const usageEndpoints: EndpointGroup = {
  name: "usage",
  description: "Sending what calls used, and asking what they cost.",
  endpoints: [
    {
      method: "post",
      path: "/ai_usage",
      name: "recordUsage",
      summary: "Store one metric, or up to 500",
      description: `Each is stored and counted once, however often it is sent. At most ${METRICS_MAX} metrics and ${BODY_BYTES_MAX} bytes.`,
      role: "ingest",
      body: z.union([metricShape, z.object({ metrics: z.array(metricShape).min(1).max(METRICS_MAX) })]),
      bodyExample: {
        request_id: "req-1",
        service: "openai",
        operation: "chat",
        model: "gpt-4o-mini",
        timestamp: "2026-11-21T10:15:00Z",
        input_tokens: 1200,
        output_tokens: 300,
        team: "growth",
      },
      answers: {
        200: { means: "All are stored, now or before.", schema: ingestAnswerShape },
        207: {
          means: "Some are not stored: `results` says which, and why.",
          schema: ingestAnswerShape,
        },
      },
      refusals: {
        413: "There are too many metrics, or bytes.",
        415: "The body is no JSON, or is compressed in a way that is not known here.",
      },
    },
    {
      method: "get",
      path: "/ai_usage",
      name: "getUsage",
      summary: "What calls came to, by days and any groups",
      description:
        "Without dates, the last 30 days. A token that is limited to scopes asks about one of them.",
      role: "read",
      query: usageQuestionSchema,
      answers: { 200: { means: "The totals.", schema: usageReportShape } },
    },
    {
      method: "get",
      path: "/ai_usage/events",
      name: "listEvents",
      summary: "Single calls of a service and day, of a job or of a batch",
      role: "read",
      query: eventsSchema,
      answers: { 200: { means: "A page of calls.", schema: pageShape("events", eventShape) } },
    },
  ],
};
