import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetShardIteratorCommand,
  TrimmedDataAccessException,
} from "@aws-sdk/client-dynamodb-streams";
import { localClientConfig } from "../dynamodb/clients.ts";
import { getRawRecords } from "./raw-get-records.ts";
import { isAfter, type StreamRecord } from "./stream-record.ts";

/** Pages that are kept for the other readers of the stream: the mappings, and the virtual shards of each. */
const PAGES_KEPT = 12;

/** A shard of the engine's stream. */
export interface EngineShard {
  shardId: string;
  parentShardId: string | undefined;
}

interface Page {
  records: StreamRecord[];
  nextIterator: string | undefined;
  /** When the engine was asked, epoch milliseconds: what was written before is in this page or in an earlier one. */
  askedAtMs: number;
}

export interface StreamReaderOptions {
  endpoint: string;
  streamArn: string;
}

/** Reads one stream for any number of cursors; what one has just read, the others need not ask the engine for. */
export class StreamReader {
  readonly streamArn: string;
  readonly #client: DynamoDBStreamsClient;
  readonly #pages = new Map<string, Promise<Page>>();

  constructor({ endpoint, streamArn }: StreamReaderOptions) {
    this.streamArn = streamArn;
    this.#client = new DynamoDBStreamsClient(localClientConfig(endpoint));
  }

  async listShards(): Promise<EngineShard[]> {
    const shards: EngineShard[] = [];
    let ExclusiveStartShardId: string | undefined;
    do {
      const { StreamDescription: stream } = await this.#client.send(
        new DescribeStreamCommand({ StreamArn: this.streamArn, ExclusiveStartShardId }),
      );
      for (const { ShardId, ParentShardId } of stream?.Shards ?? []) {
        if (ShardId !== undefined) shards.push({ shardId: ShardId, parentShardId: ParentShardId });
      }
      ExclusiveStartShardId = stream?.LastEvaluatedShardId;
    } while (ExclusiveStartShardId !== undefined);
    return shards;
  }

  /** Reads the shard from behind `after`, or from its beginning. */
  openCursor(shardId: string, after: string | undefined): ShardCursor {
    return new ShardCursor(this, shardId, after);
  }

  /** The last sequence number that the shard holds now; undefined when it holds no record behind `after`. */
  async findTail(shardId: string, after: string | undefined): Promise<string | undefined> {
    const cursor = this.openCursor(shardId, after);
    for (;;) {
      const { records, ended } = await cursor.read();
      if (ended || records.length === 0) return cursor.position;
    }
  }

  /** The page behind `position`. A page with records never changes, so all cursors may share it. */
  async readPage(shardId: string, position: string | undefined, iterator: string | undefined): Promise<Page> {
    const key = `${shardId} ${position ?? ""}`;
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    const asked = this.#ask(shardId, position, iterator);
    this.#pages.set(key, asked);
    try {
      const page = await asked;
      if (page.records.length === 0) this.#pages.delete(key);
      else this.#dropOldPages();
      return page;
    } catch (error) {
      this.#pages.delete(key);
      throw error;
    }
  }

  destroy(): void {
    this.#client.destroy();
  }

  async #ask(shardId: string, position: string | undefined, iterator: string | undefined): Promise<Page> {
    const askedAtMs = Date.now();
    const page = await this.#getRecords(shardId, position, iterator);
    const records = page.records
      .filter(({ dynamodb }) => position === undefined || isAfter(dynamodb.SequenceNumber, position))
      .map((record) => ({ ...record, eventSourceARN: this.streamArn }));
    return { records, nextIterator: page.nextIterator, askedAtMs };
  }

  async #getRecords(shardId: string, position: string | undefined, iterator: string | undefined) {
    if (iterator !== undefined) {
      try {
        return await getRawRecords(this.#client, iterator);
      } catch (error) {
        if (!(error instanceof ExpiredIteratorException)) throw error;
      }
    }
    return getRawRecords(this.#client, await this.#iteratorBehind(shardId, position));
  }

  async #iteratorBehind(shardId: string, position: string | undefined): Promise<string> {
    if (position !== undefined) {
      try {
        return await this.#getIterator(shardId, "AFTER_SEQUENCE_NUMBER", position);
      } catch (error) {
        // The checkpoint is older than what the stream keeps: what is left of the shard comes next.
        if (!(error instanceof TrimmedDataAccessException)) throw error;
      }
    }
    return this.#getIterator(shardId, "TRIM_HORIZON", undefined);
  }

  async #getIterator(
    shardId: string,
    type: "AFTER_SEQUENCE_NUMBER" | "TRIM_HORIZON",
    sequenceNumber: string | undefined,
  ): Promise<string> {
    const { ShardIterator } = await this.#client.send(
      new GetShardIteratorCommand({
        StreamArn: this.streamArn,
        ShardId: shardId,
        ShardIteratorType: type,
        SequenceNumber: sequenceNumber,
      }),
    );
    if (ShardIterator === undefined) throw new Error(`the engine gave no iterator for shard ${shardId}`);
    return ShardIterator;
  }

  #dropOldPages(): void {
    for (const key of this.#pages.keys()) {
      if (this.#pages.size <= PAGES_KEPT) return;
      this.#pages.delete(key);
    }
  }
}

export interface CursorRead {
  records: StreamRecord[];
  /** The engine closed the shard, and there is nothing more in it. */
  ended: boolean;
  askedAtMs: number;
}

export class ShardCursor {
  readonly #reader: StreamReader;
  readonly #shardId: string;
  #position: string | undefined;
  #iterator: string | undefined;
  #ended = false;

  constructor(reader: StreamReader, shardId: string, after: string | undefined) {
    this.#reader = reader;
    this.#shardId = shardId;
    this.#position = after;
  }

  /** The sequence number of the last record read. */
  get position(): string | undefined {
    return this.#position;
  }

  async read(): Promise<CursorRead> {
    if (this.#ended) return { records: [], ended: true, askedAtMs: Date.now() };
    const page = await this.#reader.readPage(this.#shardId, this.#position, this.#iterator);
    this.#iterator = page.nextIterator;
    this.#position = page.records.at(-1)?.dynamodb.SequenceNumber ?? this.#position;
    this.#ended = page.nextIterator === undefined;
    return { records: page.records, ended: this.#ended, askedAtMs: page.askedAtMs };
  }
}
