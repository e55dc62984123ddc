import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, type TranslateConfig } from "@aws-sdk/lib-dynamodb";

/** The table and the client that reaches it: what every function of this package takes first. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}

const translation = (): TranslateConfig => ({
  marshallOptions: { removeUndefinedValues: true },
  // Numbers come back as text in a wrapper: a cost never passes through a binary float.
  unmarshallOptions: { wrapNumbers: true },
});

export function openTable(name: string, config: DynamoDBClientConfig = {}): Table {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(config), translation());
  // It copies every request and answer for a log that nobody asked for: a sixth of the SDK's work on a batch.
  client.middlewareStack.remove("loggerMiddleware");
  return { client, name };
}

/**
 * A table that is reached by a client of somebody else's, with its credentials, address and middleware. A document client
 * shares the configuration of what it is made of, and writes into it: so it is made of a copy, and the client stays as it was.
 */
export function tableThrough(client: DynamoDBClient | DynamoDBDocumentClient, name: string): Table {
  const copy: DynamoDBClient = Object.create(client, {
    config: { value: { ...client.config } },
    middlewareStack: { value: client.middlewareStack.clone() },
  });
  return { client: DynamoDBDocumentClient.from(copy, translation()), name };
}
