import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/**
 * What every client of the local engine signs with. DynamoDB Local keeps one set of tables per access key and
 * region, so all of them, the functions' included, must use the same.
 */
export const LOCAL_AWS = {
  region: "us-east-1",
  accessKeyId: "local",
  secretAccessKey: "local",
} as const;

export function localClientConfig(endpoint: string) {
  const { region, accessKeyId, secretAccessKey } = LOCAL_AWS;
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
}

export function dynamoDBClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient(localClientConfig(endpoint));
}
