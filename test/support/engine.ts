import { randomUUID } from "node:crypto";
import { openTable, type Table } from "@ai-usage/store";
import { DeleteTableCommand, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { inject } from "vitest";
import { createTable, LOCAL_AWS } from "../../packages/local/src/engine/index.ts";

/** A table of its own on the real engine, as the template declares it. */
export interface TestTable extends Table {
  readonly streamArn: string;
  drop(): Promise<void>;
}

export function engineConfig() {
  const { region, accessKeyId, secretAccessKey } = LOCAL_AWS;
  return {
    endpoint: inject("dynamoDBEndpoint"),
    region,
    credentials: { accessKeyId, secretAccessKey },
  } satisfies DynamoDBClientConfig;
}

export async function newTable(name = `test-${randomUUID()}`): Promise<TestTable> {
  const { tableName, streamArn } = await createTable({
    endpoint: inject("dynamoDBEndpoint"),
    properties: JSON.parse(inject("tableProperties")),
    defaultName: name,
  });
  if (streamArn === undefined) throw new Error("the template declares no stream");
  const table = openTable(tableName, engineConfig());
  const drop = async () => {
    await table.client.send(new DeleteTableCommand({ TableName: tableName }));
    table.client.destroy();
  };
  return { ...table, streamArn, drop };
}

/** Runs `test` on a table of its own, which goes when it is done. */
export async function withTable<T>(test: (table: TestTable) => Promise<T>): Promise<T> {
  const table = await newTable();
  try {
    return await test(table);
  } finally {
    await table.drop();
  }
}

/** The environment that a deployed function would have, with the clients of the SDK led to the engine. */
export function functionEnvironment(table: Table): Record<string, string> {
  const { endpoint, region, credentials } = engineConfig();
  return {
    DYNAMODB_TABLE_NAME: table.name,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    RETENTION_DAYS: "400",
    METRIC_INDEX: "on",
    SCOPE_METADATA_KEYS: "department,project",
    PRICE_REFRESH_SECONDS: "20",
    UNPRICED_POLICY: "estimate",
    RESTATE_FUNCTION_NAME: "restate",
    BUDGET_APPROVAL_ABOVE_AMOUNT: "1000",
    BUDGET_APPROVAL_ABOVE_RATIO: "",
    NOTIFY_FUNCTION_NAME: "notify",
    CHANNEL_SECRET_PREFIX: "test/channels/",
    POWERTOOLS_LOG_LEVEL: "CRITICAL",
  };
}
