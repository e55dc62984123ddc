import type { Alert } from "./alert.ts";
import { isAtLeastLevel, type ThresholdLevel } from "./budget.ts";
import { type Channel, isMeantFor, levelFor, type RateLimit } from "./channel.ts";
import { nextDigestAt, quietUntil } from "./channel-hours.ts";
import type { Delivery, DeliveryCause, DeliveryReason } from "./delivery.ts";
import { epochMsOf, type Instant, instantFromEpochMs, plusMs } from "./time.ts";

const MINUTE_MS = 60_000;

/** Channels that a new alert is told over. Which of them told of what is over now, only the deliveries of that say. */
export function channelsFor(alert: Alert, channels: readonly Channel[]): Channel[] {
  if (!alert.notify) return [];
  return channels.filter((channel) => isMeantFor(channel, alert) && !channel.standby);
}

/** Channels that tell of an end, of those that told of its beginning, or are about to: `of` are the deliveries of that. */
export function channelsForEnd(
  alert: Alert,
  channels: readonly Channel[],
  of: readonly Delivery[],
): Channel[] {
  if (!alert.notify) return [];
  return channels.filter(
    (channel) => isMeantFor(channel, alert) && whetherTold(of, channel.channelId) !== "no",
  );
}

/**
 * Whether a channel told of an alert that is over: `unclear` while somebody is at it. What waits will not be told any more.
 */
function whetherTold(deliveries: readonly Delivery[], channelId: string): "yes" | "no" | "unclear" {
  const states = deliveries.filter((one) => one.channelId === channelId).map(({ state }) => state);
  if (states.includes("sent")) return "yes";
  return states.includes("sending") ? "unclear" : "no";
}

/** A message about `alert` over `channel`, to go out at `from` at the earliest. */
export function plannedDelivery(
  channel: Channel,
  alert: Alert,
  { reason, from, now }: { reason: DeliveryReason; from: Instant; now: Instant },
): Delivery {
  const { channelId, name: channelName, target } = channel;
  return {
    alertId: alert.alertId,
    channelId,
    channelName,
    channelKind: target.kind,
    reason,
    state: "waiting",
    ...dueTime(channel, alert, { reason, from }),
    at: now,
    attempts: [],
    tries: 0,
    revision: 1,
  };
}

function dueTime(
  channel: Channel,
  alert: Alert,
  { reason, from }: { reason: DeliveryReason; from: Instant },
): { dueAt: Instant; because?: DeliveryCause } {
  const { digest } = channel;
  const snoozed =
    alert.snoozedUntil !== undefined && alert.snoozedUntil > from ? alert.snoozedUntil : undefined;
  const awake = snoozed ?? from;
  const isCollected =
    digest !== undefined && reason === "raised" && isAtLeastLevel(digest.upToLevel, levelFor(alert));
  const wanted = isCollected ? nextDigestAt(digest, awake) : awake;
  const loud = quietEnd(channel, alert, wanted);
  const because = isCollected ? "digest" : snoozed !== undefined ? "snoozed" : loud && "quiet_hours";
  return { dueAt: loud ?? wanted, ...(because !== undefined && { because }) };
}

function quietEnd({ quietHours }: Channel, alert: Alert, at: Instant): Instant | undefined {
  if (quietHours === undefined) return undefined;
  const { unlessLevel } = quietHours;
  if (unlessLevel !== undefined && isAtLeastLevel(levelFor(alert), unlessLevel)) return undefined;
  return quietUntil(quietHours, at);
}

/** The message to who is next, where nobody acknowledges what `channel` tells now. */
export function escalationFrom(
  channel: Channel,
  alert: Alert,
  { channels, now }: { channels: readonly Channel[]; now: Instant },
): Delivery | undefined {
  const { escalation } = channel;
  if (escalation === undefined || alert.state !== "open") return undefined;
  const next = channels.find(({ channelId }) => channelId === escalation.channelId);
  if (next === undefined || !isMeantFor(next, alert)) return undefined;
  const from = plusMs(now, escalation.afterMinutes * MINUTE_MS);
  return plannedDelivery(next, alert, { reason: "escalated", from, now });
}

/** Why a message that is due does not go out now. */
export type Hold =
  | { readonly kind: "cancel"; readonly because: DeliveryCause }
  | { readonly kind: "wait"; readonly until: Instant; readonly because?: DeliveryCause };

/** What is known when a delivery is due. */
export interface DueDelivery {
  readonly delivery: Delivery;
  /** Absent: it was deleted. */
  readonly channel: Channel | undefined;
  /** As it is now. */
  readonly alert: Alert;
  /** Where the alert says that another one is over: the deliveries of that. */
  readonly ofBeginning?: readonly Delivery[];
}

/** How long to wait for somebody who is at it, before looking again. */
const LOOK_AGAIN_MS = 15_000;

/** Nothing where it is to go out. */
export function holdOn(
  { delivery, channel, alert, ofBeginning = [] }: DueDelivery,
  now: Instant,
): Hold | undefined {
  if (!channel?.active) return { kind: "cancel", because: "channel_gone" };
  const over = overBecause(alert, delivery);
  if (over !== undefined) return { kind: "cancel", because: over };
  if (alert.kind === "budget_recovered") {
    const told = whetherTold(ofBeginning, channel.channelId);
    if (told === "no") return { kind: "cancel", because: "resolved" };
    if (told === "unclear") return { kind: "wait", until: plusMs(now, LOOK_AGAIN_MS) };
  }
  if (alert.snoozedUntil !== undefined && alert.snoozedUntil > now) {
    return { kind: "wait", until: alert.snoozedUntil, because: "snoozed" };
  }
  const loud = quietEnd(channel, alert, now);
  return loud && { kind: "wait", until: loud, because: "quiet_hours" };
}

/** Why nobody need be told any more. Recoveries are resolved from the beginning. */
export function overBecause(alert: Alert, { reason }: Delivery): DeliveryCause | undefined {
  if (alert.state === "resolved" && alert.kind !== "budget_recovered") return "resolved";
  if (alert.state !== "acknowledged" || reason === "raised") return undefined;
  // Who snoozes what somebody has acknowledged wants to be reminded of it.
  const isSnoozedSince = alert.snoozed !== undefined && alert.snoozed.at >= (alert.acknowledged?.at ?? "");
  return reason === "reminder" && isSnoozedSince ? undefined : "acknowledged";
}

/** What a channel last told of a scope. */
export interface LastTold {
  readonly level: ThresholdLevel;
  readonly at: Instant;
}

/** Whether a channel keeps quiet about a scope because it has just told something of the same or a higher level. */
export function isCoolingDown(
  { cooldownMinutes }: Channel,
  last: LastTold,
  { level, now }: { level: ThresholdLevel; now: Instant },
): boolean {
  return now < plusMs(last.at, cooldownMinutes * MINUTE_MS) && isAtLeastLevel(last.level, level);
}

/** An end is told wherever the beginning was; what was escalated or is remembered was told before. */
export function mayCoolDown({ cooldownMinutes }: Channel, alert: Alert, reason: DeliveryReason): boolean {
  return cooldownMinutes > 0 && reason === "raised" && alert.kind !== "budget_recovered";
}

/** The time that holds `now` of those that messages are counted in. */
export function rateWindowAt({ perMinutes }: RateLimit, now: Instant): { start: Instant; end: Instant } {
  const length = perMinutes * MINUTE_MS;
  const start = instantFromEpochMs(Math.floor(epochMsOf(now) / length) * length);
  return { start, end: plusMs(start, length) };
}
