import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { putOwnPrice, type Table } from "@ai-usage/store";
import { createTracker, memoryTransport, type Tracker, type TrackerProblem } from "@ai-usage/tracker";
import { type DynamoDBTransportOptions, dynamoDBTransport } from "@ai-usage/tracker/dynamodb";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { segmentsIn } from "../../packages/tracker/src/delivery/testing/delivery-setting.ts";
import { newTokens } from "../support/bad-input.ts";
import { engineConfig, newTable, type TestTable } from "../support/engine.ts";
import { type EngineProxy, startEngineProxy } from "../support/engine-proxy.ts";
import { type Gateway, openGateway } from "../support/gateway.ts";
import { itemsOf } from "../support/items.ts";
import { anEdit, anOwnPrice } from "../support/own-prices.ts";
import { readStream, recordsOf } from "../support/stream.ts";

/** The one that the functions work on, and one that nothing but the transport writes to. */
let table: TestTable;
let direct: TestTable;
let gateway: Gateway;
let tokens: Awaited<ReturnType<typeof newTokens>>;
let rollup: typeof import("../../lambdas/rollup/handler.ts")["handler"];
let proxy: EngineProxy;
let spool: string;

beforeAll(async () => {
  [table, direct] = await Promise.all([newTable(), newTable()]);
  gateway = await openGateway(table);
  tokens = await newTokens(table);
  rollup = (await import("../../lambdas/rollup/handler.ts")).handler;
  for (const one of [table, direct]) await putOwnPrice(one, anOwnPrice("3.000000000001"), anEdit(1));
});
beforeEach(async () => {
  proxy = await startEngineProxy(engineConfig().endpoint);
  spool = mkdtempSync(join(tmpdir(), "spool-"));
});
afterEach(async () => {
  await proxy.close();
  rmSync(spool, { recursive: true });
});
afterAll(() => Promise.all([table.drop(), direct.drop()]));

/** As the functions of the tests are set, by a client without retries of its own. */
const to = ({ name }: Pick<Table, "name">, options: DynamoDBTransportOptions = {}) =>
  dynamoDBTransport({
    tableName: name,
    client: new DynamoDBClient({ ...engineConfig(), endpoint: proxy.endpoint, maxAttempts: 1 }),
    scopeMetadataKeys: ["department", "project"],
    ...options,
  });

const problems: TrackerProblem[] = [];
function trackerTo(transport: ReturnType<typeof to>): Tracker {
  problems.length = 0;
  const onProblem = (problem: TrackerProblem) => problems.push(problem);
  return createTracker({
    transport,
    spoolDirectory: spool,
    onProblem,
    env: {},
    defaults: { team: "direct" },
  });
}

type CallTerms = Omit<Parameters<Tracker["track"]>[0], "usage">;
const chat = { service: "openai", model: "gpt-4o", operation: "chat" };
const ask = (tracker: Tracker, usage: Record<string, number>, terms: CallTerms = chat) =>
  tracker.track({ ...terms, usage: () => usage }, async () => "answer")();

/** The JSON of metrics as a tracker makes it: with an own price, a price by the month's volume, none, and for a scope of one's own. */
async function someLines(): Promise<string[]> {
  const transport = memoryTransport();
  const tracker = createTracker({ transport, env: {}, defaults: { metadata: { department: "sales" } } });
  await ask(tracker, { input: 1_001 });
  await ask(tracker, { input: 20 }, { ...chat, model: "nobody-knows-1" });
  await ask(tracker, { request: 1 }, { service: "google_places", operation: "autocomplete" });
  await tracker.close();
  return transport.metrics.map((metric) => JSON.stringify(metric));
}

describe("a tracker that writes to the table itself", () => {
  it("stores what POST /ai_usage stores: the same items, at the same prices", async () => {
    const lines = await someLines();
    const body = `{"metrics":[${lines.join(",")}]}`;
    const answer = await gateway.request({ method: "POST", path: "/ai_usage", token: tokens.ingest, body });
    expect(answer.status).toBe(200);
    const { outcomes } = await to(direct).send(lines);
    expect(outcomes).toEqual(lines.map(() => ({ status: "stored" })));

    const stored = await itemsOf(direct, "USAGE#");
    expect(stored.map(({ pricing_status }) => pricing_status).toSorted()).toEqual([
      "priced",
      "priced",
      "unpriced",
    ]);
    expect(JSON.stringify(stored)).toContain("department:sales");
    const byKey = (items: typeof stored) =>
      items.toSorted((a, b) => String(a.PK).localeCompare(String(b.PK)));
    expect(byKey(stored)).toEqual(byKey(await itemsOf(table, "USAGE#")));
    const volumes = await itemsOf(direct, "VOLUME#");
    expect(volumes).toHaveLength(1);
    expect(volumes).toEqual(await itemsOf(table, "VOLUME#"));
  });

  it("is counted in the totals", async () => {
    const from = new Date().toISOString().slice(0, 10);
    const tracker = trackerTo(to(table));
    await ask(tracker, { input: 2_000_000 });
    expect(await tracker.close()).toMatchObject({ recorded: 1, delivered: 1 });
    expect(problems).toEqual([]);
    await rollup({ Records: recordsOf(await readStream(table), "USAGE#"), shardId: "shardId-1" });
    const until = new Date().toISOString().slice(0, 10);
    const path = `/ai_usage?start_date=${from}&end_date=${until}&scope=team:direct`;
    const { body } = await gateway.request({ path, token: tokens.read });
    expect(body.summary).toMatchObject({ total_cost_usd_exact: "6.000000000002", total_api_calls: 1 });
  });

  it("stores a batch once, however often it is sent, and tells what will never be taken by its field", async () => {
    const transport = to(direct);
    const [line = ""] = await someLines();
    const before = recordsOf(await readStream(direct), "USAGE#").length;
    for (const _ of [1, 2]) expect((await transport.send([line])).outcomes).toEqual([{ status: "stored" }]);
    expect(recordsOf(await readStream(direct), "USAGE#")).toHaveLength(before + 1);

    const changed = (fields: object) => JSON.stringify({ ...JSON.parse(line), ...fields });
    const others = [changed({ operation: "other" }), changed({ request_id: "new", service: "" })];
    expect((await transport.send(others)).outcomes).toEqual([
      { status: "conflict" },
      { status: "rejected", field: "service", message: expect.stringMatching(/./) },
    ]);
    await expect(transport.send([line, "{"])).rejects.toMatchObject({ reason: "refused" });
  });

  it("leaves the application's client as it was", async () => {
    const client = new DynamoDBClient(engineConfig());
    const documents = DynamoDBDocumentClient.from(client);
    const Key = { PK: `PACE#${randomUUID()}`, SK: "x" };
    await documents.send(new PutCommand({ TableName: direct.name, Item: { ...Key, count: 7 } }));
    for (const one of [client, documents]) {
      expect((await to(direct, { client: one }).send(await someLines())).outcomes).toHaveLength(3);
      const { Item } = await documents.send(new GetCommand({ TableName: direct.name, Key }));
      expect(Item).toEqual({ ...Key, count: 7 });
    }
    client.destroy();
  });

  it("tells the table's clock, and goes by it", async () => {
    proxy.aheadMs = 3_600_000;
    const transport = to(direct);
    const tracker = trackerTo(transport);
    await ask(tracker, { input: 77 });
    const startedAt = Date.now();
    expect(await tracker.close()).toMatchObject({ delivered: 1 });
    const ahead = (await transport.clockAheadMs?.()) ?? 0;
    expect(Math.abs(ahead - 3_600_000)).toBeLessThan(60_000);
    const stored = (await itemsOf(direct, "USAGE#")).map(({ timestamp }) => Date.parse(String(timestamp)));
    expect(Math.max(...stored)).toBeGreaterThan(startedAt + 3_000_000);
  });
});

describe("a table that cannot be written", () => {
  it.each([
    ["throttles", "ProvisionedThroughputExceededException", "unavailable"],
    ["is asked too often", "ThrottlingException", "unavailable"],
    ["is not there", "ResourceNotFoundException", "misconfigured"],
    ["is not for us", "AccessDeniedException", "misconfigured"],
    ["does not know us", "UnrecognizedClientException", "misconfigured"],
    ["has other keys", "ValidationException", "misconfigured"],
    ["is broken", "InternalServerError", "unavailable"],
  ])("%s: %s says so", async (_, type, reason) => {
    proxy.fate = () => ({ status: type === "InternalServerError" ? 500 : 400, type });
    await expect(to(direct).send(await someLines())).rejects.toMatchObject({
      name: "TransportError",
      reason,
    });
  });

  it("cuts the connection: nothing is known", async () => {
    proxy.fate = () => "cut";
    const sent = to(direct).send(await someLines());
    await expect(sent).rejects.toMatchObject({ name: "TransportError", reason: "unavailable" });
  });

  it("is not reached without credentials, which somebody has to give", async () => {
    const credentials = () =>
      Promise.reject(Object.assign(new Error("there are none"), { name: "CredentialsProviderError" }));
    const client = new DynamoDBClient({ ...engineConfig(), credentials });
    const sent = to(direct, { client }).send(await someLines());
    await expect(sent).rejects.toMatchObject({ name: "TransportError", reason: "misconfigured" });
  });

  it("gets the same again when it is throttled, and stores it once", async () => {
    const lines = (await itemsOf(direct, "USAGE#")).length;
    const seen: string[] = [];
    proxy.fate = (operation) => {
      seen.push(operation);
      const isFirst = seen.filter((one) => one === operation).length === 1;
      // The write that fails has been made.
      return isFirst ? { status: 400, type: "ThrottlingException", isDone: true } : undefined;
    };
    const tracker = trackerTo(to(direct));
    for (let index = 0; index < 3; index += 1) await ask(tracker, { input: 100 + index });
    expect(await tracker.close()).toMatchObject({ recorded: 3, delivered: 3, waiting: 0 });
    expect(seen).toContain("BatchWriteItem");
    expect(await itemsOf(direct, "USAGE#")).toHaveLength(lines + 3);
  });

  it("has metrics wait in the spool, until it is there", async () => {
    const name = `later-${randomUUID()}`;
    const tracker = trackerTo(to({ name }));
    await ask(tracker, { input: 5 });
    expect(await tracker.flush()).toMatchObject({ recorded: 1, delivered: 0, waiting: 1, dropped: 0 });
    expect(problems).toMatchObject([{ kind: "delivery" }]);
    expect(problems[0]?.error).toMatchObject({ name: "TransportError", reason: "misconfigured" });
    expect(segmentsIn(spool)).toHaveLength(1);

    const later = await newTable(name);
    await ask(tracker, { input: 6 });
    expect(await tracker.flush()).toMatchObject({ recorded: 2, delivered: 2, waiting: 0 });
    expect(await itemsOf(later, "USAGE#")).toHaveLength(2);
    expect(segmentsIn(spool)).toEqual([]);
    await tracker.close();
    await later.drop();
  });

  it("must be named, and not by its ARN", () => {
    expect(dynamoDBTransport().destination).toBe(table.name);
    vi.stubEnv("DYNAMODB_TABLE_NAME", "");
    expect(() => dynamoDBTransport()).toThrow(TypeError);
    vi.unstubAllEnvs();
    const arn = `arn:aws:dynamodb:eu-central-1:123456789012:table/${direct.name}`;
    expect(() => dynamoDBTransport({ tableName: arn })).toThrow(TypeError);
  });
});
