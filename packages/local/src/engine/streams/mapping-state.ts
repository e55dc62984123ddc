import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";

const tumblingWindow = z.object({ startMs: z.number(), endMs: z.number(), state: z.json() });

/** A window that has had records and is still owed its final invocation. */
export type OpenWindow = z.infer<typeof tumblingWindow>;

const shardState = z.object({
  /** As the function sees it. */
  shardId: z.string(),
  engineShardId: z.string(),
  /** The share of the items that a virtual shard carries; null = all of the engine's shard. */
  lane: z.object({ index: z.number(), count: z.number() }).nullable(),
  generation: z.number(),
  /** The shard's records are those behind `after`, up to `closing.until`. */
  after: z.string().optional(),
  checkpoint: z.string().optional(),
  closing: z.object({ until: z.string(), successor: z.enum(["child", "new layout"]) }).optional(),
  window: tumblingWindow.optional(),
});

export type ShardState = z.infer<typeof shardState>;

const mappingState = z.object({
  version: z.literal(1),
  streamArn: z.string(),
  finishedEngineShards: z.array(z.string()),
  shards: z.array(shardState),
});

/** All that a mapping must know after a crash: which shards it presents, and how far each has come. */
export type MappingState = z.infer<typeof mappingState>;

/** Undefined when there is none, or when it is of another stream: the table was made anew. */
export function loadMappingState(file: string, streamArn: string): MappingState | undefined {
  const text = readIfPresent(file);
  if (text === undefined) return undefined;
  const state = mappingState.parse(JSON.parse(text));
  return state.streamArn === streamArn ? state : undefined;
}

export function newMappingState(streamArn: string): MappingState {
  return { version: 1, streamArn, finishedEngineShards: [], shards: [] };
}

/** Written aside and renamed, so that a kill at any moment leaves the old state or the new one. */
export function saveMappingState(file: string, state: MappingState): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, JSON.stringify(state));
  renameSync(`${file}.tmp`, file);
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
