import type { Alert } from "@ai-usage/core";
import type { Message } from "../message.ts";

/** What the event bus shows of an alert. */
export type EventOf = (alert: Alert) => { readonly detailType: string; readonly detail: EventDetail };

interface EventDetail {
  readonly schema_version: string;
  readonly alert: object;
}

/** What programs are told: the detail of the event, or of a digest all `alerts`; and which delivery it is. */
export function eventBody(message: Message, eventOf: EventOf): object {
  const details = message.alerts.map((alert) => eventOf(alert).detail);
  const [first] = details;
  const { deliveryId: id, reason, attempt, test, sentAt: sent_at } = message;
  const delivery = { id, reason, attempt, sent_at, ...(test && { test }) };
  if (details.length === 1) return { ...first, delivery };
  return { schema_version: first?.schema_version, alerts: details.map(({ alert }) => alert), delivery };
}
