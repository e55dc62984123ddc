import type { Alert, AlertKind } from "@ai-usage/core";
import { eventSchemas } from "./alert-event-schema.ts";
import { toWireAlert } from "./alert-wire.ts";

/** Names of the events on the bus; documented in docs/events.md. */
export const EVENT_SOURCE = "ai-usage";
export const alertDetailTypes = {
  budget_threshold: "Budget Threshold Crossed",
  budget_forecast: "Budget Forecast",
  budget_recovered: "Budget Recovered",
  cost_spike: "Cost Spike",
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
      return eventSchemas.budget_threshold.parse(detail);
    case alertDetailTypes.budget_forecast:
      return eventSchemas.budget_forecast.parse(detail);
    case alertDetailTypes.budget_recovered:
      return eventSchemas.budget_recovered.parse(detail);
    case alertDetailTypes.cost_spike:
      return eventSchemas.cost_spike.parse(detail);
    case alertDetailTypes.unpriced_model:
      return eventSchemas.unpriced_model.parse(detail);
    default:
      throw new UnknownEventError(`"${detailType}" is none of ${Object.values(alertDetailTypes).join(", ")}`);
  }
}
