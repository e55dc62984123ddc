import { enforcements, failModes, leaseStates, periodKinds } from "@ai-usage/core";
import { BUDGET_EXHAUSTED, decideSchema, leaseSchema, renewSchema, settleSchema } from "@ai-usage/wire";
import * as z from "zod";
import type { Endpoint, EndpointGroup } from "./endpoint.ts";
import {
  amountShape,
  countShape,
  instantShape,
  named,
  periodShape,
  problemShape,
  scopeShape,
  unitShape,
} from "./shapes.ts";

const quantitiesShape = z
  .object({ cost_usd: amountShape, tokens: amountShape, requests: amountShape })
  .register(named, { id: "Quantities" });

const shortageShape = z
  .object({
    budget_id: z.string(),
    unit: unitShape,
    resets_at: instantShape,
    retry_at: instantShape.describe("When asking again may have another answer."),
    name: z.string().optional(),
    scope: scopeShape.optional(),
    enforcement: z.enum(enforcements).optional(),
    period: z.object({ id: z.string(), kind: z.enum(periodKinds) }).optional(),
    limit: amountShape.optional(),
    spent: amountShape.optional(),
    reserved: amountShape.optional(),
    remaining: amountShape.optional(),
    needed: amountShape.optional(),
    contact: z.string().optional().describe("Whom to ask for more."),
  })
  .register(named, {
    id: "Shortage",
    description:
      "A budget that has not enough left for a call. Of one whose scope the token may not read there are no figures.",
  });

export const exhaustedShape = problemShape
  .extend({
    type: z.literal(BUDGET_EXHAUSTED),
    budgets: z.array(shortageShape),
    retry_after_seconds: z.int().min(1),
  })
  .register(named, {
    id: "BudgetExhausted",
    description:
      "A call does not fit what is left: of which budgets, when to ask again, whom to ask for more.",
  });

const consultedShape = z
  .object({
    budget_id: z.string(),
    name: z.string(),
    scope: scopeShape,
    unit: unitShape,
    enforcement: z.enum(enforcements),
    fail_mode: z.enum(failModes),
    remaining: amountShape,
  })
  .register(named, { id: "ConsultedBudget" });

const decisionShape = z
  .object({
    allowed: z.boolean(),
    per_call: quantitiesShape,
    estimated: z.boolean().describe("Nobody said what the call takes at most, so that was estimated."),
    fail_mode: z.enum(failModes).describe("What becomes of such calls while nobody can be asked."),
    budgets: z.array(consultedShape),
    shortages: z.array(shortageShape),
    would_have_refused: z.array(shortageShape).describe("Shadow budgets that are short."),
  })
  .register(named, { id: "Decision" });

const leaseFields = {
  lease_id: z.string(),
  state: z.enum(leaseStates),
  calls: countShape,
  per_call: quantitiesShape,
  granted: quantitiesShape,
  budgets: z.array(
    z.object({
      budget_id: z.string(),
      unit: unitShape,
      period_id: z.string(),
      resets_at: instantShape,
      held: amountShape,
      charged: amountShape.optional(),
    }),
  ),
  acquired_at: instantShape,
  expires_at: instantShape,
  closed_at: instantShape.optional(),
  settled: quantitiesShape.optional(),
};
const leaseShape = z.object(leaseFields).register(named, { id: "Lease" });

const acquiredShape = z
  .object({
    ...leaseFields,
    estimated: decisionShape.shape.estimated,
    fail_mode: decisionShape.shape.fail_mode,
    consulted: z.array(consultedShape),
    would_have_refused: z.array(shortageShape),
    unit_prices: z
      .record(z.string(), amountShape)
      .describe(
        "What one of each unit of usage costs now in US dollars, discounts and margins included, for the model of the call in " +
          "the standard tier. A unit whose price depends on how much is used is left out.",
      ),
    unit_prices_prompt_tokens_max: countShape
      .optional()
      .describe("`unit_prices` hold for prompts of up to so many tokens; without it, of any length."),
  })
  .register(named, { id: "AcquiredLease" });

const repairedShape = z.object({ held: amountShape, settled: amountShape, remaining: amountShape });

const ledgerShape = z
  .object({
    budget_id: z.string(),
    unit: unitShape,
    enforcement: z.enum(enforcements),
    period: periodShape,
    limit: amountShape.describe("`spent`, `reserved` and `remaining` together."),
    spent: amountShape,
    reserved: amountShape,
    remaining: amountShape,
    holding: z.object({
      open_leases: countShape,
      held: amountShape,
      settled: amountShape,
      seen: amountShape.describe("What calls with a lease have been counted to come to."),
    }),
    leases: z.array(
      z.object({
        lease_id: z.string(),
        held: amountShape,
        calls: countShape,
        acquired_at: instantShape,
        expires_at: instantShape,
      }),
    ),
    drift: z
      .looseObject({ in_sync: z.boolean() })
      .describe("What of the ledger its leases and the metrics do not bear out."),
    repairs: z
      .array(
        z.object({
          repair_id: z.string(),
          at: instantShape,
          by: z.string(),
          period_id: z.string(),
          before: repairedShape,
          after: repairedShape,
        }),
      )
      .describe("The last ones, newest first."),
  })
  .register(named, { id: "Ledger" });

const call = { service: "openai", model: "gpt-4o-mini", operation: "chat", team: "growth" };
const max = { input_tokens: 1200, output_tokens: 500 };
const params = { id: "Id of the lease." };
const unknown = { 404: "There is no such lease." };
const exhausted = {
  402: "A budget in US dollars is short. `Retry-After` says when asking again may help.",
  429: "A budget in tokens or requests is short. `Retry-After` says when asking again may help.",
};

const onLease = (
  name: string,
  action: string,
  rest: Pick<Endpoint, "summary" | "body" | "bodyExample" | "refusals">,
): Endpoint => ({
  method: "post",
  path: `/leases/{id}/${action}`,
  name,
  role: "ingest",
  params,
  answers: { 200: { means: "The lease as it is now.", schema: leaseShape } },
  ...rest,
  refusals: { ...unknown, ...rest.refusals },
});

export const leaseEndpoints: EndpointGroup = {
  name: "enforcement",
  description: "Whether a call fits all of its budgets, and parts of them to make calls from.",
  endpoints: [
    {
      method: "post",
      path: "/budgets/decide",
      name: "decide",
      summary: "Whether a call would fit, without taking anything",
      role: "ingest",
      body: decideSchema,
      bodyExample: { call, max },
      answers: { 200: { means: "The decision.", schema: decisionShape } },
    },
    {
      method: "post",
      path: "/leases",
      name: "acquireLease",
      summary: "Take a part of every budget that a call falls under, or of none",
      role: "ingest",
      body: leaseSchema,
      bodyExample: { call, max, calls: 20, ttl_seconds: 60 },
      answers: {
        201: {
          means: "The lease; `budgets` is empty where there is none to hold calls back.",
          schema: acquiredShape,
        },
      },
      refusals: exhausted,
    },
    {
      method: "get",
      path: "/leases/{id}",
      name: "getLease",
      summary: "A lease as it is",
      role: "ingest",
      params,
      answers: { 200: { means: "The lease.", schema: leaseShape } },
      refusals: unknown,
    },
    onLease("renewLease", "renew", {
      summary: "Keep a lease for longer, and top up what was spent of it",
      body: renewSchema,
      bodyExample: { ttl_seconds: 60, calls: 20, spent: { cost_usd: "0.0123" } },
      refusals: { ...exhausted, 409: "The lease is over." },
    }),
    onLease("settleLease", "settle", {
      summary: "Say what the calls of a lease came to; the rest is free again",
      body: settleSchema,
      bodyExample: { spent: { cost_usd: "0.0123", tokens: 5400, requests: 3 } },
      refusals: { 409: "It was settled with something else, or released, before." },
    }),
    onLease("releaseLease", "release", {
      summary: "Give a lease back of which nothing was spent",
      refusals: { 409: "It was settled before." },
    }),
    {
      method: "get",
      path: "/budgets/{id}/ledger",
      name: "getLedger",
      summary: "What a hard budget has left, and where the rest is",
      role: "read",
      params: { id: "Id of the budget." },
      answers: { 200: { means: "The ledger of the period that runs.", schema: ledgerShape } },
      refusals: { 404: "There is no such budget.", 409: "A soft budget has no ledger." },
    },
    {
      method: "post",
      path: "/budgets/{id}/ledger/repair",
      name: "repairLedger",
      summary: "Set a ledger right by its leases and the metrics",
      role: "admin",
      params: { id: "Id of the budget." },
      answers: {
        200: {
          means: "As it was and as it is.",
          schema: z.object({ before: ledgerShape, after: ledgerShape }),
        },
      },
      refusals: { 404: "There is no such budget.", 409: "A soft budget has no ledger." },
    },
  ],
};
