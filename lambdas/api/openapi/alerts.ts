import { alertStates, channelKinds, deliveryCauses, deliveryReasons, deliveryStates } from "@ai-usage/core";
import {
  alertListSchema,
  alertRemarkSchema,
  deliveryListSchema,
  redriveSchema,
  snoozeSchema,
} from "@ai-usage/wire";
import * as z from "zod";
import type { Endpoint, EndpointGroup } from "./endpoint.ts";
import {
  amountShape,
  countShape,
  dateShape,
  instantShape,
  levelShape,
  named,
  pageShape,
  periodShape,
  scopeShape,
  unitShape,
} from "./shapes.ts";

const remarkShape = z
  .object({ at: instantShape, by: z.string(), note: z.string().optional() })
  .register(named, { id: "Remark", description: "Who said so, when, and why." });

const deliveryFields = {
  channel_id: z.string(),
  channel: z.string().describe("Its name."),
  kind: z.enum(channelKinds),
  reason: z.enum(deliveryReasons),
  state: z.enum(deliveryStates),
  because: z.enum(deliveryCauses).optional(),
  due_at: instantShape,
  at: instantShape.describe("When it came to its state."),
  attempts: z.array(
    z.object({
      at: instantShape,
      ms: z.number(),
      outcome: z.enum(["sent", "failed"]),
      status: z.int().optional(),
      error: z.string().optional(),
    }),
  ),
};
const deliveryShape = z
  .object(deliveryFields)
  .register(named, { id: "Delivery", description: "A message about an alert over one channel." });
const listedDeliveryShape = z
  .object({ alert_id: z.string(), ...deliveryFields })
  .register(named, { id: "ListedDelivery" });

const base = {
  alert_id: z.string(),
  scope: scopeShape,
  level: levelShape,
  raised_at: instantShape,
  state: z.enum(alertStates),
  acknowledged: remarkShape.optional(),
  resolved: remarkShape.optional(),
  snoozed: remarkShape.optional(),
  snoozed_until: instantShape.optional(),
  notify: z.boolean(),
  deliveries: z.array(deliveryShape),
};
const ofBudget = {
  budget_id: z.string(),
  budget_name: z.string(),
  unit: unitShape,
  amount: amountShape,
  spent: amountShape,
  period: periodShape,
  time_zone: z.string(),
  contact: z.string().optional(),
  projected: amountShape.optional(),
  exhausted_at: instantShape.optional(),
};
const atThreshold = {
  threshold_id: z.string(),
  threshold_percent: z.string().optional(),
  threshold_amount: amountShape,
};

export const alertShape = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("budget_threshold"), ...base, ...ofBudget, ...atThreshold }),
    z.object({
      kind: z.literal("budget_forecast"),
      ...base,
      ...ofBudget,
      ...atThreshold,
      projected: amountShape,
    }),
    z.object({
      kind: z.literal("budget_recovered"),
      ...base,
      ...ofBudget,
      ...atThreshold,
      recovered_alert_id: z.string(),
      recovered_level: levelShape,
    }),
    z.object({
      kind: z.literal("cost_spike"),
      ...base,
      ...ofBudget,
      hour: z.string(),
      actual: amountShape,
      usual: amountShape,
      compared_hours: countShape,
    }),
    z.object({
      kind: z.literal("unpriced_model"),
      ...base,
      service: z.string(),
      model: z.string().optional(),
      operation: z.string(),
      date: dateShape,
      call_date: dateShape,
      unpriced_calls: countShape,
      first_date: dateShape,
    }),
  ])
  .register(named, { id: "Alert", description: "`kind` says which fields it has." });

const params = { id: "Id of the alert." };
const unknown = { 404: "There is no such alert." };

const act = (
  name: string,
  action: string,
  rest: Pick<Endpoint, "summary" | "body" | "bodyExample" | "description">,
): Endpoint => ({
  method: "post",
  path: `/alerts/{id}/${action}`,
  name,
  role: "admin",
  params,
  answers: { 200: { means: "The alert as it is now.", schema: alertShape } },
  refusals: { ...unknown, 409: "It is resolved." },
  ...rest,
});

export const alertEndpoints: EndpointGroup = {
  name: "alerts",
  description: "What people were told of, and what they made of it.",
  endpoints: [
    {
      method: "get",
      path: "/alerts",
      name: "listAlerts",
      summary: "Alerts, newest first",
      role: "read",
      query: alertListSchema,
      answers: { 200: { means: "A page of alerts.", schema: pageShape("alerts", alertShape) } },
    },
    {
      method: "get",
      path: "/alerts/{id}",
      name: "getAlert",
      summary: "An alert, and each attempt to tell of it",
      role: "read",
      params,
      answers: { 200: { means: "The alert.", schema: alertShape } },
      refusals: unknown,
    },
    act("acknowledgeAlert", "acknowledge", {
      summary: "Say that somebody is on it",
      description: "Nobody else is told then. Doing it twice is the same as doing it once.",
      body: alertRemarkSchema,
      bodyExample: { note: "a batch job of ours, ends tonight" },
    }),
    act("resolveAlert", "resolve", {
      summary: "Say that it is over",
      body: alertRemarkSchema,
      bodyExample: { note: "the job is stopped" },
    }),
    act("snoozeAlert", "snooze", {
      summary: "Hear no more of it for a while",
      body: snoozeSchema,
      bodyExample: { minutes: 120 },
    }),
    {
      method: "post",
      path: "/alerts/{id}/deliveries/{channel_id}/redrive",
      name: "redriveDelivery",
      summary: "Try a message once more that was given up",
      role: "admin",
      params: { ...params, channel_id: "Id of the channel." },
      answers: { 200: { means: "The alert as it is now.", schema: alertShape } },
      refusals: { 404: "There is no such alert, or no such message.", 409: "It was not given up." },
    },
    {
      method: "get",
      path: "/deliveries",
      name: "listDeliveries",
      summary: "Messages that were given up, or that wait",
      role: "read",
      unlimited: true,
      query: deliveryListSchema,
      answers: {
        200: { means: "A page of messages.", schema: pageShape("deliveries", listedDeliveryShape) },
      },
    },
    {
      method: "post",
      path: "/deliveries/redrive",
      name: "redriveDeliveries",
      summary: "Try all messages once more that were given up",
      role: "admin",
      unlimited: true,
      body: redriveSchema,
      answers: { 200: { means: "How many.", schema: z.object({ redriven: countShape }) } },
    },
  ],
};
