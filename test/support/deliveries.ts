import { rollUp, type StreamRecord } from "@ai-usage/store";
import { CrashError, crashingTable } from "./crashing-table.ts";
import type { TestTable } from "./engine.ts";
import { partitionOf } from "./stream.ts";

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** What to do to the stream on its way. Shares of batches, 0 to 1. */
export interface Weather {
  readonly seed: number;
  readonly shards: number;
  readonly batchMax: number;
  readonly redeliver: number;
  readonly crash: number;
  /** The same batch, or a part of it, is worked on twice at once: a function that was given up goes on. */
  readonly zombie: number;
  /** Each shard is closed somewhere on the way, and a child of it goes on. */
  readonly roll: boolean;
}

/** Hands `records` to the rollup as a stream in bad weather would: at least once, first in order, in any pieces. */
export async function deliver(
  table: TestTable,
  records: readonly StreamRecord[],
  weather: Weather,
): Promise<void> {
  const shards = Array.from({ length: weather.shards }, (_, shard) => ({
    random: randomFrom(weather.seed + shard),
    name: `shardId-${shard}`,
    records: records.filter((record) => shardOf(partitionOf(record), weather.shards) === shard),
  }));
  await Promise.all(
    shards.map(async (shard) => {
      const cut = weather.roll
        ? Math.floor(shard.random() * (shard.records.length + 1))
        : shard.records.length;
      await deliverShard(table, { ...shard, records: shard.records.slice(0, cut) }, weather);
      await deliverShard(
        table,
        { ...shard, records: shard.records.slice(cut), name: `${shard.name}-child` },
        weather,
      );
    }),
  );
}

interface Shard {
  readonly random: () => number;
  readonly name: string;
  readonly records: readonly StreamRecord[];
}

async function deliverShard(
  table: TestTable,
  { random, name, records }: Shard,
  weather: Weather,
): Promise<void> {
  const upTo = (count: number) => Math.floor(random() * (count + 1));
  for (let position = 0; position < records.length; ) {
    const batch = records.slice(position, position + 1 + upTo(weather.batchMax - 1));
    if (random() < weather.crash) {
      await rollUpAndCrash(crashingTable(table, upTo(20), random() < 0.5), batch, name);
      continue;
    }
    const zombies = random() < weather.zombie ? [batch.slice(0, upTo(batch.length)), batch] : [];
    await Promise.all([...zombies, batch].map((some) => rollUp(table, some, name)));
    if (random() < weather.redeliver) position = Math.max(0, position - upTo(8));
    else position += batch.length;
  }
}

async function rollUpAndCrash(
  crashing: TestTable,
  batch: readonly StreamRecord[],
  shard: string,
): Promise<void> {
  try {
    await rollUp(crashing, batch, shard);
  } catch (error) {
    if (!(error instanceof CrashError)) throw error;
  } finally {
    crashing.client.destroy();
  }
}

function shardOf(partition: string, shards: number): number {
  let hash = 0;
  for (const character of partition) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % shards;
}
