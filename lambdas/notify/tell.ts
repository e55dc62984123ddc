import { isCollected, isDue } from "@ai-usage/core";
import pMap from "p-map";
import { deliver } from "./deliver.ts";
import type { NotifyParts } from "./parts.ts";
import { planDeliveries } from "./plan-deliveries.ts";

/** Tells people of an alert, each channel once however often it is asked for. */
export async function tell(parts: NotifyParts, alertId: string): Promise<void> {
  const planned = await planDeliveries(parts, alertId);
  const now = parts.clock();
  // What was held back goes out with others, when the sweep finds them.
  const due = planned.filter((delivery) => isDue(delivery, now) && !isCollected(delivery));
  await pMap(due, (delivery) => deliver(parts, [delivery]), { stopOnError: false });
}
