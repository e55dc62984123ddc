import type { AIUsageMetric, PricedMetric, Pricing } from "@ai-usage/core";
import { GetCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { ThrottledError } from "./errors.ts";
import { ItemReader } from "./item.ts";
import { volumeKey } from "./keys.ts";
import type { Table } from "./table.ts";
import { backOff, reasonsOf, type TransactItems, TURNS_MAX } from "./transact.ts";

/** A metric whose price depends on how much of its month's volume came before it. */
export interface VolumePricedMetric {
  readonly metric: AIUsageMetric;
  readonly customScopes: readonly string[];
  readonly volume: { readonly volumeId: string; readonly quantity: number };
  readonly priceAt: (before: number) => Pricing;
}

/** How much of a volume there has been so far, read consistently. */
export async function volumeCount(table: Table, volumeId: string): Promise<number> {
  const { Item: item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: volumeKey(volumeId), ConsistentRead: true }),
  );
  return item === undefined ? 0 : new ItemReader(item).integer("quantity");
}

type Action = TransactItems[number];

/** A transaction takes 100 actions; one is the counter's. */
const METRICS_MAX = 99;

/**
 * Gives each metric its place in the month's volume and its price with it, and stores both together with the counter:
 * all or nothing. So places never overlap and leave no gap, whoever crashes when, and the costs of a month add up to
 * what its whole volume costs in whatever order its events come.
 *
 * @param write makes the action that stores one metric, on the condition that it is not stored yet
 * @returns those that somebody else stored meanwhile; their places went to others
 */
export async function allotVolume(
  table: Table,
  metrics: readonly VolumePricedMetric[],
  write: (priced: PricedMetric) => Action,
): Promise<VolumePricedMetric[]> {
  const taken: VolumePricedMetric[] = [];
  for (const volumeId of new Set(metrics.map(({ volume }) => volume.volumeId))) {
    const ofVolume = metrics.filter(({ volume }) => volume.volumeId === volumeId);
    for (let at = 0; at < ofVolume.length; at += METRICS_MAX) {
      taken.push(...(await allotChunk(table, ofVolume.slice(at, at + METRICS_MAX), write)));
    }
  }
  return taken;
}

async function allotChunk(
  table: Table,
  chunk: readonly VolumePricedMetric[],
  write: (priced: PricedMetric) => Action,
): Promise<VolumePricedMetric[]> {
  const taken: VolumePricedMetric[] = [];
  let pending = chunk;
  for (let attempt = 1; pending.length > 0; attempt++) {
    const refused = await tryAllot(table, pending, write);
    if (refused === undefined) break;
    taken.push(...refused);
    pending = pending.filter((one) => !refused.includes(one));
    if (attempt === TURNS_MAX) throw new ThrottledError("too many senders count in one volume at once");
    // Refused for the counter's sake alone: others were faster, and are likely to be again at the same pace.
    if (refused.length === 0) await backOff(attempt);
  }
  return taken;
}

/** @returns nothing when all is stored; or the metrics, none perhaps, that were stored by others and stood in the way */
async function tryAllot(
  table: Table,
  pending: readonly VolumePricedMetric[],
  write: (priced: PricedMetric) => Action,
): Promise<VolumePricedMetric[] | undefined> {
  const [first] = pending;
  if (first === undefined) return undefined;
  const { volumeId } = first.volume;
  const start = await volumeCount(table, volumeId);
  let before = start;
  const writes = pending.map(({ metric, customScopes, volume, priceAt }) => {
    const priced = { metric, customScopes, pricing: priceAt(before), volume: { volumeId, before } };
    before += volume.quantity;
    return write(priced);
  });
  try {
    await table.client.send(
      new TransactWriteCommand({
        TransactItems: [moveCounter(table.name, volumeId, start, before), ...writes],
      }),
    );
    return undefined;
  } catch (error) {
    const reasons = reasonsOf(error);
    const isExpected = reasons.length > 0 && reasons.every((code) => code === "" || RETRIED.has(code));
    if (!isExpected) throw error;
    return pending.filter((_, index) => reasons[index + 1] === CONDITION_FAILED);
  }
}

const CONDITION_FAILED = "ConditionalCheckFailed";
const RETRIED = new Set([
  "None",
  CONDITION_FAILED,
  "TransactionConflict",
  "ThrottlingError",
  "ProvisionedThroughputExceeded",
]);

const NOBODY_CAME_BETWEEN = "quantity = :start";
const NOBODY_CAME_YET = "attribute_not_exists(PK)";

function moveCounter(tableName: string, volumeId: string, start: number, end: number): Action {
  return {
    Update: {
      TableName: tableName,
      Key: volumeKey(volumeId),
      UpdateExpression: "SET quantity = :end",
      ConditionExpression: start === 0 ? `${NOBODY_CAME_YET} OR ${NOBODY_CAME_BETWEEN}` : NOBODY_CAME_BETWEEN,
      ExpressionAttributeValues: { ":start": start, ":end": end },
    },
  };
}
