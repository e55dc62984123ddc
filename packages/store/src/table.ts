import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** The table and the client that reaches it: what every function of this package takes first. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}

export function openTable(name: string, config: DynamoDBClientConfig = {}): Table {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(config), {
    marshallOptions: { removeUndefinedValues: true },
    // Numbers come back as text in a wrapper: a cost never passes through a binary float.
    unmarshallOptions: { wrapNumbers: true },
  });
  // It copies every request and answer for a log that nobody asked for: a sixth of the SDK's work on a batch.
  client.middlewareStack.remove("loggerMiddleware");
  return { client, name };
}
