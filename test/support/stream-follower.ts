import type { StreamRecord } from "@ai-usage/store";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from "@aws-sdk/client-dynamodb-streams";
import { engineConfig, type TestTable } from "./engine.ts";
import { toStreamRecord } from "./stream.ts";

/** Reads a table's stream piece by piece, in order: each record once. */
export class StreamFollower {
  readonly #streamArn: string;
  readonly #client = new DynamoDBStreamsClient(engineConfig());
  readonly #iterators = new Map<string, string | undefined>();

  constructor({ streamArn }: TestTable) {
    this.#streamArn = streamArn;
  }

  async next(): Promise<StreamRecord[]> {
    const { StreamDescription } = await this.#client.send(
      new DescribeStreamCommand({ StreamArn: this.#streamArn }),
    );
    const records: StreamRecord[] = [];
    for (const { ShardId = "" } of StreamDescription?.Shards ?? []) {
      if (!this.#iterators.has(ShardId)) this.#iterators.set(ShardId, await this.#begin(ShardId));
      for (let iterator = this.#iterators.get(ShardId); iterator !== undefined; ) {
        const page = await this.#client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 1000 }));
        this.#iterators.set(ShardId, page.NextShardIterator);
        const found = page.Records ?? [];
        records.push(...found.map(toStreamRecord));
        iterator = found.length > 0 ? page.NextShardIterator : undefined;
      }
    }
    return records;
  }

  close(): void {
    this.#client.destroy();
  }

  async #begin(ShardId: string): Promise<string | undefined> {
    const { ShardIterator } = await this.#client.send(
      new GetShardIteratorCommand({
        StreamArn: this.#streamArn,
        ShardId,
        ShardIteratorType: "TRIM_HORIZON",
      }),
    );
    return ShardIterator;
  }
}
