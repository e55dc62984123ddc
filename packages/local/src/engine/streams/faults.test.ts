import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bufferedRecord } from "./buffered-record.fixture.ts";
import { parseFaults, ShardFaults } from "./faults.ts";

const everything = parseFaults({
  redeliver: 0.9,
  split: 0.9,
  crashBeforeCommit: 0.9,
  crashAfterCommit: 0.9,
  delayMs: 50,
});

describe("faults", () => {
  it("do nothing unless they are asked for", () => {
    const faults = new ShardFaults(parseFaults({}), 1, "shard");
    const decisions = [
      faults.cut([1, 2, 3]),
      faults.delayMs(),
      faults.crashAfterMs(10),
      faults.losesCheckpoint(),
    ];
    expect(decisions).toEqual([[[1, 2, 3]], 0, undefined, false]);
    expect(faults.lifetimeMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it("decide the same for the same seed, and otherwise for another seed or shard", () => {
    const decisions = (seed: number, scope: string) => {
      const faults = new ShardFaults(everything, seed, scope);
      return Array.from({ length: 20 }, () => [faults.delayMs(), faults.crashAfterMs(10)]);
    };
    expect(decisions(7, "a")).toEqual(decisions(7, "a"));
    expect(decisions(7, "a")).not.toEqual(decisions(8, "a"));
    expect(decisions(7, "a")).not.toEqual(decisions(7, "b"));
  });

  it("cut a batch into pieces that are the batch again, in order", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 50 }), fc.integer(), (batch, seed) => {
        const pieces = new ShardFaults(everything, seed, "shard").cutAnywhere(batch);
        expect(pieces.flat()).toEqual(batch);
        expect(pieces.every((piece) => piece.length > 0)).toBe(true);
      }),
    );
  });

  it("deliver again a range of what was delivered", () => {
    const history = Array.from({ length: 40 }, (_, n) => bufferedRecord(n));
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const again = new ShardFaults(everything, seed, "shard").redelivery(history) ?? [];
        const [first] = again;
        if (first === undefined) return;
        const from = history.indexOf(first);
        expect(again).toEqual(history.slice(from, from + again.length));
      }),
    );
  });

  it.each([
    [{ redelivery: 0.3 }, /redelivery/],
    [{ split: 1 }, /split/],
    [{ crashAfterCommit: -0.1 }, /crashAfterCommit/],
    [{ shards: 1.5 }, /shards/],
    [{ rollSeconds: 0 }, /rollSeconds/],
    ["redeliver", /object/],
  ])("refuse %j and say why", (plan, message) => {
    expect(() => parseFaults(plan)).toThrow(message);
  });
});
