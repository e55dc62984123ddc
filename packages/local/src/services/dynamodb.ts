import { createHash } from "node:crypto";
import { DeleteTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { createTable, type Engine, LOCAL_AWS, startEngine } from "../engine/index.ts";
import type { Stack } from "../template/stack.ts";

/** How a table is made is the engine's business; these are all properties that it honours. */
const reading = {
  type: "AWS::DynamoDB::Table",
  schema: z.object({
    TableName: z.string().optional(),
    KeySchema: z.unknown().optional(),
    AttributeDefinitions: z.unknown().optional(),
    GlobalSecondaryIndexes: z.unknown().optional(),
    LocalSecondaryIndexes: z.unknown().optional(),
    StreamSpecification: z.unknown().optional(),
  }),
  ignored: [
    "BillingMode",
    "ContributorInsightsSpecification",
    "DeletionProtectionEnabled",
    "OnDemandThroughput",
    "PointInTimeRecoverySpecification",
    "SSESpecification",
    "TableClass",
    "Tags",
    "TimeToLiveSpecification",
  ],
};

export interface DynamoDBOptions {
  readonly stack: Stack;
  readonly state: string;
  readonly ephemeral: boolean;
}

/** The engine with the template's tables in it. */
export async function startDynamoDB({ stack, state, ephemeral }: DynamoDBOptions): Promise<Engine> {
  const engine = await startEngine({ home: state });
  const isShared = Boolean(process.env.DYNAMODB_ENDPOINT);
  try {
    const tables = await createTables(stack, engine.endpoint, isShared ? `-${digest(state)}` : "");
    const stop = async () => {
      if (isShared && ephemeral) await deleteTables(engine.endpoint, tables);
      await engine.stop();
    };
    return { endpoint: engine.endpoint, stop };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

/** @param suffix keeps the tables of several homes apart on an engine that they share */
async function createTables(stack: Stack, endpoint: string, suffix: string): Promise<string[]> {
  const names: string[] = [];
  for (const { logicalId, properties } of stack.resources(reading)) {
    const defaultName = `${stack.ref(logicalId)}${suffix}`;
    const { tableName, streamArn } = await createTable({ endpoint, properties, defaultName });
    stack.bindRef(logicalId, tableName);
    if (streamArn !== undefined) stack.bindAttribute(logicalId, "StreamArn", streamArn);
    names.push(tableName);
  }
  return names;
}

async function deleteTables(endpoint: string, names: readonly string[]): Promise<void> {
  const { region, ...credentials } = LOCAL_AWS;
  const client = new DynamoDBClient({ endpoint, region, credentials });
  await Promise.all(names.map((TableName) => client.send(new DeleteTableCommand({ TableName }))));
  client.destroy();
}

function digest(state: string): string {
  return createHash("sha256").update(state).digest("hex").slice(0, 8);
}
