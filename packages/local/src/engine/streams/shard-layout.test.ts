import { describe, expect, it } from "vitest";
import { newMappingState } from "./mapping-state.ts";
import {
  closeOtherLayouts,
  finishShard,
  isInLane,
  presentShard,
  shardsOfOtherLayouts,
  startableShards,
} from "./shard-layout.ts";
import { isAfter, maxSequenceNumber } from "./stream-record.ts";

const AS_IS = { lanes: undefined };
const THREE = { lanes: 3 };
const ids = (shards: { shardId: string }[]) => shards.map(({ shardId }) => shardId);

function stateOf(...shards: ReturnType<typeof presentShard>) {
  return { ...newMappingState("arn"), shards };
}

describe("shard layout", () => {
  it("shows the engine's shard as it is without faults", () => {
    expect(presentShard("E", AS_IS, undefined)).toMatchObject([{ shardId: "E", lane: null }]);
  });

  it("puts every item into one of the lanes, the same one each time", () => {
    const lanes = presentShard("E", THREE, undefined).map(({ lane }) => lane);
    const counts = new Map<number | undefined, number>();
    for (let i = 0; i < 300; i++) {
      const record = { dynamodb: { Keys: { PK: { S: `USAGE#${i}` }, SK: { S: "METRIC" } } } };
      const reordered = { dynamodb: { Keys: { SK: { S: "METRIC" }, PK: { S: `USAGE#${i}` } } } };
      const holding = lanes.filter((lane) => isInLane(record, lane));
      expect(holding).toHaveLength(1);
      expect(isInLane(reordered, holding[0] ?? null)).toBe(true);
      const lane = holding[0]?.index;
      counts.set(lane, (counts.get(lane) ?? 0) + 1);
    }
    expect(Math.min(...counts.values())).toBeGreaterThan(60);
  });

  it("starts a child of the engine only when its parent is finished", () => {
    const listed = [
      { shardId: "A", parentShardId: "trimmed" },
      { shardId: "B", parentShardId: "A" },
    ];
    const state = newMappingState("arn");
    expect(ids(startableShards(state, listed))).toEqual(["A"]);
    state.shards = presentShard("A", THREE, undefined);
    for (const shard of [...state.shards]) {
      expect(startableShards(state, listed)).toEqual([]);
      finishShard(state, shard, THREE);
    }
    expect(ids(startableShards(state, listed))).toEqual(["B"]);
  });

  it("lets a child take over behind a virtual shard that was rolled", () => {
    const state = stateOf(...presentShard("E", THREE, undefined));
    const [rolled] = state.shards;
    if (rolled === undefined) throw new Error("no shard");
    rolled.closing = { until: "70", successor: "child" };
    finishShard(state, rolled, THREE);
    expect(state.shards.at(-1)).toEqual({
      ...rolled,
      shardId: "E-1of3-1",
      generation: 1,
      after: "70",
      closing: undefined,
    });
    expect(state.finishedEngineShards).toEqual([]);
  });

  it("changes to another layout only when all shards of the old one have come to the stream's end", () => {
    const state = stateOf(...presentShard("E", THREE, undefined));
    closeOtherLayouts(state, AS_IS, new Map([["E", "99"]]));
    for (const shard of [...state.shards]) {
      expect(shard.closing).toEqual({ until: "99", successor: "new layout" });
      expect(ids(state.shards)).not.toContain("E");
      finishShard(state, shard, AS_IS);
    }
    expect(state.shards).toEqual([
      { shardId: "E", engineShardId: "E", lane: null, generation: 0, after: "99" },
    ]);
    expect(shardsOfOtherLayouts(state, AS_IS)).toEqual([]);
  });

  it("keeps the end of a layout that was being left when a crash came", () => {
    const state = stateOf(...presentShard("E", THREE, undefined));
    closeOtherLayouts(state, AS_IS, new Map([["E", "99"]]));
    state.shards.splice(0, 2);
    closeOtherLayouts(state, { lanes: 2 }, new Map([["E", "120"]]));
    expect(state.shards.map(({ closing }) => closing?.until)).toEqual(["99"]);
  });

  it("replaces a layout at once in a stream that has no record", () => {
    const state = stateOf(...presentShard("E", AS_IS, undefined));
    closeOtherLayouts(state, THREE, new Map([["E", undefined]]));
    expect(state.shards).toEqual([]);
  });
});

describe("sequence number", () => {
  it("is compared as a number of any length", () => {
    expect(isAfter("10", "9")).toBe(true);
    expect(isAfter("9", "10")).toBe(false);
    expect(isAfter("000000000000000000010", "9")).toBe(true);
    expect(isAfter("111111111111111111112", "111111111111111111111")).toBe(true);
    expect(isAfter("7", "7")).toBe(false);
  });

  it("has a maximum of those that are there", () => {
    expect(maxSequenceNumber([undefined, "9", "10", undefined])).toBe("10");
    expect(maxSequenceNumber([undefined])).toBeUndefined();
  });
});
