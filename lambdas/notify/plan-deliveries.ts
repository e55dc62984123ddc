import {
  type Alert,
  type Channel,
  channelsFor,
  channelsForEnd,
  type Delivery,
  levelFor,
  mayCoolDown,
  plannedDelivery,
} from "@ai-usage/core";
import { deliveriesOfAlert, findAlert, planDelivery, planPacedDelivery } from "@ai-usage/store";
import type { NotifyParts } from "./parts.ts";

/**
 * Plans the messages about an alert: one over each channel that it is meant for, whatever is repeated.
 *
 * @returns them as they are stored
 * @throws Error when there is no such alert: whoever asked is to ask again
 */
export async function planDeliveries(parts: NotifyParts, alertId: string): Promise<Delivery[]> {
  const { table, clock } = parts;
  // As it is now: between its event and this, people may have acted on it.
  const alert = await findAlert(table, alertId);
  if (alert === undefined) throw new Error(`${alertId}: there is no such alert`);
  if (alert.state === "resolved" && alert.kind !== "budget_recovered") return [];
  const channels = await channelsToTell(parts, alert);
  const now = clock();
  return Promise.all(
    channels.map((channel) => {
      const delivery = plannedDelivery(channel, alert, { reason: "raised", from: now, now });
      if (!mayCoolDown(channel, alert, delivery.reason)) return planDelivery(table, delivery);
      return planPacedDelivery(table, delivery, { channel, scope: alert.scope, level: levelFor(alert), now });
    }),
  );
}

async function channelsToTell({ table, channels, clock }: NotifyParts, alert: Alert): Promise<Channel[]> {
  const all = await channels.current(clock());
  if (alert.kind !== "budget_recovered") return channelsFor(alert, all);
  return channelsForEnd(alert, all, await deliveriesOfAlert(table, alert.recoveredAlertId));
}
