import { alertMail, sendMail } from "@ai-usage/alerting";
import { instantFromEpochMs } from "@ai-usage/core";
import { claimDelivery, settleDelivery } from "@ai-usage/store";
import { fromAlertEvent } from "@ai-usage/wire";
import { SESClient } from "@aws-sdk/client-ses";
import type { EventBridgeEvent } from "aws-lambda";
import { readEnvironment, tableFromEnvironment, variables } from "../environment.ts";

const environment = readEnvironment({
  ENABLE_EMAIL_ALERTS: variables.trueFalse,
  EMAIL_FROM_ADDRESS: variables.optionalText,
  EMAIL_ALERT_RECIPIENTS: variables.list,
});
const table = tableFromEnvironment();
const ses = new SESClient({});

/** Tells people of an alert, once over each channel. A failure is thrown: the bus tries again. */
export async function handler(event: EventBridgeEvent<string, unknown>): Promise<void> {
  const alert = fromAlertEvent({ detailType: event["detail-type"], detail: event.detail });
  if (!alert.notify || !environment.ENABLE_EMAIL_ALERTS) return;
  const delivery = { alertId: alert.alertId, channel: "email" as const };
  const claim = await claimDelivery(table, { ...delivery, now: now() });
  if (claim === "done") return;
  if (claim === "busy") throw new Error(`${alert.alertId}: another attempt is under way`);
  try {
    const content = alertMail(alert);
    await sendMail(ses, {
      from: environment.EMAIL_FROM_ADDRESS,
      to: environment.EMAIL_ALERT_RECIPIENTS,
      content,
    });
  } catch (error) {
    await settleDelivery(table, { ...delivery, state: "failed", now: now() });
    throw error;
  }
  await settleDelivery(table, { ...delivery, state: "sent", now: now() });
}

const now = () => instantFromEpochMs(Date.now());
