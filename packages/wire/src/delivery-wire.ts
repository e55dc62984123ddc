import type { Delivery } from "@ai-usage/core";
import * as z from "zod";
import { toWireDelivery } from "./alert-wire.ts";
import { pageFields, wordField } from "./fields.ts";

/** Query of `GET /deliveries`. */
export const deliveryListSchema = z.strictObject({
  ...pageFields,
  state: wordField(["waiting", "failed"]).default("failed"),
});

const channelIdField = z
  .string({ error: () => "must be a string" })
  .regex(/^\w{1,64}$/, "is no id of a channel");

/** Body of `POST /deliveries/redrive`. */
export const redriveSchema = z.strictObject({ channel_id: channelIdField.optional() });

/** What notify is asked to do, other than by an event of the bus. */
export const notifyRequestSchema = z.union([
  z.strictObject({ sweep: z.literal(true) }),
  z.strictObject({ test: z.string() }),
]);
export type NotifyRequest = z.output<typeof notifyRequestSchema>;

/** How a test of a channel ended. */
export const channelTestSchema = z.object({
  outcome: z.enum(["sent", "failed"]),
  status: z.int().optional(),
  error: z.string().optional(),
  ms: z.int(),
});
export type ChannelTest = z.output<typeof channelTestSchema>;

/** A delivery where it is not shown on its alert. */
export const toWireListedDelivery = (delivery: Delivery) => ({
  alert_id: delivery.alertId,
  ...toWireDelivery(delivery),
});
