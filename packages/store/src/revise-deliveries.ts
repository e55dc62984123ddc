import { type Alert, type Delivery, type Instant, reminderAfter, revised } from "@ai-usage/core";
import { advanceDelivery, deliveriesOfAlert } from "./deliveries.ts";
import { ThrottledError } from "./errors.ts";
import type { Table } from "./table.ts";

/** A sender takes three steps with a delivery, and then leaves it: so often two may meet on it. */
const ATTEMPTS_MAX = 5;

/**
 * Brings the deliveries of an alert in step with what people have just made of it: those that are no longer needed are
 * cancelled, in a snooze they are put off to its end, and reminders are planned for the channels that have told of it.
 * Doing it again changes nothing. What is on its way meanwhile goes out; senders look at the alert before they begin.
 *
 * @param alert as it is now
 */
export async function reviseDeliveries(table: Table, alert: Alert, now: Instant): Promise<void> {
  for (let attempts = 1; ; attempts++) {
    const steps = stepsAfter(await deliveriesOfAlert(table, alert.alertId), alert, now);
    const outcomes = await Promise.all(steps.map((step) => advanceDelivery(table, step)));
    if (outcomes.every((isDone) => isDone)) return;
    if (attempts === ATTEMPTS_MAX) throw new ThrottledError(`deliveries of ${alert.alertId} keep changing`);
  }
}

function stepsAfter(deliveries: readonly Delivery[], alert: Alert, now: Instant): Delivery[] {
  const steps = new Map<string, Delivery>();
  for (const delivery of deliveries) {
    const step = revised(delivery, alert, now);
    if (step !== undefined) steps.set(`${step.channelId} ${step.reason}`, step);
  }
  for (const told of deliveries.filter(isTold)) {
    const reminder = deliveries.find(
      ({ channelId, reason }) => channelId === told.channelId && reason === "reminder",
    );
    const next = reminderAfter(told, { alert, reminder, now });
    if (next !== undefined) steps.set(`${next.channelId} ${next.reason}`, next);
  }
  return [...steps.values()];
}

/** What is on its way counts as told: rather two messages after a snooze than none. */
const isTold = ({ state, reason }: Delivery): boolean =>
  (state === "sent" || state === "sending") && reason !== "reminder";
