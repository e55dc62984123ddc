import type { StreamRecord } from "@ai-usage/store";
import { StreamReader } from "../../packages/local/src/engine/index.ts";
import type { ScratchTable } from "./scratch-table.ts";

/** Reads a scratch table's stream when it is asked to. */
export class StreamTap {
  readonly #reader: StreamReader;
  readonly #cursors = new Map<string, ReturnType<StreamReader["openCursor"]>>();

  constructor({ endpoint, streamArn }: ScratchTable) {
    this.#reader = new StreamReader({ endpoint, streamArn });
  }

  /** All records since the last call, in the order of their shard. */
  async readNew(): Promise<StreamRecord[]> {
    const records: StreamRecord[] = [];
    for (const { shardId } of await this.#reader.listShards()) {
      const cursor = this.#cursors.get(shardId) ?? this.#reader.openCursor(shardId, undefined);
      this.#cursors.set(shardId, cursor);
      for (;;) {
        const page = await cursor.read();
        records.push(...(page.records as StreamRecord[]));
        if (page.ended || page.records.length === 0) break;
      }
    }
    return records;
  }

  close(): void {
    this.#reader.destroy();
  }
}

export const partitionOf = (record: StreamRecord): string => record.dynamodb.Keys.PK?.S ?? "";
