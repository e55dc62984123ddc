import type { Channel } from "@ai-usage/core";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { fromChannelItem, toChannelItem } from "./channel-item.ts";
import { readableOf } from "./item.ts";
import { CHANNELS_PARTITION, channelKey } from "./keys.ts";
import { queryItems } from "./query.ts";
import type { Table } from "./table.ts";

export async function createChannel(table: Table, channel: Channel): Promise<"created" | "exists"> {
  const isNew = "attribute_not_exists(PK)";
  return (await put(table, channel, { ConditionExpression: isNew })) ? "created" : "exists";
}

/**
 * Puts `after` in the place of `before`.
 * @returns `outdated` where that is not what is there any more
 */
export async function replaceChannel(
  table: Table,
  before: Channel,
  after: Channel,
): Promise<"replaced" | "outdated"> {
  const isReplaced = await put(table, after, {
    ConditionExpression: "updated_at = :known AND active = :active",
    ExpressionAttributeValues: { ":known": before.updatedAt, ":active": before.active },
  });
  return isReplaced ? "replaced" : "outdated";
}

async function put(table: Table, channel: Channel, condition: object): Promise<boolean> {
  try {
    await table.client.send(
      new PutCommand({ TableName: table.name, Item: toChannelItem(channel), ...condition }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

export async function findChannel(table: Table, channelId: string): Promise<Channel | undefined> {
  const { Item: item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: channelKey(channelId), ConsistentRead: true }),
  );
  return item && fromChannelItem(item);
}

/** All channels that can be read, by the time they were made, those that were deleted too. */
export async function listChannels(table: Table): Promise<Channel[]> {
  const items = await queryItems(table, { partition: CHANNELS_PARTITION });
  return readableOf(items, fromChannelItem).sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}
