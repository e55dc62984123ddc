import type { StreamRecord } from "@ai-usage/store";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as SdkRecord,
} from "@aws-sdk/client-dynamodb-streams";
import { engineConfig, type TestTable } from "./engine.ts";

/** Everything that happened to a table, in order, in the shape that Lambda gets it. */
export async function readStream({ streamArn }: TestTable): Promise<StreamRecord[]> {
  const client = new DynamoDBStreamsClient(engineConfig());
  try {
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: streamArn }));
    const records: StreamRecord[] = [];
    for (const { ShardId } of StreamDescription?.Shards ?? []) {
      const start = await client.send(
        new GetShardIteratorCommand({ StreamArn: streamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
      );
      let iterator = start.ShardIterator;
      while (iterator) {
        const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 1000 }));
        const found: SdkRecord[] = page.Records ?? [];
        records.push(...found.map(toStreamRecord));
        iterator = found.length > 0 ? page.NextShardIterator : undefined;
      }
    }
    return records;
  } finally {
    client.destroy();
  }
}

export function toStreamRecord(record: SdkRecord): StreamRecord {
  const {
    SequenceNumber = "",
    ApproximateCreationDateTime,
    Keys = {},
    OldImage,
    NewImage,
  } = record.dynamodb ?? {};
  return {
    eventID: record.eventID ?? "",
    eventName: record.eventName ?? "MODIFY",
    dynamodb: {
      SequenceNumber,
      ApproximateCreationDateTime: (ApproximateCreationDateTime?.getTime() ?? 0) / 1000,
      Keys,
      OldImage,
      NewImage,
    },
  };
}

export const partitionOf = (record: StreamRecord): string => record.dynamodb.Keys.PK?.S ?? "";

export const recordsOf = (records: readonly StreamRecord[], ...prefixes: string[]): StreamRecord[] =>
  records.filter((record) => prefixes.some((prefix) => partitionOf(record).startsWith(prefix)));
