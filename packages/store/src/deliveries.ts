import { type Delivery, type DeliveryRef, type DeliveryState, type Instant, plusMs } from "@ai-usage/core";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import pMap from "p-map";
import { getItems } from "./batches.ts";
import { fromDeliveryItem, toDeliveryItem } from "./delivery-item.ts";
import { ItemReader, readableOf } from "./item.ts";
import { alertKey, deliveryKey, deliveryListings, deliveryOfKey, deliveryRange } from "./keys.ts";
import { listEntities, type Page, type PageRequest } from "./listing.ts";
import { queryItems } from "./query.ts";
import type { Table } from "./table.ts";
import { tryToWrite } from "./transact.ts";

const CONCURRENT_QUERIES = 8;

/**
 * Puts a delivery unless it is there, so that whatever is repeated there is one for each alert, channel and reason.
 * @returns it as it is stored
 */
export async function planDelivery(table: Table, delivery: Delivery): Promise<Delivery> {
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: toDeliveryItem(delivery),
        ConditionExpression: "attribute_not_exists(PK)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    return delivery;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
    return fromDeliveryItem(unmarshall(error.Item, { wrapNumbers: true }));
  }
}

/**
 * Puts the next step of a delivery in the place of the one before it.
 * @returns whether that was still there: otherwise somebody else has taken a step
 */
export async function advanceDelivery(table: Table, next: Delivery): Promise<boolean> {
  try {
    await table.client.send(new PutCommand(advance(table, next)));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** The most deliveries that take a step together: as many as a transaction takes. */
export const DELIVERIES_TOGETHER_MAX = 100;

/** The same for several, all or none. */
export async function advanceDeliveries(table: Table, next: readonly Delivery[]): Promise<boolean> {
  const [only, ...others] = next;
  if (only === undefined) return true;
  if (others.length === 0) return advanceDelivery(table, only);
  return (
    (await tryToWrite(
      table,
      next.map((one) => ({ Put: advance(table, one) })),
    )) === "written"
  );
}

function advance(table: Table, next: Delivery) {
  const isNew = next.revision === 1;
  return {
    TableName: table.name,
    Item: toDeliveryItem(next),
    ...(isNew
      ? { ConditionExpression: "attribute_not_exists(PK)" }
      : {
          ConditionExpression: "revision = :before",
          ExpressionAttributeValues: { ":before": next.revision - 1 },
        }),
  };
}

/** Those of `refs` that there are, read consistently, in no order. */
export async function findDeliveries(table: Table, refs: readonly DeliveryRef[]): Promise<Delivery[]> {
  return readableOf(await getItems(table, refs.map(deliveryKey)), fromDeliveryItem);
}

/** Deliveries of an alert, by channel. */
export async function deliveriesOfAlert(table: Table, alertId: string): Promise<Delivery[]> {
  const items = await queryItems(table, { partition: alertKey(alertId).PK, between: deliveryRange });
  return items.map(fromDeliveryItem);
}

/** The same of several alerts. */
export async function deliveriesOf(
  table: Table,
  alertIds: readonly string[],
): Promise<Map<string, Delivery[]>> {
  const found = await pMap(
    new Set(alertIds),
    async (alertId) => [alertId, await deliveriesOfAlert(table, alertId)] as const,
    { concurrency: CONCURRENT_QUERIES },
  );
  return new Map(found);
}

/** Deliveries whose time has come, the longest due first, at most `limit`. The index may be a moment behind. */
export async function listDueDeliveries(
  table: Table,
  { now, limit }: { now: Instant; limit: number },
): Promise<DeliveryRef[]> {
  const found = await queryItems(table, {
    index: "GSI1",
    partition: deliveryListings.waiting,
    between: ["0", plusMs(now, 1)],
    limit,
  });
  return found.map((item) => deliveryOfKey(new ItemReader(item).key()) as DeliveryRef);
}

/** Deliveries that wait (`sending` ones among them) or that were given up: those that are due last, or failed last, first. */
export function listDeliveries(
  table: Table,
  state: Extract<DeliveryState, "waiting" | "failed">,
  request: PageRequest,
): Promise<Page<Delivery>> {
  return listEntities(
    table,
    { index: "GSI1", partition: deliveryListings[state] },
    request,
    fromDeliveryItem,
  );
}
