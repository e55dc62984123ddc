import type { MappingState, ShardState } from "./mapping-state.ts";
import type { EngineShard } from "./stream-reader.ts";
import { maxSequenceNumber } from "./stream-record.ts";

/** How one shard of the engine is presented: as it is, or as `lanes` virtual shards by hash of the item's key. */
export type ShardLayout = { lanes: number | undefined };

/** The engine's shards whose turn has come: their parents are finished, and they are not yet presented. */
export function startableShards(state: MappingState, engineShards: readonly EngineShard[]): EngineShard[] {
  const listed = new Set(engineShards.map(({ shardId }) => shardId));
  const finished = new Set(state.finishedEngineShards);
  const presented = new Set(state.shards.map(({ engineShardId }) => engineShardId));
  return engineShards.filter(({ shardId, parentShardId: parent }) => {
    const parentIsDone = parent === undefined || !listed.has(parent) || finished.has(parent);
    return parentIsDone && !finished.has(shardId) && !presented.has(shardId);
  });
}

/** Presents an engine's shard from behind `after` on. */
export function presentShard(
  engineShardId: string,
  layout: ShardLayout,
  after: string | undefined,
): ShardState[] {
  const count = layout.lanes;
  if (count === undefined)
    return [{ shardId: engineShardId, engineShardId, lane: null, generation: 0, after }];
  return Array.from({ length: count }, (_, index) => {
    const lane = { index, count };
    return { shardId: virtualShardId(engineShardId, lane, 0), engineShardId, lane, generation: 0, after };
  });
}

/**
 * Marks shards of another layout to close at the stream's present end, `tails`. A record belongs to one shard for good,
 * also when it is delivered again, and all that was ever delivered lies before that end, whatever the checkpoints say.
 * Where there is no end yet, nothing was delivered, and the shards just go.
 */
export function closeOtherLayouts(
  state: MappingState,
  layout: ShardLayout,
  tails: ReadonlyMap<string, string | undefined>,
): void {
  for (const shard of shardsOfOtherLayouts(state, layout)) {
    // Its siblings may have closed at that end and be gone: what lies behind it is for the next layout.
    if (shard.closing?.successor === "new layout") continue;
    const until = tails.get(shard.engineShardId);
    if (until === undefined) state.shards = state.shards.filter((other) => other !== shard);
    else shard.closing = { until, successor: "new layout" };
  }
}

export function shardsOfOtherLayouts(state: MappingState, layout: ShardLayout): ShardState[] {
  return state.shards.filter((shard) => shard.lane?.count !== layout.lanes);
}

/** Takes a fully processed shard out and puts in what follows it. */
export function finishShard(state: MappingState, finished: ShardState, layout: ShardLayout): void {
  state.shards = state.shards.filter((shard) => shard !== finished);
  const { engineShardId, closing } = finished;
  if (closing?.successor === "child" && finished.lane !== null) {
    state.shards.push(childOf(finished, finished.lane, closing.until));
    return;
  }
  if (state.shards.some((shard) => shard.engineShardId === engineShardId)) return;
  if (closing === undefined) state.finishedEngineShards.push(engineShardId);
  else state.shards.push(...presentShard(engineShardId, layout, closing.until));
}

function childOf(parent: ShardState, lane: NonNullable<ShardState["lane"]>, after: string): ShardState {
  const { engineShardId } = parent;
  const generation = parent.generation + 1;
  return { shardId: virtualShardId(engineShardId, lane, generation), engineShardId, lane, generation, after };
}

/** The last number that any of the shards is known to have reached; where to look for the stream's end from. */
export function furthestCheckpoint(shards: readonly ShardState[]): string | undefined {
  return maxSequenceNumber(shards.map((shard) => shard.checkpoint ?? shard.after));
}

/** Forgets finished shards that the stream no longer lists. */
export function forgetTrimmedShards(state: MappingState, engineShards: readonly EngineShard[]): void {
  const listed = new Set(engineShards.map(({ shardId }) => shardId));
  state.finishedEngineShards = state.finishedEngineShards.filter((shardId) => listed.has(shardId));
}

type Keyed = { dynamodb: { Keys: Record<string, unknown> } };

export function isInLane(record: Keyed, lane: ShardState["lane"]): boolean {
  return lane === null || laneOf(record, lane.count) === lane.index;
}

function laneOf(record: Keyed, count: number): number {
  const keys = record.dynamodb.Keys;
  const item = Object.keys(keys)
    .sort()
    .map((name) => JSON.stringify(keys[name]))
    .join();
  return hash(item) % count;
}

/** FNV-1a, 32 bits: the same lanes after a restart. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return value;
}

function virtualShardId(
  engineShardId: string,
  lane: NonNullable<ShardState["lane"]>,
  generation: number,
): string {
  return `${engineShardId}-${lane.index + 1}of${lane.count}-${generation}`;
}
