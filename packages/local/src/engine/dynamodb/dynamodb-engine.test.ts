import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import sqlite from "node-sqlite3-wasm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dynamoDBClient } from "./clients.ts";
import { createTable, TableMismatchError } from "./create-table.ts";
import { startEngine } from "./dynamodb-engine.ts";
import { HomeInUseError } from "./errors.ts";

const properties = {
  KeySchema: [
    { AttributeName: "PK", KeyType: "HASH" },
    { AttributeName: "SK", KeyType: "RANGE" },
  ],
  AttributeDefinitions: ["PK", "SK", "GSI1PK", "GSI1SK"].map((AttributeName) => ({
    AttributeName,
    AttributeType: "S",
  })),
  GlobalSecondaryIndexes: [
    {
      IndexName: "GSI1",
      KeySchema: [
        { AttributeName: "GSI1PK", KeyType: "HASH" },
        { AttributeName: "GSI1SK", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
  BillingMode: "PAY_PER_REQUEST",
  StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
  TimeToLiveSpecification: { AttributeName: "expires_at", Enabled: true },
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  SSESpecification: { SSEEnabled: true },
  DeletionProtectionEnabled: true,
};

const env = { PATH: "" };
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "engine-test-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe("engine", () => {
  it("keeps the data of a home between two starts", async () => {
    const Key = { PK: { S: "a" }, SK: { S: "b" } };
    const first = await startEngine({ home, env });
    const table = await createTable({ endpoint: first.endpoint, properties, defaultName: "usage" });
    await dynamoDBClient(first.endpoint).send(new PutItemCommand({ TableName: "usage", Item: Key }));
    await first.stop();

    const second = await startEngine({ home, env });
    try {
      const again = await createTable({ endpoint: second.endpoint, properties, defaultName: "usage" });
      const { Item } = await dynamoDBClient(second.endpoint).send(
        new GetItemCommand({ TableName: "usage", Key }),
      );
      expect(again).toEqual(table);
      expect(table.streamArn).toMatch(/table\/usage\/stream\//);
      expect(Item).toEqual(Key);
      const otherKeys = { ...properties, GlobalSecondaryIndexes: undefined };
      await expect(
        createTable({ endpoint: second.endpoint, properties: otherKeys, defaultName: "usage" }),
      ).rejects.toThrow(TableMismatchError);
    } finally {
      await second.stop();
    }
  });

  it("adds the index over the stream's records that keeps writes fast", async () => {
    await (await startEngine({ home, env })).stop();
    const database = new sqlite.Database(join(home, "dynamodb.sqlite"));
    database.exec("PRAGMA locking_mode=EXCLUSIVE");
    const index = database.get("SELECT sql FROM sqlite_schema WHERE name = '_stream_records_by_number'");
    database.close();
    expect(index).not.toBeNull();
    expect(existsSync(join(home, "engine.pid"))).toBe(false);
  });

  it("refuses a home that a living process uses", async () => {
    const engine = await startEngine({ home, env });
    const owner = process.ppid;
    const [group] = readFileSync(join(home, "engine.pid"), "utf8").split(" ");
    writeFileSync(join(home, "engine.pid"), `${group} ${owner}`);
    await expect(startEngine({ home, env })).rejects.toThrow(HomeInUseError);
    await engine.stop();
  });

  it("ends with a parent that is killed", async () => {
    const script = `
      import { startEngine } from ${JSON.stringify(join(import.meta.dirname, "dynamodb-engine.ts"))};
      const engine = await startEngine({ home: ${JSON.stringify(home)}, env: { PATH: "" } });
      console.log(engine.endpoint);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(parent.stdout.setEncoding("utf8"), "data");
    const endpoint = String(line).trim();
    expect(await isUp(endpoint)).toBe(true);
    parent.kill("SIGKILL");
    await once(parent, "exit");
    await expect.poll(() => isUp(endpoint), { timeout: 2_000, interval: 20 }).toBe(false);

    const next = await startEngine({ home, env });
    await next.stop();
  });

  it("takes the engine that DYNAMODB_ENDPOINT names and starts none", async () => {
    const engine = await startEngine({ home, env: { DYNAMODB_ENDPOINT: "http://127.0.0.1:9" } });
    expect(engine.endpoint).toBe("http://127.0.0.1:9");
    await engine.stop();
    expect(existsSync(join(home, "dynamodb.sqlite"))).toBe(false);
  });

  it("says what an engine that does not start wrote", async () => {
    writeFileSync(
      join(home, "dynamodb.sqlite"),
      "not a database, and long enough to be read as one ".repeat(100),
    );
    await expect(startEngine({ home, env })).rejects.toThrow(/database/);
  });
});

async function isUp(endpoint: string): Promise<boolean> {
  return fetch(endpoint).then(
    () => true,
    () => false,
  );
}
