import { GLOBAL_SCOPE, instantFromEpochMs, Money, type PricedMetric, parseUtcDate } from "@ai-usage/core";
import { readScopeTotals, recordMetrics, rollUp, toMetricItem } from "@ai-usage/store";
import { DeleteCommand, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CrashError, crashingTable } from "../support/crashing-table.ts";
import { deliver, type Weather } from "../support/deliveries.ts";
import { type TestTable, withTable } from "../support/engine.ts";
import { type Item, itemsOf } from "../support/items.ts";
import { aPricedMetric, metricOptions, unpriced } from "../support/metrics.ts";
import { expectedSums, storedSums } from "../support/naive-totals.ts";
import { partitionOf, readStream, recordsOf } from "../support/stream.ts";

const ids = fc.constantFrom(..."abcdefg");
const names = fc.constantFrom("a", "b");
const some = fc.option(names, { nil: undefined });
const cost = fc.option(
  fc
    .bigInt({ min: 0n, max: 10n ** 20n })
    .map((units) => Money.parse("0.000000000000000001").times(units).toString()),
  { nil: null },
);
const metric: fc.Arbitrary<PricedMetric> = fc
  .record({
    id: ids,
    cost,
    minute: fc.integer({ min: 0, max: 36 * 60 }),
    fields: fc.record({ service: names, model: some, userId: some, team: some, error: some }),
    callCount: fc.integer({ min: 1, max: 3 }),
    usage: fc.record(
      { input: fc.nat(1000), cache_read: fc.nat(1000), reasoning: fc.nat(1000) },
      { requiredKeys: [] },
    ),
    latencyMs: fc.option(fc.nat(1000), { nil: undefined }),
    department: some,
    advisor: fc.option(fc.record({ model: names, share: fc.nat(1) }), { nil: undefined }),
  })
  .map(({ id, cost: amount, minute, fields, department, advisor, ...rest }) => {
    const given = {
      ...fields,
      ...rest,
      requestId: id,
      timestamp: instantFromEpochMs(Date.UTC(2026, 10, 20) + minute * 60_000),
      ...(advisor && { alsoUsed: [{ model: `advisor-${advisor.model}`, usage: { input: 7, output: 3 } }] }),
    };
    const priced = withAdvisorsShare(
      aPricedMetric(given, amount ?? "0", department ? [`department:${department}`] : []),
      advisor?.share,
    );
    return amount === null
      ? { ...priced, pricing: { status: "unpriced", reason: "no price is known", units: [] } }
      : priced;
  });

/** All of the cost is the other model's, or none of it. */
function withAdvisorsShare(priced: PricedMetric, share: number | undefined): PricedMetric {
  const { pricing } = priced;
  if (share === undefined || pricing.status !== "priced") return priced;
  return { ...priced, pricing: { ...pricing, alsoUsedCosts: [pricing.cost.times(BigInt(share))] } };
}

/** What may happen to stored metrics. */
type Step =
  | { readonly kind: "record"; readonly metrics: readonly PricedMetric[] }
  | { readonly kind: "restate"; readonly metric: PricedMetric }
  | { readonly kind: "erase" | "expire" | "break"; readonly id: string };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .array(metric, { minLength: 1, maxLength: 6 })
      .map((metrics) => ({ kind: "record" as const, metrics })),
  },
  { weight: 2, arbitrary: metric.map((one) => ({ kind: "restate" as const, metric: one })) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("erase" as const, "expire" as const, "break" as const),
      id: ids,
    }),
  },
);

const weather: fc.Arbitrary<Weather> = fc.record({
  seed: fc.integer(),
  shards: fc.integer({ min: 1, max: 4 }),
  batchMax: fc.integer({ min: 1, max: 12 }),
  redeliver: fc.constantFrom(0, 0.3, 0.6),
  crash: fc.constantFrom(0, 0.3, 0.5),
  zombie: fc.constantFrom(0, 0.3),
  roll: fc.boolean(),
});

/** Does the steps; answers what the table let expire (which stays counted) and the stream's numbers of those removals. */
async function live(
  table: TestTable,
  steps: readonly Step[],
): Promise<{ expired: Item[]; expiries: Set<number> }> {
  const expired: Item[] = [];
  const expiries = new Set<number>();
  let removals = 0;
  for (const one of steps) {
    if (one.kind === "record") await recordMetrics(table, one.metrics, metricOptions);
    else if (one.kind === "restate") {
      await table.client.send(
        new PutCommand({ TableName: table.name, Item: toMetricItem(one.metric, metricOptions) }),
      );
    } else {
      const Key = { PK: `USAGE#${one.id}`, SK: "METRIC" };
      const { Item: found } = await table.client.send(
        new GetCommand({ TableName: table.name, Key, ConsistentRead: true }),
      );
      if (!found) continue;
      if (one.kind === "break") {
        await table.client.send(
          new PutCommand({ TableName: table.name, Item: { ...found, usage: "a lot" } }),
        );
        continue;
      }
      if (one.kind === "expire") {
        if (typeof found.usage !== "string") expired.push(found);
        expiries.add(removals);
      }
      await table.client.send(new DeleteCommand({ TableName: table.name, Key }));
      removals += 1;
    }
  }
  return { expired, expiries };
}

async function checkHistory(steps: readonly Step[], sky: Weather): Promise<void> {
  await withTable(async (table) => {
    const { expired, expiries } = await live(table, steps);
    let removals = 0;
    // No engine here lets items expire into its stream: the records of those removals get the mark that AWS gives them.
    const records = recordsOf(await readStream(table), "USAGE#").map((record) =>
      record.eventName === "REMOVE" && expiries.has(removals++)
        ? { ...record, userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" } }
        : record,
    );
    await deliver(table, records, sky);
    const stored = (await itemsOf(table, "USAGE#")).filter(({ usage }) => typeof usage !== "string");
    expect(await storedSums(table)).toEqual(expectedSums([...stored, ...expired]));
  });
}

/** DynamoDB Local slows down with each table that has a stream: fewer histories there, the same properties. */
const HISTORIES = process.env.DYNAMODB_ENDPOINT === undefined ? 20 : 6;
const HISTORIES_MS_MAX = 300_000;

describe("totals", () => {
  it(
    "equal what is stored, to the last digit, whatever happened to the metrics and to the stream",
    async () => {
      const seed = Date.now();
      console.log(`exact totals: fast-check seed ${seed}`);
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), weather, checkHistory),
        {
          seed,
          numRuns: HISTORIES,
          endOnFailure: true,
        },
      );
    },
    HISTORIES_MS_MAX,
  );
});

/** Records of the metrics' stream so far. */
const changesOf = async (table: TestTable) => recordsOf(await readStream(table), "USAGE#");

describe("rollup", () => {
  it("counts a redelivered record once, also in a batch with other borders", async () => {
    await withTable(async (table) => {
      await recordMetrics(table, [aMetricOf("a"), aMetricOf("b"), aMetricOf("c")], metricOptions);
      const [a, b, c] = await changesOf(table);
      if (!a || !b || !c) throw new Error("three metrics were written");
      await rollUp(table, [a, b], "shard");
      await rollUp(table, [a], "shard");
      await rollUp(table, [b, c], "shard");
      await rollUp(table, [a, b, c], "shard");
      expect(await spent(table)).toBe("1.5");
    });
  });

  it("compares sequence numbers as numbers of any length", async () => {
    await withTable(async (table) => {
      const numbers = ["9", "10", "99", "100", "100000000000000000000000001"];
      await recordMetrics(
        table,
        numbers.map((number) => aMetricOf(number)),
        metricOptions,
      );
      const changes = await changesOf(table);
      const numbered = changes.map((change, index) => ({
        ...change,
        dynamodb: { ...change.dynamodb, SequenceNumber: numbers[index] ?? "" },
      }));
      for (const change of numbered) await rollUp(table, [change], "shard");
      expect(await spent(table)).toBe("2.5");
      await rollUp(table, numbered, "shard");
      expect(await spent(table)).toBe("2.5");
    });
  });

  it("finishes what a crash left half done, wherever it was", async () => {
    await withTable(async (table) => {
      await recordMetrics(table, [aMetricOf("a"), aMetricOf("b")], metricOptions);
      const changes = await changesOf(table);
      for (const updates of [0, 1, 3, 5, 6]) {
        for (const answerLost of [false, true]) {
          const shard = `shard-${updates}-${answerLost}`;
          await expect(rollUp(crashingTable(table, updates, answerLost), changes, shard)).rejects.toThrow(
            CrashError,
          );
          await rollUp(table, changes, shard);
        }
      }
      // Ten shards that all bring the same two metrics: each counts them once.
      expect(await spent(table)).toBe("10");
    });
  });

  it("has a counter of its own for each shard", async () => {
    await withTable(async (table) => {
      await recordMetrics(table, [aMetricOf("a"), aMetricOf("b")], metricOptions);
      const [a, b] = await changesOf(table);
      if (!a || !b) throw new Error("two metrics were written");
      await Promise.all([rollUp(table, [b], "shard-2"), rollUp(table, [a], "shard-1")]);
      const days = (await itemsOf(table, "TOTAL#global:all")).filter(({ SK }) =>
        String(SK).startsWith("DAY#"),
      );
      expect(days.map(({ SK }) => SK).sort()).toEqual(["DAY#2026-11-21#shard-1", "DAY#2026-11-21#shard-2"]);
      expect(await spent(table)).toBe("1");
    });
  });

  it("follows a restated price, and a price that arrives late", async () => {
    await withTable(async (table) => {
      await recordMetrics(table, [aMetricOf("a"), unpriced({ requestId: "b" })], metricOptions);
      await rollUp(table, await changesOf(table), "shard");
      expect([await spent(table), (await totalsOf(table)).unpricedCalls]).toEqual(["0.5", 1]);
      for (const [id, cost] of [
        ["a", "0.25"],
        ["b", "0.000000000000000001"],
      ] as const) {
        const Item = toMetricItem(aPricedMetric({ requestId: id }, cost), metricOptions);
        await table.client.send(new PutCommand({ TableName: table.name, Item }));
      }
      await rollUp(table, await changesOf(table), "shard");
      expect([await spent(table), (await totalsOf(table)).unpricedCalls]).toEqual([
        "0.250000000000000001",
        0,
      ]);
      expect((await totalsOf(table)).calls).toBe(2);
    });
  });

  it("counts down what is erased, and keeps what has expired", async () => {
    await withTable(async (table) => {
      await recordMetrics(table, [aMetricOf("a"), aMetricOf("b"), aMetricOf("c")], metricOptions);
      for (const id of ["a", "b"]) {
        await table.client.send(
          new DeleteCommand({ TableName: table.name, Key: { PK: `USAGE#${id}`, SK: "METRIC" } }),
        );
      }
      const expiry = { type: "Service", principalId: "dynamodb.amazonaws.com" };
      const changes = (await changesOf(table)).map((change) =>
        change.eventName === "REMOVE" && partitionOf(change) === "USAGE#b"
          ? { ...change, userIdentity: expiry }
          : change,
      );
      await rollUp(table, changes, "shard");
      expect((await totalsOf(table)).calls).toBe(2);
    });
  });

  it("sets a metric aside that it cannot read, whole and with the reason, and goes on", async () => {
    await withTable(async (table) => {
      await recordMetrics(table, [aMetricOf("a")], metricOptions);
      const poison = { ...toMetricItem(aMetricOf("bad"), metricOptions), timestamp: "yesterday" };
      await table.client.send(new PutCommand({ TableName: table.name, Item: poison }));
      await recordMetrics(table, [aMetricOf("c")], metricOptions);
      const changes = await changesOf(table);
      expect(await rollUp(table, changes, "shard")).toBe(1);
      expect(await rollUp(table, changes, "shard")).toBe(1);
      expect(await spent(table)).toBe("1");
      const aside = await itemsOf(table, "ASIDE#");
      expect(aside).toHaveLength(1);
      expect(aside[0]).toMatchObject({
        reason: "timestamp is not an instant",
        event_name: "INSERT",
        lineage: "shard",
      });
      expect(JSON.parse(String(aside[0]?.record))).toMatchObject({
        NewImage: { timestamp: { S: "yesterday" } },
      });
      // Put right, it counts, once.
      await table.client.send(
        new PutCommand({ TableName: table.name, Item: toMetricItem(aMetricOf("bad"), metricOptions) }),
      );
      await rollUp(table, await changesOf(table), "shard");
      expect(await spent(table)).toBe("1.5");
    });
  });

  it("writes nothing for a metric that was written again without change", async () => {
    await withTable(async (table) => {
      await recordMetrics(table, [aMetricOf("a")], metricOptions);
      await table.client.send(
        new PutCommand({ TableName: table.name, Item: toMetricItem(aMetricOf("a"), metricOptions) }),
      );
      await rollUp(table, await changesOf(table), "shard");
      expect(await spent(table)).toBe("0.5");
    });
  });

  it("takes names as long as a metric may have, in any script", async () => {
    await withTable(async (table) => {
      const name = "日".repeat(85);
      const names = { service: name, model: name, operation: name, userId: name, jobId: name };
      await recordMetrics(table, [aPricedMetric({ ...names, requestId: name })], metricOptions);
      await rollUp(table, await changesOf(table), "shardId-00000001414576573621-f55eea83");
      expect(await storedSums(table)).toEqual(expectedSums(await itemsOf(table, "USAGE#")));
      expect(await spent(table)).toBe("0.5");
    });
  });
});

const aMetricOf = (requestId: string) => aPricedMetric({ requestId });
const day = { days: [parseUtcDate("2026-11-21")], hours: [] };
const totalsOf = (table: TestTable) => readScopeTotals(table, GLOBAL_SCOPE, day);
const spent = async (table: TestTable) => (await totalsOf(table)).cost.toString();
