import { type Alert, Money, parseInstant, parseScope, periodKinds, thresholdLevels } from "@ai-usage/core";
import * as z from "zod";
import { toWireAlert } from "./alert-wire.ts";

/** Names of the event on the bus; documented in docs/alerts.md. */
export const EVENT_SOURCE = "ai-usage";
export const THRESHOLD_CROSSED = "Budget Threshold Crossed";

/** Detail of the event "Budget Threshold Crossed". */
export function toThresholdCrossed(alert: Alert) {
  return { schema_version: "1", alert: toWireAlert(alert) };
}

const money = z.string().transform((text) => Money.parse(text));
const instant = z.string().transform((text) => parseInstant(text));

const thresholdCrossedSchema = z.object({
  schema_version: z.literal("1"),
  alert: z.object({
    alert_id: z.string(),
    budget_id: z.string(),
    budget_name: z.string(),
    scope: z.string().transform((text) => parseScope(text)),
    level: z.enum(thresholdLevels),
    threshold_percent: z.string(),
    threshold_amount: money,
    amount: money,
    spent: money,
    period: z.object({ id: z.string(), kind: z.enum(periodKinds), start: instant, end: instant }),
    time_zone: z.string(),
    raised_at: instant,
    state: z.literal("open"),
    notify: z.boolean(),
  }),
});

/** @throws ZodError when the detail is not one that {@link toThresholdCrossed} makes */
export function fromThresholdCrossed(detail: unknown): Alert {
  const { alert } = thresholdCrossedSchema.parse(detail);
  return {
    alertId: alert.alert_id,
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
