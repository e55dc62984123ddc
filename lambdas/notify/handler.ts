import { type ChannelTest, fromAlertEvent, notifyRequestSchema } from "@ai-usage/wire";
import type { Context, EventBridgeEvent } from "aws-lambda";
import { partsFromEnvironment } from "./parts-from-environment.ts";
import { sweep } from "./sweep.ts";
import { tell } from "./tell.ts";
import { tryChannel } from "./try-channel.ts";

const shared = partsFromEnvironment();

/** Tells people of an alert that the bus brings; of what is due, when the clock asks; or tries a channel out. */
export async function handler(
  event: EventBridgeEvent<string, unknown> | { readonly sweep: true } | { readonly test: string },
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<ChannelTest | undefined> {
  const parts = { ...shared, remainingMs: () => context.getRemainingTimeInMillis() };
  if ("detail-type" in event) {
    const { alertId } = fromAlertEvent({ detailType: event["detail-type"], detail: event.detail });
    await tell(parts, alertId);
    return undefined;
  }
  const request = notifyRequestSchema.parse(event);
  if ("test" in request) return tryChannel(parts, request.test);
  await sweep(parts);
  return undefined;
}
