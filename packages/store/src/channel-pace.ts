import {
  type Channel,
  type Delivery,
  epochMsOf,
  type Instant,
  isCoolingDown,
  type LastTold,
  plusMs,
  rateWindowAt,
  type Scope,
  suppressed,
  type ThresholdLevel,
  thresholdLevels,
} from "@ai-usage/core";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { getItems } from "./batches.ts";
import { fromDeliveryItem, toDeliveryItem } from "./delivery-item.ts";
import { type Item, ItemReader } from "./item.ts";
import { deliveryKey, paceKey } from "./keys.ts";
import type { Table } from "./table.ts";
import { transact } from "./transact.ts";

const DAY_MS = 24 * 60 * 60_000;

/**
 * Puts a delivery unless it is there, `suppressed` where the channel has just told something as serious of the scope. What was
 * decided is stored with what it was decided by, in one step: so whoever plans it again comes to the same.
 *
 * @returns it as it is stored
 * @throws ThrottledError when others are always faster
 */
export function planPacedDelivery(
  table: Table,
  delivery: Delivery,
  { channel, scope, level, now }: { channel: Channel; scope: Scope; level: ThresholdLevel; now: Instant },
): Promise<Delivery> {
  const pace = paceKey(channel.channelId, `SCOPE#${scope}`);
  return transact(table, "messages about a scope", async () => {
    const found = await getItems(table, [deliveryKey(delivery), pace]);
    const itemOf = ({ PK }: { PK: string }) => found.find((item) => new ItemReader(item).key().PK === PK);
    const planned = itemOf(deliveryKey(delivery));
    if (planned !== undefined) return { writes: [], outcome: fromDeliveryItem(planned) };
    const last = itemOf(pace);
    const told = last && lastToldOf(last);
    if (told && isCoolingDown(channel, told, { level, now })) {
      const outcome = suppressed(delivery, "cooldown", now);
      return { writes: [put(table, toDeliveryItem(outcome))], outcome };
    }
    const until = plusMs(now, channel.cooldownMinutes * 60_000);
    const next = { ...pace, level, at: now, told_by: delivery.alertId, expires_at: expiryAfter(until) };
    return { writes: [put(table, toDeliveryItem(delivery)), put(table, next, last)], outcome: delivery };
  });
}

const lastToldOf = (item: Item): LastTold => {
  const read = new ItemReader(item);
  return { level: read.word("level", thresholdLevels), at: read.instant("at") };
};

function put(table: Table, item: Item, before?: Item) {
  const unchanged =
    before === undefined
      ? { ConditionExpression: "attribute_not_exists(PK)" }
      : {
          ConditionExpression: "#at = :at AND told_by = :by",
          ExpressionAttributeNames: { "#at": "at" },
          ExpressionAttributeValues: { ":at": before.at, ":by": before.told_by },
        };
  return { Put: { TableName: table.name, Item: item, ...unchanged } };
}

/** For DynamoDB's time to live, which is late by days and may be. */
const expiryAfter = (at: Instant): number => Math.ceil((epochMsOf(at) + DAY_MS) / 1000);

/**
 * Counts a message against the rate limit of a channel.
 * @returns nothing where it may go out; otherwise from when on the next may
 */
export async function takeMessageSlot(
  table: Table,
  { channelId, rateLimit }: Channel,
  now: Instant,
): Promise<Instant | undefined> {
  if (rateLimit === undefined) return undefined;
  const { start, end } = rateWindowAt(rateLimit, now);
  try {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: paceKey(channelId, `WINDOW#${rateLimit.perMinutes}#${start}`),
        UpdateExpression: "SET expires_at = :expiry ADD messages :one",
        ConditionExpression: "attribute_not_exists(messages) OR messages < :most",
        ExpressionAttributeValues: { ":one": 1, ":most": rateLimit.messages, ":expiry": expiryAfter(end) },
      }),
    );
    return undefined;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return end;
    throw error;
  }
}
