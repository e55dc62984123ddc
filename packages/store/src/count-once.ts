import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand, type UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import type { Item } from "./item.ts";
import type { Key } from "./keys.ts";
import type { Table } from "./table.ts";

/** DynamoDB's own limit for sequence numbers; padded to it they compare as text. */
const SEQUENCE_NUMBER_DIGITS = 40;

export function paddedSequence(sequenceNumber: string): string {
  return sequenceNumber.padStart(SEQUENCE_NUMBER_DIGITS, "0");
}

/** What one change of the stream adds to a counter item. */
export interface CounterPart {
  /** Padded number of the change. */
  readonly sequence: string;
}

/** What a batch of one shard adds to one item, in the order of the stream. */
export interface CounterBatch<Part extends CounterPart> {
  /** No other shard writes this item. */
  readonly key: Key;
  readonly parts: readonly Part[];
  /** What the parts add up to, by attribute; those that are zero left out. */
  readonly sumsOf: (parts: readonly Part[]) => Item;
  /** Attributes that are no sums. */
  readonly sets?: Item;
}

/**
 * Adds a batch to a counter, each part exactly once however often it comes.
 *
 * Each counter item remembers the last change it holds: its watermark. An update adds the sum of a batch on the
 * condition that the watermark is below the batch's first change; where it is not, the changes at or below it are
 * dropped and the rest tried again. This is exact as long as a shard's changes first come in order, one batch at a
 * time, and no other shard writes the item.
 */
export async function countOnce<Part extends CounterPart>(
  table: Table,
  batch: CounterBatch<Part>,
): Promise<void> {
  let pending = batch.parts;
  while (pending.length > 0) {
    const watermark = await tryUpdate(table, { ...batch, parts: pending });
    if (watermark === undefined) return;
    pending = pending.filter((part) => part.sequence > watermark);
  }
}

/** @returns nothing when the update was made, or the watermark that stood in its way */
async function tryUpdate<Part extends CounterPart>(
  table: Table,
  batch: CounterBatch<Part>,
): Promise<string | undefined> {
  try {
    await table.client.send(new UpdateCommand(countParams(table.name, batch)));
    return undefined;
  } catch (error) {
    const watermark = error instanceof ConditionalCheckFailedException ? error.Item?.hw?.S : undefined;
    if (watermark === undefined) throw error;
    return watermark;
  }
}

// Redelivered changes are at or below the watermark; a fresh counter has none.
const NOT_YET_COUNTED = "attribute_not_exists(hw) OR hw < :first";

export function countParams<Part extends CounterPart>(
  tableName: string,
  { key, parts, sumsOf, sets: always = {} }: CounterBatch<Part>,
): UpdateCommandInput {
  const sums = sumsOf(parts);
  const sets: Item = { hw: parts.at(-1)?.sequence, ...always };
  const names = [...Object.keys(sets), ...Object.keys(sums)];
  const clause = (verb: string, attributes: Item, assign: string) => {
    const assignments = Object.keys(attributes).map((name) => `#${name}${assign}:${name}`);
    return assignments.length > 0 ? `${verb} ${assignments.join(", ")} ` : "";
  };
  return {
    TableName: tableName,
    Key: key,
    UpdateExpression: clause("SET", sets, " = ") + clause("ADD", sums, " "),
    ConditionExpression: NOT_YET_COUNTED,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ":first": parts[0]?.sequence,
      ...Object.fromEntries(Object.entries({ ...sets, ...sums }).map(([name, value]) => [`:${name}`, value])),
    },
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  };
}
