import { type AIUsageMetric, Money } from "@ai-usage/core";
import { openTable, recordMetrics, rollUp, type Table } from "@ai-usage/store";
import { describe, expect, it } from "vitest";
import { engineConfig, type TestTable, withTable } from "../support/engine.ts";
import { itemsOf } from "../support/items.ts";
import { aPricedMetric, metricOptions, unpriced } from "../support/metrics.ts";
import { expectedSums, storedSums } from "../support/naive-totals.ts";
import { readStream, recordsOf } from "../support/stream.ts";

const metrics = (count: number, given: Partial<AIUsageMetric> = {}) =>
  Array.from({ length: count }, (_, index) => aPricedMetric({ ...given, requestId: `req-${index}` }));
const record = (table: Table, ...some: ReturnType<typeof aPricedMetric>[]) =>
  recordMetrics(table, some, metricOptions);
const statusesOf = async (outcomes: ReturnType<typeof record>) =>
  (await outcomes).map(({ status }) => status);

describe("recording metrics", () => {
  it("stores each once: what is sent again is a duplicate, and its answer tells the price that is stored", async () => {
    await withTable(async (table) => {
      expect(await statusesOf(record(table, aPricedMetric({}, "0.5")))).toEqual(["recorded"]);
      const [again] = await record(table, aPricedMetric({}, "0.75"));
      expect(again?.status === "duplicate" && JSON.stringify(again.pricing)).toContain('"cost":"0.5"');
      expect(await itemsOf(table, "USAGE#")).toHaveLength(1);
      expect(recordsOf(await readStream(table), "USAGE#")).toHaveLength(1);
    });
  });

  it("refuses another content under a known id, and changes nothing", async () => {
    await withTable(async (table) => {
      await record(table, aPricedMetric());
      const before = await itemsOf(table, "USAGE#");
      const other = aPricedMetric({ usage: { input: 101, output: 20 } });
      expect(await statusesOf(record(table, other))).toEqual(["conflict"]);
      expect(await itemsOf(table, "USAGE#")).toEqual(before);
    });
  });

  it("tells duplicates and conflicts apart within one batch", async () => {
    await withTable(async (table) => {
      const a = aPricedMetric({ requestId: "a" });
      const b = aPricedMetric({ requestId: "b" });
      const otherA = aPricedMetric({ requestId: "a", callCount: 2 });
      expect(await statusesOf(record(table, a, b, a, otherA, b))).toEqual([
        "recorded",
        "recorded",
        "duplicate",
        "conflict",
        "duplicate",
      ]);
      const stored = await itemsOf(table, "USAGE#");
      expect(stored).toHaveLength(2);
      expect(stored.map(({ call_count }) => call_count)).toEqual([undefined, undefined]);
    });
  });

  it("stores 500 at once, and knows them all again", async () => {
    await withTable(async (table) => {
      const all = metrics(500, { jobId: "nightly", metadata: { department: "r&d" } });
      expect(new Set(await statusesOf(record(table, ...all)))).toEqual(new Set(["recorded"]));
      expect(await itemsOf(table, "USAGE#")).toHaveLength(500);
      expect(new Set(await statusesOf(record(table, ...all)))).toEqual(new Set(["duplicate"]));
      expect(recordsOf(await readStream(table), "USAGE#")).toHaveLength(500);
    });
  });

  it("stores an unpriced metric without a cost", async () => {
    await withTable(async (table) => {
      const [outcome] = await record(table, unpriced({}));
      expect(outcome).toEqual({
        status: "recorded",
        pricing: { status: "unpriced", reason: "no price is known", units: [] },
      });
      const [item] = await itemsOf(table, "USAGE#");
      expect(item).toMatchObject({ pricing_status: "unpriced" });
      expect(item).not.toHaveProperty("cost_usd");
    });
  });

  it("keeps one content of each id when senders race, and totals agree with it", async () => {
    await withTable(async (table) => {
      const senders = Array.from({ length: 8 }, (_, sender) =>
        Array.from({ length: 20 }, (_, index) =>
          aPricedMetric(
            { requestId: `req-${index}`, userId: `user-${sender}`, callCount: sender + 1 },
            `0.${sender + 1}`,
          ),
        ),
      );
      const outcomes = await Promise.all(senders.map((some) => record(table, ...some)));
      expect(outcomes.flat().map(({ status }) => status)).toContain("recorded");
      const stored = await itemsOf(table, "USAGE#");
      expect(stored).toHaveLength(20);
      await rollUp(table, recordsOf(await readStream(table), "USAGE#"), "shard");
      expect(await storedSums(table)).toEqual(expectedSums(stored));
    });
  });

  it("sends again what a throttled table leaves unprocessed", async () => {
    await withTable(async (table) => {
      const throttled = throttledTable(table);
      const all = metrics(60);
      expect(new Set(await statusesOf(record(throttled, ...all)))).toEqual(new Set(["recorded"]));
      expect(await itemsOf(table, "USAGE#")).toHaveLength(60);
      expect(new Set(await statusesOf(record(throttledTable(table), ...all)))).toEqual(
        new Set(["duplicate"]),
      );
      expect(recordsOf(await readStream(table), "USAGE#")).toHaveLength(60);
    });
  });

  it("keeps the exact cost, however small or large", async () => {
    await withTable(async (table) => {
      const costs = ["0.000000000000000001", "999999999.999999999999999999", "0", "0.000000075"];
      await record(table, ...costs.map((cost) => aPricedMetric({ requestId: cost }, cost)));
      for (const { pricing, cost } of (
        await record(table, ...costs.map((cost) => aPricedMetric({ requestId: cost }, "1")))
      ).map((outcome, index) => ({
        pricing: "pricing" in outcome && outcome.pricing,
        cost: costs[index] ?? "",
      }))) {
        expect(pricing && "cost" in pricing && pricing.cost.equals(Money.parse(cost))).toBe(true);
      }
    });
  });
});

/** A table that, the first time it gets a batch of some size, takes only half of it: no engine here throttles. */
function throttledTable(table: TestTable): Table {
  const throttled = openTable(table.name, engineConfig());
  throttled.client.middlewareStack.add(
    (next) => async (args) => {
      const { RequestItems: requests } = args.input as { RequestItems?: Record<string, unknown> };
      const batch = requests?.[table.name];
      const isGet = typeof batch === "object" && batch !== null && "Keys" in batch;
      const all: unknown = isGet ? batch.Keys : batch;
      if (!Array.isArray(all) || all.length < 4) return next(args);
      const [taken, left] = [all.slice(0, all.length / 2), all.slice(all.length / 2)];
      const wrap = (some: unknown[]) => ({ [table.name]: isGet ? { ...batch, Keys: some } : some });
      const answer = await next({ ...args, input: { ...args.input, RequestItems: wrap(taken) } });
      const output = { ...answer.output, [isGet ? "UnprocessedKeys" : "UnprocessedItems"]: wrap(left) };
      return { ...answer, output };
    },
    { step: "initialize", name: "throttle" },
  );
  return throttled;
}
