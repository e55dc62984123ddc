import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openTable, type Table } from "@ai-usage/store";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { localClientConfig } from "../../packages/local/src/engine/dynamodb/clients.ts";
import { createTable, startEngine } from "../../packages/local/src/engine/index.ts";
import { loadAssembly } from "../../packages/local/src/template/assembly.ts";
import { synthesize } from "../../packages/local/src/template/synthesize.ts";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

/** The table of the template, empty, its stream on and read by nobody. */
export interface ScratchTable extends Table {
  /** Takes items as the engine does, marshalled. */
  readonly rawClient: DynamoDBClient;
  readonly endpoint: string;
  readonly streamArn: string;
  close(): Promise<void>;
}

/** On an engine of its own, or on the one that DYNAMODB_ENDPOINT names. */
export async function openScratchTable(purpose: string): Promise<ScratchTable> {
  const properties = await tableProperties();
  const engine = await startEngine({ home: undefined });
  const defaultName = `benchmark-${purpose}-${process.pid}-${Date.now()}`;
  const { tableName, streamArn } = await createTable({ endpoint: engine.endpoint, properties, defaultName });
  if (streamArn === undefined) throw new Error("the template's table has no stream");
  const table = openTable(tableName, localClientConfig(engine.endpoint));
  const rawClient = new DynamoDBClient(localClientConfig(engine.endpoint));
  const close = async () => {
    table.client.destroy();
    rawClient.destroy();
    await engine.stop();
  };
  return { ...table, rawClient, endpoint: engine.endpoint, streamArn, close };
}

async function tableProperties(): Promise<unknown> {
  const directory = await synthesize({
    repository: REPOSITORY,
    directory: join(REPOSITORY, "node_modules", ".cache", "ai-usage", "cdk.out"),
    settings: { stage: "benchmark", deletionProtection: false, removalPolicy: "destroy" },
  });
  const { resources } = await loadAssembly(directory);
  const table = [...resources.values()].find(({ type }) => type === "AWS::DynamoDB::Table");
  if (table === undefined) throw new Error("the template has no table");
  return table.properties;
}
