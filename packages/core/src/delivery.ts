import type { ChannelKind } from "./channel.ts";
import type { Instant } from "./time.ts";

/**
 * `waiting`: due at `dueAt` · `sending`: somebody is at it · `sent` · `failed`: given up, and can be sent again by hand ·
 * `suppressed`: not sent, for the reason that `because` names · `cancelled`: no longer needed.
 */
export const deliveryStates = ["waiting", "sending", "sent", "failed", "suppressed", "cancelled"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** `raised`: the alert is new · `escalated`: nobody acknowledged it in time · `reminder`: its snooze is over. */
export const deliveryReasons = ["raised", "escalated", "reminder"] as const;
export type DeliveryReason = (typeof deliveryReasons)[number];

/** Why a message did not go out at once, or at all. */
export const deliveryCauses = [
  "quiet_hours",
  "digest",
  "rate_limit",
  "cooldown",
  "snoozed",
  "acknowledged",
  "resolved",
  "channel_gone",
] as const;
export type DeliveryCause = (typeof deliveryCauses)[number];

export interface DeliveryAttempt {
  readonly at: Instant;
  readonly ms: number;
  readonly outcome: "sent" | "failed";
  /** HTTP status of the answer, where there was one. */
  readonly status?: number;
  /** Why it failed, without addresses and secrets. */
  readonly error?: string;
}

/** A message about an alert over one channel. There is one for each alert, channel and reason. */
export interface Delivery {
  readonly alertId: string;
  readonly channelId: string;
  readonly channelName: string;
  readonly channelKind: ChannelKind;
  readonly reason: DeliveryReason;
  readonly state: DeliveryState;
  readonly because?: DeliveryCause;
  readonly dueAt: Instant;
  /** When it came to its state. */
  readonly at: Instant;
  readonly attempts: readonly DeliveryAttempt[];
  /** Attempts since it was planned, or since somebody had it sent again by hand. */
  readonly tries: number;
  /** Of a reminder: the end of the snooze that it comes after. There may be another one later. */
  readonly snoozeEnd?: Instant;
  /** While it is `sending`: when whoever is at it is taken for dead. */
  readonly lapsesAt?: Instant;
  /** Counts its changes, so that of two who change it at once one is told to look again. */
  readonly revision: number;
}

/** Names a delivery. */
export type DeliveryRef = Pick<Delivery, "alertId" | "channelId" | "reason">;
