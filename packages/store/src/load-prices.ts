import type { Instant, OwnPrice, PriceAdjustment } from "@ai-usage/core";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { type Item, ItemReader } from "./item.ts";
import { isAdjustmentKey, isOwnPriceKey, PRICES_PARTITION, priceVersionKey } from "./keys.ts";
import { fromOwnPriceItem } from "./own-price-item.ts";
import { fromAdjustmentItem } from "./price-adjustments.ts";
import { queryItems } from "./query.ts";
import type { Table } from "./table.ts";

/** Which edition of own prices and adjustments there is. */
export interface PriceVersion {
  /** Goes up with every change; 0 before the first. */
  readonly version: number;
  readonly changedAt?: Instant;
}

export async function priceVersion(table: Table): Promise<PriceVersion> {
  const { Item: item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: priceVersionKey, ConsistentRead: true }),
  );
  if (item === undefined) return { version: 0 };
  const read = new ItemReader(item);
  return { version: read.integer("version"), changedAt: read.instant("changed_at") };
}

export interface LoadedPrices {
  readonly prices: readonly OwnPrice[];
  readonly adjustments: readonly PriceAdjustment[];
  /** Items that cannot be read: the others hold without them. */
  readonly broken: readonly { readonly position: string; readonly error: unknown }[];
}

/** All that a deployment has set about prices, in one query. */
export async function loadPrices(table: Table): Promise<LoadedPrices> {
  const prices: OwnPrice[] = [];
  const adjustments: PriceAdjustment[] = [];
  const broken: { position: string; error: unknown }[] = [];
  for (const item of await queryItems(table, { partition: PRICES_PARTITION })) {
    try {
      readInto({ prices, adjustments }, item);
    } catch (error) {
      broken.push({ position: new ItemReader(item).key().SK, error });
    }
  }
  return { prices, adjustments, broken };
}

function readInto(loaded: { prices: OwnPrice[]; adjustments: PriceAdjustment[] }, item: Item): void {
  const key = new ItemReader(item).key();
  if (isOwnPriceKey(key)) loaded.prices.push(fromOwnPriceItem(item));
  else if (isAdjustmentKey(key)) loaded.adjustments.push(fromAdjustmentItem(item));
}
