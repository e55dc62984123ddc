import { type Delivery, isCollected, isDue } from "@ai-usage/core";
import { DELIVERIES_TOGETHER_MAX, findDeliveries, listDueDeliveries } from "@ai-usage/store";
import pMap from "p-map";
import { deliver } from "./deliver.ts";
import type { NotifyParts } from "./parts.ts";

/** What one sweep looks at; the next one is a minute away. */
const DUE_MAX = 1_000;
const CONCURRENT_MESSAGES = 16;
/** What is left when no message is begun any more. */
const RESERVE_MS = 14_000;

/**
 * Works on all deliveries whose time has come, and on those whose sender is dead. What was held back for one channel goes out
 * in one message.
 *
 * @throws AggregateError of what failed, when all have had their turn
 */
export async function sweep(parts: NotifyParts): Promise<void> {
  // A channel that was deleted a moment ago must not be told any more.
  parts.channels.forget();
  const now = parts.clock();
  const refs = await listDueDeliveries(parts.table, { now, limit: DUE_MAX });
  const found = await findDeliveries(parts.table, refs);
  const messages = messagesOf(found.filter((delivery) => isDue(delivery, now)));
  await pMap(
    messages,
    async (deliveries) => {
      if (parts.remainingMs() > RESERVE_MS) await deliver(parts, deliveries);
    },
    { concurrency: CONCURRENT_MESSAGES, stopOnError: false },
  );
}

/** Deliveries that go out together. */
function messagesOf(deliveries: readonly Delivery[]): Delivery[][] {
  const collected = new Map<string, Delivery[]>();
  const messages: Delivery[][] = [];
  for (const delivery of deliveries) {
    if (!isCollected(delivery)) {
      messages.push([delivery]);
      continue;
    }
    const name = `${delivery.channelId} ${delivery.reason}`;
    const open = collected.get(name);
    if (open !== undefined && open.length < DELIVERIES_TOGETHER_MAX) {
      open.push(delivery);
      continue;
    }
    const message = [delivery];
    collected.set(name, message);
    messages.push(message);
  }
  return messages;
}
