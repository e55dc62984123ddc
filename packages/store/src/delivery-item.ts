import {
  channelKinds,
  type Delivery,
  type DeliveryAttempt,
  deliveryCauses,
  deliveryReasons,
  deliveryStates,
} from "@ai-usage/core";
import { type Item, ItemReader } from "./item.ts";
import { deliveryKey, deliveryListingKey, deliveryListings } from "./keys.ts";

export function toDeliveryItem(delivery: Delivery): Item {
  return {
    ...deliveryKey(delivery),
    ...listingOf(delivery),
    alert_id: delivery.alertId,
    channel_id: delivery.channelId,
    channel: delivery.channelName,
    kind: delivery.channelKind,
    reason: delivery.reason,
    state: delivery.state,
    because: delivery.because,
    due_at: delivery.dueAt,
    at: delivery.at,
    attempts: delivery.attempts.map((attempt) => ({ ...attempt })),
    tries: delivery.tries,
    snooze_end: delivery.snoozeEnd,
    lapses_at: delivery.lapsesAt,
    revision: delivery.revision,
  };
}

/** What somebody is at is listed as waiting for the moment its claim lapses: so that a dead sender's work is found. */
function listingOf(delivery: Delivery): Item {
  switch (delivery.state) {
    case "waiting":
      return deliveryListingKey(deliveryListings.waiting, delivery.dueAt, delivery);
    case "sending":
      return deliveryListingKey(deliveryListings.waiting, delivery.lapsesAt ?? delivery.at, delivery);
    case "failed":
      return deliveryListingKey(deliveryListings.failed, delivery.at, delivery);
    case "sent":
    case "suppressed":
    case "cancelled":
      return {};
    default:
      return delivery.state satisfies never;
  }
}

/** @throws InvalidItemError naming the attribute that is not what a delivery has */
export function fromDeliveryItem(item: Item): Delivery {
  const read = new ItemReader(item);
  return {
    alertId: read.text("alert_id"),
    channelId: read.text("channel_id"),
    channelName: read.text("channel"),
    channelKind: read.word("kind", channelKinds),
    reason: read.word("reason", deliveryReasons),
    state: read.word("state", deliveryStates),
    ...(read.has("because") && { because: read.word("because", deliveryCauses) }),
    dueAt: read.instant("due_at"),
    at: read.instant("at"),
    attempts: read.maps("attempts").map(attemptOf),
    tries: read.integer("tries"),
    ...(read.has("snooze_end") && { snoozeEnd: read.instant("snooze_end") }),
    ...(read.has("lapses_at") && { lapsesAt: read.instant("lapses_at") }),
    revision: read.integer("revision"),
  };
}

const attemptOf = (read: ItemReader): DeliveryAttempt => ({
  at: read.instant("at"),
  ms: read.integer("ms"),
  outcome: read.word("outcome", ["sent", "failed"]),
  ...(read.has("status") && { status: read.integer("status") }),
  ...(read.has("error") && { error: read.text("error") }),
});
