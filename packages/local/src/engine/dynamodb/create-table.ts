import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTableCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { dynamoDBClient } from "./clients.ts";

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(["HASH", "RANGE"]) })).min(1);

const index = z.object({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.object({
    ProjectionType: z.enum(["ALL", "KEYS_ONLY", "INCLUDE"]),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});

/** The properties of `AWS::DynamoDB::Table` that a local engine can follow; the others (PITR, TTL, SSE, tags) fall away. */
const tableProperties = z.object({
  TableName: z.string().optional(),
  KeySchema: keySchema,
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(["S", "N", "B"]) }),
  ),
  GlobalSecondaryIndexes: z.array(index).optional(),
  LocalSecondaryIndexes: z.array(index).optional(),
  StreamSpecification: z
    .object({ StreamViewType: z.enum(["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"]) })
    .optional(),
});

type TableProperties = z.infer<typeof tableProperties>;

export interface CreatedTable {
  tableName: string;
  /** Absent when the template declares no stream. */
  streamArn: string | undefined;
}

export interface CreateTableOptions {
  endpoint: string;
  /** The resolved `Properties` of the template's resource. */
  properties: unknown;
  /** The name when the template leaves it to CloudFormation. */
  defaultName: string;
}

/** An existing table has other keys or indexes than the template: data of an older version. */
export class TableMismatchError extends Error {
  override name = "TableMismatchError";
}

/** Creates the table if it is absent and waits until it is active. */
export async function createTable(options: CreateTableOptions): Promise<CreatedTable> {
  const properties = tableProperties.parse(options.properties);
  const tableName = properties.TableName ?? options.defaultName;
  const client = dynamoDBClient(options.endpoint);
  try {
    const found = await findTable(client, tableName);
    if (found === undefined)
      await client
        .send(new CreateTableCommand(createTableInput(tableName, properties)))
        .catch(ignoreExisting);
    else await adaptTable(client, tableName, found, properties);
    await waitUntilTableExists(
      { client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 },
      { TableName: tableName },
    );
    const table = await findTable(client, tableName);
    const streamArn = properties.StreamSpecification === undefined ? undefined : table?.LatestStreamArn;
    return { tableName, streamArn };
  } finally {
    client.destroy();
  }
}

function createTableInput(tableName: string, properties: TableProperties): CreateTableCommandInput {
  return {
    TableName: tableName,
    KeySchema: properties.KeySchema,
    AttributeDefinitions: properties.AttributeDefinitions,
    GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes,
    LocalSecondaryIndexes: properties.LocalSecondaryIndexes,
    BillingMode: "PAY_PER_REQUEST",
    StreamSpecification: streamSpecification(properties),
  };
}

function streamSpecification(properties: TableProperties) {
  const stream = properties.StreamSpecification;
  return stream === undefined ? undefined : { StreamEnabled: true, StreamViewType: stream.StreamViewType };
}

type Client = ReturnType<typeof dynamoDBClient>;

async function findTable(client: Client, tableName: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: tableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function adaptTable(
  client: Client,
  tableName: string,
  table: TableDescription,
  properties: TableProperties,
) {
  const expected = shape(properties);
  const found = shape(table);
  if (expected !== found) {
    throw new TableMismatchError(
      `Table ${tableName} exists with other keys.\n  template: ${expected}\n  table:    ${found}`,
    );
  }
  if (properties.StreamSpecification !== undefined && table.StreamSpecification?.StreamEnabled !== true) {
    await client.send(
      new UpdateTableCommand({ TableName: tableName, StreamSpecification: streamSpecification(properties) }),
    );
  }
}

function shape(table: TableProperties | TableDescription): string {
  const keys = (schema: { AttributeName?: string; KeyType?: string }[] | undefined) =>
    (schema ?? []).map((key) => `${key.KeyType} ${key.AttributeName}`).join(", ");
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
  const named = indexes.map((item) => `${item.IndexName}(${keys(item.KeySchema)})`).sort();
  return [`(${keys(table.KeySchema)})`, ...named].join(" ");
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof ResourceInUseException)) throw error;
}
