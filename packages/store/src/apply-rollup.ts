import {
  addTotals,
  type Counter,
  contributionsOf,
  counterKey,
  type PricedMetric,
  type Slot,
  type Totals,
} from "@ai-usage/core";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand, type UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import pMap from "p-map";
import { toSumAttributes } from "./counter-item.ts";
import type { Item } from "./item.ts";
import { counterItemKey, dateTotalsKey } from "./keys.ts";
import type { Table } from "./table.ts";

/** A change of a stored metric, as the table's stream reports it. */
export interface MetricChange {
  /** The stream's number of this change, any number of decimal digits. */
  readonly sequenceNumber: string;
  readonly before?: PricedMetric;
  readonly after?: PricedMetric;
}

/** DynamoDB's own limit for sequence numbers; padded to it they compare as text. */
const SEQUENCE_NUMBER_DIGITS = 40;

const CONCURRENT_UPDATES = 16;

/**
 * Adds changes to every total they count in, each exactly once however often they come.
 *
 * Each counter item remembers the last change it holds: its watermark. An update adds the sum of a batch on the
 * condition that the watermark is below the batch's first change; where it is not, the changes at or below it are
 * dropped and the rest tried again. This is exact as long as a shard's changes first come in order, one batch at a
 * time, and no other shard writes the item, which is why the key ends with `lineage`.
 *
 * @param changes of one shard, in the order of the stream
 * @param lineage the shard's id
 */
export async function applyChanges(
  table: Table,
  changes: readonly MetricChange[],
  lineage: string,
): Promise<void> {
  await pMap(batchesByCounter(changes), (batch) => applyToCounter(table, batch, lineage), {
    concurrency: CONCURRENT_UPDATES,
  });
}

interface CounterBatch {
  readonly counter: Counter;
  readonly parts: readonly Part[];
}

interface Part {
  readonly sequence: string;
  readonly slot: Slot;
  readonly delta: Totals;
}

function batchesByCounter(changes: readonly MetricChange[]): CounterBatch[] {
  const batches = new Map<string, { counter: Counter; parts: Part[] }>();
  for (const change of changes) {
    const sequence = change.sequenceNumber.padStart(SEQUENCE_NUMBER_DIGITS, "0");
    for (const { counter, slot, delta } of contributionsOf(change)) {
      const key = counterKey(counter);
      const batch = batches.get(key) ?? { counter, parts: [] };
      batch.parts.push({ sequence, slot, delta });
      batches.set(key, batch);
    }
  }
  return [...batches.values()];
}

async function applyToCounter(table: Table, batch: CounterBatch, lineage: string): Promise<void> {
  let pending = batch.parts;
  while (pending.length > 0) {
    const watermark = await tryUpdate(table, { counter: batch.counter, parts: pending }, lineage);
    if (watermark === undefined) return;
    pending = pending.filter((part) => part.sequence > watermark);
  }
}

/** @returns nothing when the update was made, or the watermark that stood in its way */
async function tryUpdate(table: Table, batch: CounterBatch, lineage: string): Promise<string | undefined> {
  try {
    await table.client.send(new UpdateCommand(updateParams(table.name, batch, lineage)));
    return undefined;
  } catch (error) {
    const watermark = error instanceof ConditionalCheckFailedException ? error.Item?.hw?.S : undefined;
    if (watermark === undefined) throw error;
    return watermark;
  }
}

// Redelivered changes are at or below the watermark; a fresh counter has none.
const NOT_YET_COUNTED = "attribute_not_exists(hw) OR hw < :first";

export function updateParams(
  tableName: string,
  { counter, parts }: CounterBatch,
  lineage: string,
): UpdateCommandInput {
  const sums = sumsOf(parts);
  const sets: Item = { hw: parts.at(-1)?.sequence, ...listingOf(counter, lineage) };
  const names = [...Object.keys(sets), ...Object.keys(sums)];
  const clause = (verb: string, attributes: Item, assign: string) => {
    const assignments = Object.keys(attributes).map((name) => `#${name}${assign}:${name}`);
    return assignments.length > 0 ? `${verb} ${assignments.join(", ")} ` : "";
  };
  return {
    TableName: tableName,
    Key: counterItemKey(counter, lineage),
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

function sumsOf(parts: readonly Part[]): Item {
  const slots = new Map<Slot, Totals>();
  for (const { slot, delta } of parts) {
    const sum = slots.get(slot);
    slots.set(slot, sum ? addTotals(sum, delta) : delta);
  }
  return Object.assign({}, ...[...slots].map(([slot, totals]) => toSumAttributes(slot, totals)));
}

// Keys of a keys-only index: written when the item first appears, free of charge ever after.
function listingOf(counter: Counter, lineage: string): Item {
  return counter.kind === "day" ? dateTotalsKey(counter.scope, counter.date, lineage) : {};
}
