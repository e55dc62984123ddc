import { createHash } from "node:crypto";
import type { Alert } from "./alert.ts";
import type { Delivery, DeliveryAttempt, DeliveryCause, DeliveryRef } from "./delivery.ts";
import { overBecause } from "./delivery-policy.ts";
import { type Instant, plusMs } from "./time.ts";

/**
 * How long a sender has before its claim lapses and another may try. Longer than the time limit of the function: so that
 * whose claim has lapsed is dead.
 */
export const CLAIM_MS = 45_000;

const ID_DIGITS = 24;

/**
 * Names the message that tells of `deliveries`: the same over all attempts, and another one where it tells of more.
 */
export function messageIdOf(deliveries: readonly (DeliveryRef & Pick<Delivery, "snoozeEnd">)[]): string {
  const names = deliveries.map(({ alertId, channelId, reason, snoozeEnd }) =>
    JSON.stringify([alertId, channelId, reason, snoozeEnd]),
  );
  const hash = createHash("sha256").update(names.toSorted().join("\n")).digest("hex");
  return `dlv_${hash.slice(0, ID_DIGITS)}`;
}

/** Whether somebody is to work on it: its time has come, or who was at it is dead. */
export function isDue({ state, dueAt, lapsesAt }: Delivery, now: Instant): boolean {
  if (state === "waiting") return dueAt <= now;
  return state === "sending" && lapsesAt !== undefined && lapsesAt < now;
}

/** Those that are due at once go out in one message, where they were held back for the sake of that. */
export const isCollected = ({ because }: Delivery): boolean =>
  because === "digest" || because === "quiet_hours" || because === "rate_limit";

/** What each step leaves alone. `because` and `lapsesAt` are of the state that it leaves. */
function step(delivery: Delivery, to: Partial<Delivery> & Pick<Delivery, "state" | "at">): Delivery {
  const { because: _, lapsesAt: __, ...rest } = delivery;
  return { ...rest, ...to, revision: delivery.revision + 1 };
}

const kept = ({ because }: Delivery) => because !== undefined && { because };

export const claimed = (delivery: Delivery, now: Instant): Delivery =>
  step(delivery, { state: "sending", ...kept(delivery), at: now, lapsesAt: plusMs(now, CLAIM_MS) });

export const cancelled = (delivery: Delivery, because: DeliveryCause, now: Instant): Delivery =>
  step(delivery, { state: "cancelled", because, at: now });

export const suppressed = (delivery: Delivery, because: DeliveryCause, now: Instant): Delivery =>
  step(delivery, { state: "suppressed", because, at: now });

/** @param because absent: for the reason that it was held back for before */
export function putOff(
  delivery: Delivery,
  { until, because }: { until: Instant; because?: DeliveryCause },
  now: Instant,
): Delivery {
  const cause = because === undefined ? kept(delivery) : { because };
  return step(delivery, { state: "waiting", ...cause, dueAt: until, at: now });
}

/**
 * After an attempt.
 * @param retryAt when to try again after one that failed; nothing where it is given up
 */
export function attempted(
  delivery: Delivery,
  attempt: DeliveryAttempt,
  { now, retryAt }: { now: Instant; retryAt?: Instant },
): Delivery {
  const counted = { attempts: [...delivery.attempts, attempt], tries: delivery.tries + 1, at: now };
  if (attempt.outcome === "sent") return step(delivery, { ...counted, ...kept(delivery), state: "sent" });
  if (retryAt === undefined) return step(delivery, { ...counted, state: "failed" });
  return step(delivery, { ...counted, ...kept(delivery), state: "waiting", dueAt: retryAt });
}

/** One that was given up, to be tried again from now on. */
export const redriven = (delivery: Delivery, now: Instant): Delivery =>
  step(delivery, { state: "waiting", dueAt: now, at: now, tries: 0 });

/** What follows for a delivery that waits from what people made of the alert; nothing where that is nothing. */
export function revised(delivery: Delivery, alert: Alert, now: Instant): Delivery | undefined {
  if (delivery.state !== "waiting") return undefined;
  const over = overBecause(alert, delivery);
  if (over !== undefined) return cancelled(delivery, over, now);
  const { snoozedUntil: until } = alert;
  if (until === undefined || until <= now || until === delivery.dueAt) return undefined;
  const isSooner = until < delivery.dueAt;
  if (isSooner && delivery.because !== "snoozed" && delivery.reason !== "reminder") return undefined;
  return putOff(delivery, { until, because: "snoozed" }, now);
}

/**
 * The reminder for when the snooze of `alert` is over, of a channel that has told of it. It takes the place of `reminder`,
 * the one there is; nothing where that is about the same snooze.
 */
export function reminderAfter(
  told: Delivery,
  { alert, reminder, now }: { alert: Alert; reminder: Delivery | undefined; now: Instant },
): Delivery | undefined {
  const { snoozedUntil: until } = alert;
  if (until === undefined || until <= now || reminder?.snoozeEnd === until) return undefined;
  const { alertId, channelId, channelName, channelKind } = told;
  return {
    ...{ alertId, channelId, channelName, channelKind },
    reason: "reminder",
    state: "waiting",
    because: "snoozed",
    dueAt: until,
    at: now,
    attempts: reminder?.attempts ?? [],
    tries: 0,
    snoozeEnd: until,
    revision: (reminder?.revision ?? 0) + 1,
  };
}
