import { type AIUsageMetric, costOf, instantFromEpochMs, Money, parseUtcDate } from "@ai-usage/core";
import { PriceSource } from "@ai-usage/ingest";
import { builtInPriceBook, pricingOf, quote, toOwnPrice } from "@ai-usage/pricing";
import {
  createRestatement,
  deleteOwnPrice,
  fromMetricItem,
  type MetricToRecord,
  openTable,
  putOwnPrice,
  recordMetrics,
  type Table,
  type VolumePricedMetric,
  volumeCount,
  workOnRestatement,
} from "@ai-usage/store";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { repriceWith } from "../../lambdas/restate/reprice.ts";
import { randomFrom } from "../support/deliveries.ts";
import { engineConfig, type TestTable, withTable } from "../support/engine.ts";
import { itemsOf } from "../support/items.ts";
import { aPricedMetric, metricOptions } from "../support/metrics.ts";
import { anEdit } from "../support/own-prices.ts";

const book = builtInPriceBook();
const VOLUME = "google_places#autocomplete#default#2026-11";

function autocompletes(
  requestId: string,
  requests: number,
  given: Partial<AIUsageMetric> = {},
): VolumePricedMetric {
  const { metric } = aPricedMetric({
    service: "google_places",
    model: undefined,
    operation: "autocomplete",
    usage: { request: requests },
    timestamp: instantFromEpochMs(Date.UTC(2026, 10, 20)),
    requestId,
    ...given,
  });
  const priceAt = (before: number) => pricingOf(quote(book, metric, { volumeBefore: () => before }));
  const [volume] = quote(book, metric).volumes;
  if (volume === undefined) throw new Error("autocompletes are priced by volume");
  return { metric, customScopes: [], volume, priceAt };
}

async function storedCost(table: Table): Promise<string> {
  const costs = (await itemsOf(table, "USAGE#")).map(
    (item) => costOf(fromMetricItem(item).pricing) ?? Money.zero,
  );
  return Money.sum(costs).toString();
}

/** A table in trouble: transactions that meet others, and answers that are lost after the work is done. */
function troubled(table: TestTable, random: () => number): Table {
  const client = openTable(table.name, engineConfig());
  client.client.middlewareStack.add(
    (next, context) => async (args) => {
      if (!context.commandName?.startsWith("TransactWrite")) return next(args);
      const fate = random();
      if (fate < 0.1) {
        throw new TransactionCanceledException({
          message: "met another",
          $metadata: {},
          CancellationReasons: [{ Code: "TransactionConflict" }, { Code: "None" }],
        });
      }
      const answer = await next(args);
      if (fate > 0.9) throw new Error("the answer was lost");
      return answer;
    },
    { step: "initialize", name: "trouble" },
  );
  return { ...table, ...client };
}

describe("a price by the month's volume", () => {
  it("comes to 481.70 for 200,000 autocompletes, from many senders at once that repeat, meet and lose answers", async () => {
    const seed = Number(process.env.AI_USAGE_TEST_SEED ?? Math.floor(Math.random() * 1_000_000));
    const random = randomFrom(seed);
    await withTable(async (table) => {
      const all: VolumePricedMetric[] = [];
      for (let left = 200_000; left > 0; ) {
        const requests = Math.min(left, 1 + Math.floor(random() * 900));
        all.push(autocompletes(`places-${all.length}`, requests));
        left -= requests;
      }
      const queue = [...all, ...all].sort(() => random() - 0.5);
      const client = troubled(table, random);
      const sender = async () => {
        while (queue.length > 0) {
          const batch = queue.splice(0, 1 + Math.floor(random() * 30));
          // As a sender does whose request failed: the same again.
          for (let sent = false; !sent; ) {
            sent = await recordMetrics(client, batch, metricOptions).then(
              () => true,
              () => false,
            );
          }
        }
      };
      await Promise.all([sender(), sender(), sender(), sender()]);
      expect({ seed, count: await volumeCount(table, VOLUME), cost: await storedCost(table) }).toEqual({
        seed,
        count: 200_000,
        cost: "481.7",
      });
      expect(await itemsOf(table, "USAGE#")).toHaveLength(all.length);
    });
  });

  it("splits an event that crosses a step, and counts months and accounts apart", async () => {
    await withTable(async (table) => {
      const [first, second, other, later] = await recordMetrics(
        table,
        [
          autocompletes("a", 9_999),
          autocompletes("b", 3),
          autocompletes("c", 10_001, { billingAccount: "subsidiary" }),
          // 08:00 UTC on the first is midnight in Los Angeles.
          autocompletes("d", 10_001, { timestamp: instantFromEpochMs(Date.UTC(2026, 11, 1, 8)) }),
        ],
        metricOptions,
      );
      const costs = [first, second, other, later].map((one) =>
        one?.status === "recorded" ? String(costOf(one.pricing)) : one?.status,
      );
      expect(costs).toEqual(["0", "0.00566", "0.00283", "0.00283"]);
    });
  });

  it("tells duplicates and conflicts, within a request and from one to the next, and counts none of them", async () => {
    await withTable(async (table) => {
      const record = async (...metrics: MetricToRecord[]) =>
        (await recordMetrics(table, metrics, metricOptions)).map(({ status }) => status);
      expect(await record(autocompletes("a", 5), autocompletes("a", 5), autocompletes("a", 6))).toEqual([
        "recorded",
        "duplicate",
        "conflict",
      ]);
      expect(await record(autocompletes("a", 5), autocompletes("b", 1), autocompletes("a", 7))).toEqual([
        "duplicate",
        "recorded",
        "conflict",
      ]);
      expect(await volumeCount(table, VOLUME)).toBe(6);
    });
  });

  it("gives one of two senders that race with an id its place, and the other a duplicate", async () => {
    await withTable(async (table) => {
      const race = () => recordMetrics(table, [autocompletes("same", 7)], metricOptions);
      const outcomes = (await Promise.all([race(), race(), race(), race()])).flat();
      expect(outcomes.map(({ status }) => status).sort()).toEqual([
        "duplicate",
        "duplicate",
        "duplicate",
        "recorded",
      ]);
      expect(await volumeCount(table, VOLUME)).toBe(7);
    });
  });

  it("is the same again when the price was by another volume for a while: a call keeps its place in each", async () => {
    await withTable(async (table) => {
      const calls = Array.from({ length: 30 }, (_, index) => autocompletes(`places-${index}`, 600));
      await recordMetrics(table, calls, metricOptions);
      expect(await storedCost(table)).toBe("22.64");
      const volume = {
        unit: "request",
        meter: "contract",
        period: "month",
        time_zone: "UTC",
        steps: [{ up_to: 9_000, per_unit: "0" }, { per_unit: "0.01" }],
      };
      const price = toOwnPrice({
        provider: "google_places",
        model: "autocomplete",
        names: [],
        services: [],
        isActive: true,
        row: { source: "contract", volume },
      });
      for (const [turn, expected] of [
        [1, "90"],
        [2, "22.64"],
        [3, "90"],
      ] as const) {
        if (turn === 2) await deleteOwnPrice(table, price.priceId, anEdit(turn));
        else await putOwnPrice(table, price, anEdit(turn));
        await restateAll(table, `rst_${turn}`);
        expect(await storedCost(table)).toBe(expected);
      }
      expect(await volumeCount(table, VOLUME)).toBe(18_000);
      expect(await volumeCount(table, VOLUME.replace("autocomplete", "contract"))).toBe(18_000);
    });
  });
});

async function restateAll(table: Table, restatementId: string): Promise<void> {
  const now = instantFromEpochMs(Date.UTC(2026, 10, 25, 12));
  await createRestatement(table, {
    restatementId,
    selection: {
      from: parseUtcDate("2026-11-20"),
      to: parseUtcDate("2026-11-20"),
      service: "google_places",
      onlyUnpriced: false,
    },
    dryRun: false,
    state: "running",
    createdAt: now,
    createdBy: "tester",
    startsAt: now,
  });
  const prices = new PriceSource(table, { refreshSeconds: 20 });
  const outcome = await workOnRestatement(table, restatementId, {
    worker: "worker",
    reprice: () => repriceWith(prices, now),
    serviceIndex: true,
    clock: () => now,
    waitUntil: async () => {},
    hasTime: () => true,
  });
  expect(outcome).toBe("done");
}
