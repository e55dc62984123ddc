import { describe, expect, it } from "vitest";
import { nextStep, type ShardView, WINDOW_GRACE_MS } from "./batching.ts";
import { bufferedRecord } from "./buffered-record.fixture.ts";

function step(view: Partial<ShardView>) {
  return nextStep({
    buffer: [],
    window: undefined,
    nowMs: 10_000,
    readUpToMs: 0,
    ended: false,
    batchSize: 3,
    batchingWindowMs: 0,
    tumblingWindowMs: 0,
    ...view,
  });
}

const window = { startMs: 9_000, endMs: 10_000, state: {} };

describe("batching", () => {
  it("delivers at once without a batching window", () => {
    expect(step({ buffer: [bufferedRecord(9_990)] })).toEqual({ do: "deliver", count: 1 });
  });

  it("waits for the batching window, counted from the first record", () => {
    const buffer = [bufferedRecord(9_000, 9_800), bufferedRecord(9_000, 9_900)];
    expect(step({ buffer, batchingWindowMs: 300 })).toEqual({ do: "read", byMs: 10_100 });
    expect(step({ buffer, batchingWindowMs: 300, nowMs: 10_100 })).toEqual({ do: "deliver", count: 2 });
  });

  it("does not wait for a batch that is full, in records or in bytes", () => {
    const waits = { batchingWindowMs: 60_000 };
    const small = [1, 2, 3, 4].map((n) => bufferedRecord(9_000 + n));
    const large = [1, 2, 3].map((n) => bufferedRecord(9_000 + n, 9_000, 900_000));
    expect(step({ ...waits, buffer: small })).toEqual({ do: "deliver", count: 3 });
    expect(step({ ...waits, buffer: large })).toEqual({ do: "deliver", count: 2 });
  });

  it("delivers a record that is larger than a payload alone", () => {
    expect(step({ buffer: [bufferedRecord(9_000, 9_000, 9_000_000), bufferedRecord(9_001)] })).toEqual({
      do: "deliver",
      count: 1,
    });
  });

  it("does not wait in a shard that has ended", () => {
    expect(step({ buffer: [bufferedRecord(9_990)], batchingWindowMs: 60_000, ended: true })).toEqual({
      do: "deliver",
      count: 1,
    });
    expect(step({ ended: true })).toEqual({ do: "finish" });
  });

  it("keeps the records of two tumbling windows apart", () => {
    const buffer = [bufferedRecord(9_500), bufferedRecord(9_999), bufferedRecord(10_000)];
    expect(step({ buffer, tumblingWindowMs: 1_000, batchingWindowMs: 60_000 })).toEqual({
      do: "deliver",
      count: 2,
    });
  });

  it("delivers when the tumbling window is over, though the batching window is not", () => {
    const buffer = [bufferedRecord(9_500)];
    const view = { buffer, tumblingWindowMs: 1_000, batchingWindowMs: 60_000, nowMs: 10_100 };
    expect(step(view)).toEqual({ do: "read", byMs: 10_000 + WINDOW_GRACE_MS });
    expect(step({ ...view, readUpToMs: 10_000 + WINDOW_GRACE_MS })).toEqual({ do: "deliver", count: 1 });
  });

  it("closes a window before a record of another one, later or late", () => {
    const view = { window, tumblingWindowMs: 1_000 };
    expect(step({ ...view, buffer: [bufferedRecord(10_000)] })).toEqual({ do: "close window", early: false });
    expect(step({ ...view, buffer: [bufferedRecord(8_999)] })).toEqual({ do: "close window", early: false });
    expect(step({ ...view, buffer: [bufferedRecord(9_000)] })).toEqual({ do: "deliver", count: 1 });
  });

  it("closes a window when all of its time has been read", () => {
    const view = { window, tumblingWindowMs: 1_000 };
    expect(step(view)).toEqual({ do: "read", byMs: 10_000 + WINDOW_GRACE_MS });
    expect(step({ ...view, readUpToMs: 10_000 + WINDOW_GRACE_MS })).toEqual({
      do: "close window",
      early: false,
    });
  });

  it("closes a window early when its shard ends", () => {
    expect(step({ window, tumblingWindowMs: 1_000, ended: true })).toEqual({
      do: "close window",
      early: true,
    });
  });
});
