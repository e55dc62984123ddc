import { createHash } from "node:crypto";
import type { Alert, ThresholdLevel } from "@ai-usage/core";
import { alertFacts, messageFacts } from "../facts/message-facts.ts";
import type { AlertSender, Message, SendResult } from "../message.ts";
import { type OutgoingOptions, postHttps } from "../outgoing/post-https.ts";
import { noSecret, wrongTarget } from "./failures.ts";

const EVENTS_URL = "https://events.pagerduty.com/v2/enqueue";

const severities: Record<ThresholdLevel, "info" | "warning" | "error" | "critical"> = {
  INFO: "info",
  WARNING: "warning",
  CRITICAL: "error",
  EXCEEDED: "critical",
};

/** Lengths that the Events API v2 takes (https://developer.pagerduty.com/docs/events-api-v2-overview). */
const SUMMARY_LENGTH_MAX = 1024;
const KEY_LENGTH_MAX = 255;

/**
 * Incidents of PagerDuty, by its Events API v2. One event an alert, also of a digest: each opens an incident of its own, and
 * what has recovered resolves it. Events sent twice are one, by their key.
 */
export function pagerDutySender({
  outgoing,
  url = EVENTS_URL,
}: {
  outgoing: OutgoingOptions;
  url?: string;
}): AlertSender {
  return {
    async send({ target, name }, message, secret) {
      if (target.kind !== "pagerduty") return wrongTarget(target);
      if (secret === undefined) return noSecret;
      let result: SendResult = { outcome: "sent" };
      for (const alert of message.alerts) {
        const body = JSON.stringify({ routing_key: secret, ...pagerDutyEvent(alert, message, name) });
        result = await postHttps({ url, body, sentAt: message.sentAt }, outgoing);
        if (result.outcome === "failed") return result;
      }
      return result;
    },
  };
}

/** The event without the key that it is routed by. */
function pagerDutyEvent(alert: Alert, message: Message, channelName: string): object {
  if (alert.kind === "budget_recovered" && !message.test) {
    return { event_action: "resolve", dedup_key: keyOf(alert.recoveredAlertId) };
  }
  const { subject, notices, link } = messageFacts({ ...message, alerts: [alert] }, channelName);
  const { summary, facts } = alertFacts(alert, message.sentAt);
  return {
    event_action: "trigger",
    dedup_key: keyOf(message.test ? `test.${message.deliveryId}` : alert.alertId),
    client: "ai-usage",
    ...(link && { client_url: link.url, links: [{ href: link.url, text: link.text }] }),
    payload: {
      summary: subject.slice(0, SUMMARY_LENGTH_MAX),
      source: alert.scope,
      severity: message.test ? "info" : severities[alert.level],
      timestamp: alert.raisedAt,
      component: "budgetId" in alert ? alert.budgetId : alert.service,
      group: alert.scope,
      class: alert.kind,
      custom_details: Object.fromEntries([
        ...notices.map((notice) => ["Notice", notice]),
        ["Summary", summary],
        ...facts,
      ]),
    },
  };
}

/** The same for the alert and for its recovery. */
function keyOf(alertId: string): string {
  if (alertId.length <= KEY_LENGTH_MAX) return alertId;
  const hash = createHash("sha256").update(alertId).digest("hex");
  return `${alertId.slice(0, KEY_LENGTH_MAX - hash.length - 1)}~${hash}`;
}
