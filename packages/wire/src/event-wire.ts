import {
  type Alert,
  type AlertKind,
  Money,
  parseInstant,
  parseScope,
  parseUtcDate,
  periodKinds,
  type ThresholdAlert,
  thresholdLevels,
  type UnpricedModelAlert,
} from "@ai-usage/core";
import * as z from "zod";
import { toWireAlert } from "./alert-wire.ts";

/** Names of the events on the bus; documented in docs/alerts.md. */
export const EVENT_SOURCE = "ai-usage";
export const alertDetailTypes = {
  budget_threshold: "Budget Threshold Crossed",
  unpriced_model: "Unpriced Model Seen",
} as const satisfies Record<AlertKind, string>;

/** What of an event says that there is an alert. */
export interface AlertEvent {
  readonly detailType: string;
  readonly detail: unknown;
}

export function toAlertEvent(alert: Alert) {
  const detail = { schema_version: "1", alert: toWireAlert(alert) };
  return { detailType: alertDetailTypes[alert.kind], detail } satisfies AlertEvent;
}

/** An event that none of our alerts is told by. */
export class UnknownEventError extends Error {
  override readonly name = "UnknownEventError";
}

/**
 * @throws UnknownEventError when no alert has this type of event
 * @throws ZodError when the detail is not one that {@link toAlertEvent} makes
 */
export function fromAlertEvent({ detailType, detail }: AlertEvent): Alert {
  switch (detailType) {
    case alertDetailTypes.budget_threshold:
      return thresholdAlertOf(thresholdCrossedSchema.parse(detail));
    case alertDetailTypes.unpriced_model:
      return unpricedModelAlertOf(unpricedModelSeenSchema.parse(detail));
    default:
      throw new UnknownEventError(`"${detailType}" is none of ${Object.values(alertDetailTypes).join(", ")}`);
  }
}

const money = z.string().transform((text) => Money.parse(text));
const instant = z.string().transform((text) => parseInstant(text));
const date = z.string().transform((text) => parseUtcDate(text));

const commonFields = {
  alert_id: z.string(),
  scope: z.string().transform((text) => parseScope(text)),
  level: z.enum(thresholdLevels),
  raised_at: instant,
  state: z.literal("open"),
  notify: z.boolean(),
};

// The event's type says the kind: those that were published when there was one kind have no field for it.
const thresholdCrossedSchema = z.object({
  schema_version: z.literal("1"),
  alert: z.object({
    ...commonFields,
    budget_id: z.string(),
    budget_name: z.string(),
    threshold_percent: z.string(),
    threshold_amount: money,
    amount: money,
    spent: money,
    period: z.object({ id: z.string(), kind: z.enum(periodKinds), start: instant, end: instant }),
    time_zone: z.string(),
  }),
});

const unpricedModelSeenSchema = z.object({
  schema_version: z.literal("1"),
  alert: z.object({
    ...commonFields,
    service: z.string(),
    model: z.string().optional(),
    operation: z.string(),
    date,
    call_date: date,
    unpriced_calls: z.int(),
    first_date: date,
  }),
});

function thresholdAlertOf({ alert }: z.infer<typeof thresholdCrossedSchema>): ThresholdAlert {
  return {
    alertId: alert.alert_id,
    kind: "budget_threshold",
    budgetId: alert.budget_id,
    budgetName: alert.budget_name,
    scope: alert.scope,
    level: alert.level,
    thresholdPercent: alert.threshold_percent,
    thresholdAmount: alert.threshold_amount,
    amount: alert.amount,
    spent: alert.spent,
    period: alert.period,
    timeZone: alert.time_zone,
    raisedAt: alert.raised_at,
    state: alert.state,
    notify: alert.notify,
  };
}

function unpricedModelAlertOf({ alert }: z.infer<typeof unpricedModelSeenSchema>): UnpricedModelAlert {
  return {
    alertId: alert.alert_id,
    kind: "unpriced_model",
    scope: alert.scope,
    level: alert.level,
    service: alert.service,
    model: alert.model,
    operation: alert.operation,
    date: alert.date,
    callDate: alert.call_date,
    unpricedCalls: alert.unpriced_calls,
    firstDate: alert.first_date,
    raisedAt: alert.raised_at,
    state: alert.state,
    notify: alert.notify,
  };
}
