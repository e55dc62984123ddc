import type { Instant, PriceSubject, UtcDate } from "@ai-usage/core";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, UpdateCommand, type UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import { type Item, ItemReader } from "./item.ts";
import { listings, unpricedListingKey, unpricedModelKey } from "./keys.ts";
import { listEntities, type Page, type PageRequest } from "./listing.ts";
import type { Table } from "./table.ts";

/** What has calls without a price: on the list until they have been filled in. */
export interface UnpricedModel extends PriceSubject {
  /** The earliest UTC day of such calls that is known. */
  readonly firstDate: UtcDate;
  readonly firstSeenAt: Instant;
  readonly lastSeenAt: Instant;
  /** Goes up with `lastSeenAt`: several may see it in one millisecond. */
  readonly timesSeen: number;
  /** With which prices it was last looked at whether its calls can be filled in. */
  readonly checkedWith?: string;
  readonly checkedAt?: Instant;
}

interface Sight {
  readonly subject: PriceSubject;
  /** UTC day of the calls. */
  readonly date: UtcDate;
  readonly now: Instant;
}

/** Who met on an item tries again; more often than this they do not meet. */
const ATTEMPTS_MAX = 8;

/** Puts `subject` on the list, or writes down that it was seen again, on `date` or since. */
export async function noteUnpricedModel(table: Table, sight: Sight): Promise<UnpricedModel> {
  for (let attempts = 1; ; attempts++) {
    const item =
      (await updateIf(table, seenAgainParams(sight))) ?? (await updateIf(table, seenEarlierParams(sight)));
    if (item) return fromUnpricedItem(item);
    if (attempts === ATTEMPTS_MAX) {
      throw new Error(`${unpricedModelKey(sight.subject).PK} changes faster than it can be written`);
    }
  }
}

type ConditionalUpdate = Pick<
  UpdateCommandInput,
  | "Key"
  | "UpdateExpression"
  | "ConditionExpression"
  | "ExpressionAttributeNames"
  | "ExpressionAttributeValues"
>;

const seenAgainParams = ({ subject, date, now }: Sight): ConditionalUpdate => ({
  Key: unpricedModelKey(subject),
  UpdateExpression: "SET last_seen_at = :now ADD times_seen :one",
  ConditionExpression: "first_date <= :date",
  ExpressionAttributeValues: { ":date": date, ":now": now, ":one": 1 },
});

/** For the first time; or in calls of an earlier day than was known. */
function seenEarlierParams({ subject, date, now }: Sight): ConditionalUpdate {
  const { service, model, operation } = subject;
  const listing = unpricedListingKey(subject, now);
  const sets = [
    "#service = :service",
    ...(model === undefined ? [] : ["#model = :model"]),
    "#operation = :operation",
    "first_date = :date",
    "first_seen_at = if_not_exists(first_seen_at, :now)",
    "GSI2PK = if_not_exists(GSI2PK, :listing)",
    "GSI2SK = if_not_exists(GSI2SK, :position)",
    "last_seen_at = :now",
  ];
  return {
    Key: unpricedModelKey(subject),
    UpdateExpression: `SET ${sets.join(", ")} ADD times_seen :one`,
    ConditionExpression: "attribute_not_exists(PK) OR first_date > :date",
    ExpressionAttributeNames: {
      "#service": "service",
      ...(model !== undefined && { "#model": "model" }),
      "#operation": "operation",
    },
    ExpressionAttributeValues: {
      ":service": service,
      ...(model !== undefined && { ":model": model }),
      ":operation": operation,
      ":date": date,
      ":now": now,
      ":listing": listing.GSI2PK,
      ":position": listing.GSI2SK,
      ":one": 1,
    },
  };
}

/** The item after the update, or nothing when its condition does not hold. */
async function updateIf(table: Table, update: ConditionalUpdate): Promise<Item | undefined> {
  try {
    const { Attributes: item } = await table.client.send(
      new UpdateCommand({ TableName: table.name, ReturnValues: "ALL_NEW", ...update }),
    );
    return item;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/** A page of the list, what was first seen last coming first. */
export function listUnpricedModels(table: Table, request: PageRequest): Promise<Page<UnpricedModel>> {
  return listEntities(table, listings.unpriced, request, fromUnpricedItem);
}

/**
 * Takes a model off the list, when all calls that it had as `model` was read have been filled in. Not if it has been
 * seen since: then there may be more of them.
 * @returns whether it is off the list
 */
export async function forgetUnpricedModel(table: Table, model: UnpricedModel): Promise<boolean> {
  try {
    await table.client.send(
      new DeleteCommand({
        TableName: table.name,
        Key: unpricedModelKey(model),
        ConditionExpression:
          "attribute_not_exists(PK) OR (times_seen = :times AND last_seen_at = :last AND first_seen_at = :first)",
        ExpressionAttributeValues: {
          ":times": model.timesSeen,
          ":last": model.lastSeenAt,
          ":first": model.firstSeenAt,
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Writes down that a model has been looked at with the prices of `pricesId`. */
export async function checkUnpricedModel(
  table: Table,
  model: UnpricedModel,
  { pricesId, now }: { pricesId: string; now: Instant },
): Promise<void> {
  await updateIf(table, {
    Key: unpricedModelKey(model),
    UpdateExpression: "SET checked_with = :prices, checked_at = :now",
    ConditionExpression: "attribute_exists(PK)",
    ExpressionAttributeValues: { ":prices": pricesId, ":now": now },
  });
}

/** @throws InvalidItemError naming the attribute that is not what the list has */
function fromUnpricedItem(item: Item): UnpricedModel {
  const read = new ItemReader(item);
  return {
    service: read.text("service"),
    model: read.optionalText("model"),
    operation: read.text("operation"),
    firstDate: read.date("first_date"),
    firstSeenAt: read.instant("first_seen_at"),
    lastSeenAt: read.instant("last_seen_at"),
    timesSeen: read.integer("times_seen"),
    checkedWith: read.optionalText("checked_with"),
    checkedAt: read.optionalInstant("checked_at"),
  };
}
