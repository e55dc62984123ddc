import { type Delivery, deliveryStates } from "@ai-usage/core";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it } from "vitest";
import { fromDeliveryItem, toDeliveryItem } from "./delivery-item.ts";
import type { Item } from "./item.ts";

const at = (minute: number) => `2026-11-21T12:0${minute}:00.000Z` as Delivery["at"];
const aDelivery = (given: Partial<Delivery> = {}): Delivery => ({
  alertId: "bud_1.2026-11.80.r1",
  channelId: "chn_1",
  channelName: "operations",
  channelKind: "webhook",
  reason: "raised",
  state: "waiting",
  dueAt: at(1),
  at: at(0),
  attempts: [],
  tries: 0,
  revision: 1,
  ...given,
});
const stored = (item: Item): Item =>
  unmarshall(marshall(item, { removeUndefinedValues: true }), { wrapNumbers: true });

describe("item of a delivery", () => {
  it("is read as it was written, with every attempt", () => {
    const delivery = aDelivery({
      reason: "reminder",
      because: "quiet_hours",
      attempts: [
        { at: at(2), ms: 1200, outcome: "failed", status: 503, error: "answered with status 503" },
        { at: at(3), ms: 3, outcome: "failed", error: "the connection was refused" },
        { at: at(4), ms: 90, outcome: "sent", status: 204 },
      ],
      tries: 3,
      snoozeEnd: at(1),
      revision: 7,
    });
    expect(fromDeliveryItem(stored(toDeliveryItem(delivery)))).toEqual(delivery);
    expect(fromDeliveryItem(stored(toDeliveryItem(aDelivery())))).toEqual(aDelivery());
  });

  it("is listed where somebody will look for it, and nowhere when it is done", () => {
    const listing = (state: Delivery["state"]) => {
      const lapsesAt = state === "sending" ? at(2) : undefined;
      const { GSI1PK, GSI1SK } = toDeliveryItem(aDelivery({ state, lapsesAt }));
      return GSI1PK && [GSI1PK, String(GSI1SK).slice(0, 24)];
    };
    expect(Object.fromEntries(deliveryStates.map((state) => [state, listing(state)]))).toEqual({
      waiting: ["WAITING_DELIVERIES", at(1)],
      sending: ["WAITING_DELIVERIES", at(2)],
      failed: ["FAILED_DELIVERIES", at(0)],
      sent: undefined,
      suppressed: undefined,
      cancelled: undefined,
    });
  });
});
