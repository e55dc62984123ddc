import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BatchWriteItemCommand, type DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { dynamoDBClient } from "../dynamodb/clients.ts";
import { createTable } from "../dynamodb/create-table.ts";
import { type Engine, startEngine } from "../dynamodb/dynamodb-engine.ts";
import { createFunctionRunner, type FunctionRunner } from "../functions/function-runner.ts";
import type { FailureDocument } from "./failure-document.ts";
import { parseFaults } from "./faults.ts";
import { type StreamMapping, type StreamMappingOptions, startStreamMapping } from "./stream-mapping.ts";
import { StreamReader } from "./stream-reader.ts";

/** Every handler notes what it got, one line an invocation, before it does anything else. */
const PREAMBLE = `
  import { appendFileSync } from "node:fs";
  const note = (event) => appendFileSync(process.env.NOTES, JSON.stringify(event) + "\\n");
  const keyOf = (record) => record.dynamodb.Keys.PK.S;
`;
const ACCEPT = "export const handler = async (event) => { note(event); };";

const invocation = z.object({
  Records: z.array(
    z.object({
      eventName: z.string(),
      dynamodb: z.looseObject({
        Keys: z.object({ PK: z.object({ S: z.string() }) }),
        SequenceNumber: z.string(),
      }),
    }),
  ),
  shardId: z.string().optional(),
  state: z.looseObject({ count: z.number().optional() }).optional(),
  window: z.object({ start: z.string(), end: z.string() }).optional(),
  isFinalInvokeForWindow: z.boolean().optional(),
});

let engine: Engine;
let client: DynamoDBClient;
let directory: string;
let tableName: string;
let stream: StreamReader;
let functions: FunctionRunner[];
let mappings: StreamMapping[];
let tables = 0;

beforeAll(async () => {
  engine = await startEngine({ home: undefined });
  client = dynamoDBClient(engine.endpoint);
});
afterAll(() => engine.stop());

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "mapping-test-"));
  functions = [];
  mappings = [];
  const properties = {
    KeySchema: [{ AttributeName: "PK", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "PK", AttributeType: "S" }],
    StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
  };
  const defaultName = `mapping-${process.pid}-${++tables}`;
  const created = await createTable({ endpoint: engine.endpoint, properties, defaultName });
  tableName = created.tableName;
  stream = new StreamReader({ endpoint: engine.endpoint, streamArn: created.streamArn ?? "" });
});
afterEach(async () => {
  await Promise.all(mappings.map((mapping) => mapping.stop()));
  await Promise.all(functions.map((runner) => runner.stop()));
  stream.destroy();
  rmSync(directory, { recursive: true, force: true });
});

async function put(from: number, to: number, prefix = "item"): Promise<void> {
  for (let i = from; i <= to; i += 25) {
    const numbers = Array.from({ length: Math.min(25, to - i + 1) }, (_, offset) => i + offset);
    const requests = numbers.map((n) => ({
      PutRequest: { Item: { PK: { S: `${prefix}#${n}` }, n: { N: `${n}` } } },
    }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }));
  }
}

function bundle(source: string): FunctionRunner {
  const name = `fn-${functions.length}`;
  mkdirSync(join(directory, name));
  writeFileSync(join(directory, name, "index.mjs"), PREAMBLE + source);
  const env = { NOTES: join(directory, "notes") };
  const runner = createFunctionRunner({ functionName: name, directory: join(directory, name), env });
  functions.push(runner);
  return runner;
}

function map(
  runner: FunctionRunner,
  properties: object,
  options: Partial<StreamMappingOptions> = {},
): StreamMapping {
  const mapping = startStreamMapping({
    id: "Mapping",
    properties: { StartingPosition: "TRIM_HORIZON", ...properties },
    stream,
    target: runner,
    home: directory,
    ...options,
  });
  mappings.push(mapping);
  return mapping;
}

function invocations() {
  const notes = join(directory, "notes");
  if (!existsSync(notes)) return [];
  const lines = readFileSync(notes, "utf8").trim().split("\n");
  return lines.map((line) => invocation.parse(JSON.parse(line)));
}

const keys = () => invocations().map(({ Records }) => Records.map(({ dynamodb }) => dynamodb.Keys.PK.S));
const items = (from: number, to: number, prefix = "item") =>
  Array.from({ length: to - from + 1 }, (_, i) => `${prefix}#${from + i}`);

function sequenceNumberOf(key: string): string | undefined {
  const records = invocations().flatMap(({ Records }) => Records);
  return records.find(({ dynamodb }) => dynamodb.Keys.PK.S === key)?.dynamodb.SequenceNumber;
}

describe("stream mapping", () => {
  it("delivers every record once, in order, in the shape of Lambda's event", async () => {
    const mapping = map(bundle(ACCEPT), { BatchSize: 10 });
    await put(1, 60);
    await client.send(
      new PutItemCommand({ TableName: tableName, Item: { PK: { S: "item#1" }, b: { B: Buffer.from("x") } } }),
    );
    await mapping.drained();
    expect(keys().flat()).toEqual([...items(1, 60), "item#1"]);
    expect(Math.max(...keys().map((batch) => batch.length))).toBeLessThanOrEqual(10);
    expect(invocations().at(-1)?.Records.at(-1)).toMatchObject({
      eventName: "MODIFY",
      dynamodb: {
        ApproximateCreationDateTime: expect.any(Number),
        Keys: { PK: { S: "item#1" } },
        OldImage: { n: { N: "1" } },
        NewImage: { b: { B: "eA==" } },
        StreamViewType: "NEW_AND_OLD_IMAGES",
      },
    });
    expect(mapping.stats()).toMatchObject({ deliveredRecords: 61, failedInvocations: 0 });
    expect(mapping.isIdle()).toBe(true);
    expect(mapping.lag()).toEqual({ records: 0, oldestMs: 0 });
  });

  it("gathers a batch for its window, and cuts the window short when the batch is full", async () => {
    const mapping = map(bundle(ACCEPT), { BatchSize: 30, MaximumBatchingWindowInSeconds: 0.3 });
    await put(1, 20);
    await put(21, 40);
    await mapping.drained();
    expect(keys().map((batch) => batch.length)).toEqual([30, 10]);
  });

  it("passes over what no filter matches, and moves the checkpoint past it", async () => {
    const pattern = { eventName: ["INSERT"], dynamodb: { Keys: { PK: { S: [{ prefix: "USAGE#" }] } } } };
    const properties = { FilterCriteria: { Filters: [{ Pattern: JSON.stringify(pattern) }] } };
    const runner = bundle(ACCEPT);
    const mapping = map(runner, properties);
    await put(1, 5, "USAGE");
    await put(1, 5, "TOTAL");
    await mapping.drained();
    await mapping.stop();
    expect(keys().flat()).toEqual(items(1, 5, "USAGE"));
    expect(mapping.stats()).toMatchObject({ deliveredRecords: 5, filteredRecords: 5 });

    const again = map(runner, properties);
    await again.drained();
    expect(again.stats()).toMatchObject({ deliveredRecords: 0, filteredRecords: 0 });
  });

  it("starts again at the lowest reported record", async () => {
    const runner = bundle(`
      const failedOnce = new Set();
      export const handler = async (event) => {
        note(event);
        const failed = event.Records.filter((r) => ["item#4", "item#7"].includes(keyOf(r)) && !failedOnce.has(keyOf(r)));
        for (const record of failed) failedOnce.add(keyOf(record));
        return { batchItemFailures: failed.reverse().map((r) => ({ itemIdentifier: r.dynamodb.SequenceNumber })) };
      };`);
    await put(1, 10);
    const mapping = map(runner, { FunctionResponseTypes: ["ReportBatchItemFailures"] });
    await mapping.drained();
    expect(keys()).toEqual([items(1, 10), items(4, 10)]);
  });

  it("bisects down to the poison and hands it to the on-failure destination", async () => {
    const runner = bundle(`
      export const handler = async (event) => {
        note(event);
        if (event.Records.some((record) => keyOf(record) === "item#6")) throw new Error("poison");
      };`);
    const failures: [FailureDocument, string | undefined][] = [];
    await put(1, 8);
    const mapping = map(
      runner,
      {
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: "arn:aws:sqs:us-east-1:000000000000:failed" } },
      },
      { onFailure: (document, destination) => void failures.push([document, destination]) },
    );
    await mapping.drained();
    const accepted = keys().filter((batch) => !batch.includes("item#6"));
    expect(accepted.flat()).toEqual(items(1, 8).filter((key) => key !== "item#6"));
    expect(keys().filter((batch) => batch.join() === "item#6")).toHaveLength(2);
    expect(failures).toMatchObject([
      [
        {
          requestContext: { condition: "RetryAttemptsExhausted", functionArn: runner.functionArn },
          DDBStreamBatchInfo: {
            batchSize: 1,
            startSequenceNumber: sequenceNumberOf("item#6"),
            endSequenceNumber: sequenceNumberOf("item#6"),
            streamArn: stream.streamArn,
          },
        },
        "arn:aws:sqs:us-east-1:000000000000:failed",
      ],
    ]);
    expect(mapping.stats()).toMatchObject({ deliveredRecords: 7, discardedRecords: 1 });
  });

  it("gives up records that are too old", async () => {
    const failures: FailureDocument[] = [];
    await put(1, 3);
    const onFailure = (document: FailureDocument) => void failures.push(document);
    const mapping = map(bundle(ACCEPT), { MaximumRecordAgeInSeconds: 0 }, { onFailure });
    await mapping.drained();
    expect(invocations()).toEqual([]);
    expect(failures.map(({ requestContext }) => requestContext.condition)).toEqual(["RecordAgeExceeded"]);
  });

  it("carries state through a tumbling window and closes it without records", async () => {
    const runner = bundle(`
      export const handler = async (event) => {
        note(event);
        return { state: { count: (event.state.count ?? 0) + event.Records.length } };
      };`);
    const mapping = map(runner, { BatchSize: 5, TumblingWindowInSeconds: 1 });
    await put(1, 12);
    await mapping.drained();
    await expect.poll(() => invocations().at(-1)?.isFinalInvokeForWindow, { timeout: 3_000 }).toBe(true);
    const events = invocations();
    expect(keys().flat()).toEqual(items(1, 12));
    const [shard] = await stream.listShards();
    expect(new Set(events.map((event) => event.shardId))).toEqual(new Set([shard?.shardId]));
    const finals = events.filter((event) => event.isFinalInvokeForWindow);
    expect(finals.every(({ Records }) => Records.length === 0)).toBe(true);
    expect(finals.reduce((sum, { state }) => sum + (state?.count ?? 0), 0)).toBe(12);
  });

  it("tries again when a tumbling window's answer has no state", async () => {
    const runner = bundle(`
      let calls = 0;
      export const handler = async (event) => { note(event); return ++calls === 1 ? {} : { state: {} }; };`);
    await put(1, 2);
    const mapping = map(runner, { TumblingWindowInSeconds: 1 });
    await mapping.drained();
    expect(keys().filter((batch) => batch.length > 0)).toEqual([items(1, 2), items(1, 2)]);
  });

  it("goes on from its checkpoint after a restart", async () => {
    const runner = bundle(ACCEPT);
    await put(1, 12);
    const first = map(runner, { BatchSize: 5 });
    await first.drained();
    await first.stop();
    await put(13, 20);
    const second = map(runner, { BatchSize: 5 });
    await second.drained();
    expect(keys().flat()).toEqual(items(1, 20));
    expect(second.stats()).toMatchObject({
      deliveredRecords: 8,
      checkpoints: { [await onlyShard()]: sequenceNumberOf("item#20") },
    });
  });

  it("delivers again what was not checkpointed when the function crashed", async () => {
    const runner = bundle(`
      import { existsSync } from "node:fs";
      export const handler = async (event) => {
        const isFirst = !existsSync(process.env.NOTES);
        note(event);
        if (isFirst) process.exit(1);
      };`);
    await put(1, 20);
    const mapping = map(runner, { BatchSize: 5 });
    await mapping.drained();
    expect(keys().map((batch) => batch[0])).toEqual(["item#1", "item#1", "item#6", "item#11", "item#16"]);
    expect(mapping.stats()).toMatchObject({ deliveredRecords: 20, failedInvocations: 1, retries: 1 });
  });

  it("starts behind what is there when it starts at LATEST", async () => {
    await put(1, 30);
    const mapping = map(bundle(ACCEPT), { StartingPosition: "LATEST" });
    await mapping.drained();
    await put(31, 33);
    await mapping.drained();
    expect(keys().flat()).toEqual(items(31, 33));
  });

  it("refuses parallel lanes in a shard", () => {
    expect(() => map(bundle(ACCEPT), { ParallelizationFactor: 2 })).toThrow(/ParallelizationFactor/);
  });

  const allFaults = { redeliver: 0.3, split: 0.3, crashBeforeCommit: 0.2, crashAfterCommit: 0.2, delayMs: 5 };

  it("keeps at-least-once and the order of first deliveries under every fault, shards that roll included", async () => {
    const runner = bundle(`
      export const handler = async (event) => {
        await new Promise((resolve) => setTimeout(resolve, 3));
        note(event);
        return { state: {}, batchItemFailures: [] };
      };`);
    const properties = {
      BatchSize: 20,
      TumblingWindowInSeconds: 1,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    };
    const seed = Date.now() % 100_000;
    const faults = parseFaults({ ...allFaults, shards: 3, rollSeconds: 0.15 });
    const mapping = map(runner, properties, { faults, seed });
    for (let i = 0; i < 6; i++) {
      await put(i * 25 + 1, i * 25 + 25);
      await sleep(60);
    }
    await mapping.drained();
    await mapping.stop();
    await put(151, 200);
    const restarted = map(runner, properties, { faults, seed: seed + 1 });
    await restarted.drained();
    await restarted.stop();
    const plain = map(runner, properties);
    await put(201, 210);
    await plain.drained();

    const message = `seed ${seed}`;
    const shardsOf = new Map<string, Set<string | undefined>>();
    const firstSeen = new Map<string | undefined, number[]>();
    for (const { Records, shardId } of invocations()) {
      for (const { dynamodb } of Records) {
        const number = dynamodb.SequenceNumber;
        const shards = shardsOf.get(number) ?? new Set();
        shardsOf.set(number, shards.add(shardId));
        const seen = firstSeen.get(shardId) ?? [];
        if (!seen.includes(Number(number))) firstSeen.set(shardId, [...seen, Number(number)]);
      }
    }
    expect(shardsOf.size, message).toBe(210);
    expect(
      [...shardsOf.values()].every((shards) => shards.size === 1),
      message,
    ).toBe(true);
    for (const seen of firstSeen.values()) expect(seen, message).toEqual(seen.toSorted((a, b) => a - b));
    expect([...firstSeen.keys()], message).toContainEqual(expect.stringMatching(/-1of3-[1-9]/));
    expect(keys().flat().length, message).toBeGreaterThan(210);
  });
});

async function onlyShard(): Promise<string> {
  const [shard] = await stream.listShards();
  return shard?.shardId ?? "";
}
