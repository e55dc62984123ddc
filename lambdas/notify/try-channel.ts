import { channelTestAlert, messageIdOf } from "@ai-usage/core";
import type { ChannelTest } from "@ai-usage/wire";
import { logger } from "../environment.ts";
import type { NotifyParts } from "./parts.ts";
import { sendMessage } from "./send-message.ts";

/** Sends a message that says of itself that it is a test, as alerts are sent. Nothing of it is stored. */
export async function tryChannel(parts: NotifyParts, channelId: string): Promise<ChannelTest> {
  parts.channels.forget();
  const now = parts.clock();
  const channel = await parts.channels.find(channelId, now);
  if (channel === undefined) return { outcome: "failed", error: "there is no such channel", ms: 0 };
  const alert = channelTestAlert(channelId, now);
  const { attempt } = await sendMessage(parts, channel, {
    alerts: [alert],
    reason: "raised",
    // Another one each time: a receiver must not take it for a repeat.
    deliveryId: messageIdOf([{ alertId: `${alert.alertId} ${now}`, channelId, reason: "raised" }]),
    attempt: 1,
    test: true,
  });
  const { at: _, ...outcome } = attempt;
  logger.info("channel tested", { channelId, ...outcome });
  return outcome;
}
