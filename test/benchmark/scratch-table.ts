import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LocalStack } from "@ai-usage/local";
import { openTable, type Table } from "@ai-usage/store";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { localClientConfig } from "../../packages/local/src/engine/dynamodb/clients.ts";
import { createTable, startEngine } from "../../packages/local/src/engine/index.ts";
import { loadAssembly } from "../../packages/local/src/template/assembly.ts";
import { synthesize } from "../../packages/local/src/template/synthesize.ts";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

export interface BenchmarkTable extends Table {
  /** Takes items as the engine does, marshalled. */
  readonly rawClient: DynamoDBClient;
}

/** The table of the template, empty, its stream on and read by nobody. */
export interface ScratchTable extends BenchmarkTable {
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
  const table = openAt(engine.endpoint, tableName);
  const close = async () => {
    table.client.destroy();
    table.rawClient.destroy();
    await engine.stop();
  };
  return { ...table, endpoint: engine.endpoint, streamArn, close };
}

/** The table of a stack that runs. */
export function openStackTable({ dynamodbEndpoint, tableName }: LocalStack): BenchmarkTable {
  return openAt(dynamodbEndpoint, tableName);
}

function openAt(endpoint: string, name: string): BenchmarkTable {
  const config = localClientConfig(endpoint);
  return { ...openTable(name, config), rawClient: new DynamoDBClient(config) };
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
