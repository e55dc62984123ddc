import { adjustmentKinds, priceActions, unpricedPolicies } from "@ai-usage/core";
import {
  adjustmentSchema,
  ownPriceSchema,
  pageFields,
  priceImportSchema,
  pricesQuerySchema,
  quoteSchema,
  unpricedQuerySchema,
} from "@ai-usage/wire";
import * as z from "zod";
import type { EndpointGroup } from "./endpoint.ts";
import { amountShape, countShape, dateShape, instantShape, named, pageShape, scopeShape } from "./shapes.ts";

const anyObject = z.record(z.string(), z.unknown());
const amounts = z.record(z.string(), amountShape);

const priceFields = {
  row_id: z.string(),
  price_id: z.string().optional().describe("Where it is one of the deployment's own."),
  provider: z.string(),
  model: z.string(),
  names: z.array(z.string()),
  own: z.boolean(),
  when: anyObject.nullable(),
  effective_from: z.string().nullable(),
  effective_to: z.string().nullable(),
  per_million: amounts,
  per_unit: amounts,
  multiply: z.string().nullable(),
  multiplies: z.array(z.string()).optional(),
  minimum: anyObject.optional(),
  free_refusals: z.boolean().optional(),
  volume: anyObject.nullable(),
  source: z.string(),
  checked_on: z.string().nullable(),
  verified: z.boolean(),
  note: z.string().nullable(),
  input_cost_per_million: amountShape.nullable(),
  output_cost_per_million: amountShape.nullable(),
  context_window: countShape.nullable(),
  max_output_tokens: countShape.nullable(),
  is_active: z.boolean(),
};
const priceShape = z.object(priceFields).register(named, { id: "Price" });

const adjustmentShape = z
  .object({
    adjustment_id: z.string(),
    kind: z.enum(adjustmentKinds),
    scope: scopeShape,
    percent: z.string(),
    effective_from: instantShape.nullable(),
    effective_to: instantShape.nullable(),
    note: z.string().nullable(),
  })
  .register(named, { id: "PriceAdjustment" });

const quoteShape = z
  .object({
    pricing_status: z.enum(["priced", "reported", "unpriced"]),
    cost_usd: amountShape.nullable(),
    list_cost_usd: amountShape.nullable(),
    reported_cost_usd: amountShape.nullable(),
    price_id: z.string().nullable(),
    unpriced_reason: z.string().nullable(),
    unpriced_units: z.array(z.string()),
    lines: z.array(
      z.object({
        model: z.string().nullable(),
        unit: z.string(),
        quantity: z.number(),
        unit_price_usd: amountShape,
        amount_usd: amountShape,
        row_id: z.string(),
        multiplier_ids: z.array(z.string()),
      }),
    ),
    adjustments: z.array(
      z.object({
        adjustment_id: z.string(),
        kind: z.enum(adjustmentKinds),
        scope: scopeShape,
        percent: z.string(),
        amount_usd: amountShape,
      }),
    ),
    warnings: z.array(z.string()),
    enforcement: z.object({
      policy: z.enum(unpricedPolicies),
      action: z.enum(["allow", "block"]),
      estimated_cost_usd: amountShape.nullable(),
      estimated_from: z.string().nullable(),
    }),
  })
  .register(named, { id: "Quote" });

const unpricedShape = z
  .object({
    models: z.array(
      z.object({
        service: z.string(),
        model: z.string().nullable(),
        operation: z.string(),
        unpriced_calls: countShape,
        first_date: dateShape,
        last_date: dateShape,
        input_tokens: countShape,
        output_tokens: countShape,
        reasons: z.array(z.string()),
        unpriced_units: z.array(z.string()),
        estimated_cost_usd: amountShape.nullable(),
        estimated_from: z.string().nullable(),
        sampled_calls: countShape,
        priceable: z.boolean(),
      }),
    ),
    unpriced_calls: countShape,
    estimated_cost_usd: amountShape.nullable(),
  })
  .register(named, { id: "UnpricedCalls" });

const importShape = z
  .object({
    differences: z.array(
      z.object({
        kind: z.enum(["added", "changed", "withdrawn"]),
        provider: z.string(),
        model: z.string(),
        unit: z.string(),
        when: anyObject.nullable(),
        before: amountShape.nullable(),
        after: amountShape.nullable(),
        from: z.string().nullable(),
      }),
    ),
    summary: z.object({ added: countShape, changed: countShape, withdrawn: countShape }),
    warnings: z.array(z.string()),
    applied: z.boolean(),
  })
  .register(named, { id: "PriceImport" });

const changeShape = z
  .object({
    at: instantShape,
    by: z.string(),
    action: z.enum(priceActions),
    subject: z.string(),
    before: anyObject.nullable(),
    after: anyObject.nullable(),
  })
  .register(named, { id: "PriceChange" });

const change = { role: "admin", unlimited: true } as const;
const setPriceShape = z.object({
  ...priceFields,
  fills_in: countShape.describe("Calls without a price that it gives one."),
});
const adjustmentId = { id: "Id of the discount or margin." };
const noAdjustment = { 404: "There is no such discount or margin." };
const adjustmentExample = { kind: "discount", scope: "service:openai", percent: "12.5" };

export const priceEndpoints: EndpointGroup = {
  name: "prices",
  description: "What calls cost, and why.",
  endpoints: [
    {
      method: "get",
      path: "/prices",
      name: "listPrices",
      summary: "Prices that hold now, or at another time",
      role: "read",
      query: pricesQuerySchema,
      answers: { 200: { means: "A page of prices.", schema: pageShape("prices", priceShape) } },
    },
    {
      ...change,
      method: "put",
      path: "/prices",
      name: "setPrice",
      summary: "Set a price of one's own",
      body: ownPriceSchema,
      bodyExample: {
        provider: "openai",
        model_name: "gpt-9",
        input_cost_per_million: "2.50",
        output_cost_per_million: "10.00",
      },
      answers: {
        200: { means: "It took the place of another.", schema: setPriceShape },
        201: { means: "It is new.", schema: setPriceShape },
      },
      refusals: { 409: "It contradicts other prices of one's own: `detail` says which." },
    },
    {
      ...change,
      method: "delete",
      path: "/prices/{id}",
      name: "deletePrice",
      summary: "Take a price of one's own away",
      params: { id: "`price_id` of the price." },
      answers: { 200: { means: "The price as it was.", schema: priceShape } },
      refusals: { 404: "There is no such price." },
    },
    {
      method: "get",
      path: "/prices/history",
      name: "listPriceChanges",
      summary: "Who has changed prices, newest first",
      role: "read",
      unlimited: true,
      query: z.strictObject(pageFields),
      answers: { 200: { means: "A page of changes.", schema: pageShape("entries", changeShape) } },
    },
    {
      method: "post",
      path: "/prices/quote",
      name: "quoteCall",
      summary: "What a call would cost, line by line",
      role: "read",
      body: quoteSchema,
      bodyExample: { service: "openai", model: "gpt-4o-mini", input_tokens: 1200, output_tokens: 300 },
      answers: { 200: { means: "The quote.", schema: quoteShape } },
    },
    {
      method: "get",
      path: "/prices/adjustments",
      name: "listAdjustments",
      summary: "Discounts and margins",
      role: "read",
      answers: {
        200: { means: "All of them.", schema: z.object({ adjustments: z.array(adjustmentShape) }) },
      },
    },
    {
      ...change,
      method: "put",
      path: "/prices/adjustments",
      name: "addAdjustment",
      summary: "Add a discount or a margin",
      body: adjustmentSchema,
      bodyExample: adjustmentExample,
      answers: { 201: { means: "It holds for calls from now on.", schema: adjustmentShape } },
    },
    {
      ...change,
      method: "put",
      path: "/prices/adjustments/{id}",
      name: "setAdjustment",
      summary: "Change a discount or a margin",
      params: adjustmentId,
      body: adjustmentSchema,
      bodyExample: adjustmentExample,
      answers: { 200: { means: "As it is now.", schema: adjustmentShape } },
      refusals: noAdjustment,
    },
    {
      ...change,
      method: "delete",
      path: "/prices/adjustments/{id}",
      name: "deleteAdjustment",
      summary: "Take a discount or a margin away",
      params: adjustmentId,
      answers: { 200: { means: "As it was.", schema: adjustmentShape } },
      refusals: noAdjustment,
    },
    {
      method: "get",
      path: "/prices/unpriced",
      name: "listUnpricedCalls",
      summary: "Calls without a price, and what they may have cost",
      role: "read",
      unlimited: true,
      query: unpricedQuerySchema,
      answers: { 200: { means: "What has most of them comes first.", schema: unpricedShape } },
    },
    {
      ...change,
      method: "post",
      path: "/prices/import",
      name: "importPrices",
      summary: "In what a price list differs from what is paid, and taking it over",
      body: priceImportSchema,
      answers: {
        200: { means: "The differences; `applied` says whether they are taken over.", schema: importShape },
      },
    },
  ],
};
