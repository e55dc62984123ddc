import { setTimeout as sleep } from "node:timers/promises";
import { BatchGetCommand, BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import pMap from "p-map";
import { ThrottledError } from "./errors.ts";
import type { Item } from "./item.ts";
import type { Key } from "./keys.ts";
import type { Table } from "./table.ts";

/** Limits of one BatchGetItem and one BatchWriteItem. */
const GET_MAX = 100;
const WRITE_MAX = 25;

const CONCURRENT_BATCHES = 4;

/** The SDK retries a refused request, but not what a batch hands back unprocessed: that is tried again here. */
const ATTEMPTS_MAX = 8;
const BACKOFF_MS = 25;

/** Items of `keys` that exist, in no order, read consistently. */
export async function getItems(
  table: Table,
  keys: readonly Key[],
  attributes?: readonly string[],
): Promise<Item[]> {
  const projection = attributes && projectionOf(["PK", "SK", ...attributes]);
  const pages = await pMap(
    chunksOf(keys, GET_MAX),
    async (chunk) => {
      const found: Item[] = [];
      await untilProcessed(chunk, async (pending) => {
        const request = { Keys: [...pending], ConsistentRead: true, ...projection };
        const answer = await table.client.send(
          new BatchGetCommand({ RequestItems: { [table.name]: request } }),
        );
        found.push(...(answer.Responses?.[table.name] ?? []));
        return (answer.UnprocessedKeys?.[table.name]?.Keys ?? []) as Key[];
      });
      return found;
    },
    { concurrency: CONCURRENT_BATCHES },
  );
  return pages.flat();
}

/** Writes `items`, whose keys must differ, over whatever is there. */
export async function putItems(table: Table, items: readonly Item[]): Promise<void> {
  await pMap(
    chunksOf(items, WRITE_MAX),
    (chunk) =>
      untilProcessed(chunk, async (pending) => {
        const requests = pending.map((item) => ({ PutRequest: { Item: item } }));
        const answer = await table.client.send(
          new BatchWriteCommand({ RequestItems: { [table.name]: requests } }),
        );
        const left = answer.UnprocessedItems?.[table.name] ?? [];
        return left.flatMap((request) => (request.PutRequest?.Item ? [request.PutRequest.Item] : []));
      }),
    { concurrency: CONCURRENT_BATCHES },
  );
}

async function untilProcessed<T>(
  all: readonly T[],
  attempt: (pending: readonly T[]) => Promise<readonly T[]>,
): Promise<void> {
  let pending = await attempt(all);
  for (let attempts = 1; pending.length > 0; attempts++) {
    if (attempts === ATTEMPTS_MAX) throw new ThrottledError(`${pending.length} items stayed unprocessed`);
    await sleep(Math.random() * BACKOFF_MS * 2 ** attempts);
    pending = await attempt(pending);
  }
}

function chunksOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

function projectionOf(attributes: readonly string[]) {
  return {
    ProjectionExpression: attributes.map((_, index) => `#${index}`).join(", "),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name, index) => [`#${index}`, name])),
  };
}
