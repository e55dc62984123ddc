import {
  type AIUsageMetric,
  DAY_MS,
  type Instant,
  instantFromEpochMs,
  PRICES_SETTLE_MS,
  parseInstant,
  parseUtcDate,
  plusMs,
  type Restatement,
  utcDateOf,
} from "@ai-usage/core";
import { PriceSource } from "@ai-usage/ingest";
import { toOwnPrice } from "@ai-usage/pricing";
import {
  createRestatement,
  findRestatement,
  listUnpricedModels,
  putOwnPrice,
  recordMetrics,
  restatementProgress,
  type Table,
  workOnRestatement,
} from "@ai-usage/store";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { repriceWith } from "../../lambdas/restate/reprice.ts";
import { sweep } from "../../lambdas/restate/sweep.ts";
import { metricKey } from "../../packages/store/src/keys.ts";
import { noteUnpricedModel } from "../../packages/store/src/unpriced-models.ts";
import { withTable } from "../support/engine.ts";
import { itemsOf } from "../support/items.ts";
import { metricOptions, unpriced } from "../support/metrics.ts";

const NOW = instantFromEpochMs(Date.UTC(2026, 10, 25, 12));
const subject = { service: "openai", model: "nova-9", operation: "chat.completions" };

/** Calls of a model that nobody has a price for, and what budget-watch writes down of it. */
async function someUnpriced(table: Table, count: number, name = "nova"): Promise<void> {
  const metrics = Array.from({ length: count }, (_, index) =>
    unpriced({ ...subject, requestId: `${name}-${index}`, usage: { input: 1_000_000 } }),
  );
  await recordMetrics(table, metrics, metricOptions);
  await noteUnpricedModel(table, { subject, date: parseUtcDate("2026-11-21"), now: NOW });
}

/** Stores one call as a function does that has no price for it; budget-watch sees it at `seenAt`. */
async function anUnpriced(table: Table, given: Partial<AIUsageMetric>, seenAt = NOW): Promise<void> {
  const priced = unpriced({ ...subject, usage: { input: 1_000_000 }, ...given });
  await recordMetrics(table, [priced], metricOptions);
  const { service, model, operation, timestamp } = priced.metric;
  await noteUnpricedModel(table, {
    subject: { service, model, operation },
    date: utcDateOf(timestamp),
    now: seenAt,
  });
}

/** What of an order is not its id. */
const running = (restatementId: string, createdAt: Instant): Restatement => ({
  restatementId,
  selection: {
    from: parseUtcDate("2026-11-20"),
    to: parseUtcDate("2026-11-25"),
    onlyUnpriced: false,
  },
  dryRun: false,
  state: "running",
  createdAt,
  createdBy: "tester",
  startsAt: createdAt,
});

async function setPrice(table: Table, perMillion: string, at: Instant): Promise<void> {
  const price = toOwnPrice({
    provider: "openai",
    model: "nova-9",
    names: [],
    services: [],
    isActive: true,
    row: { per_million: { input: perMillion }, source: "price list" },
  });
  await putOwnPrice(table, price, { editId: `edit-${perMillion}`, at, by: "tester" });
}

function sweeper(table: Table) {
  const prices = new PriceSource(table, { refreshSeconds: 20 });
  let orders = 0;
  const sweepAt = (now: Instant, bookId = "book-1") =>
    sweep({ table, prices, bookId, settleMs: PRICES_SETTLE_MS, newId: () => `rst_${++orders}` }, now);
  const workOn = (restatementId: string, now: Instant) =>
    workOnRestatement(table, restatementId, {
      worker: "sweeper",
      reprice: () => repriceWith(prices, now),
      serviceIndex: true,
      clock: () => now,
      waitUntil: async () => {},
      hasTime: () => true,
    });
  return { sweepAt, workOn };
}

const listed = async (table: Table) =>
  (await listUnpricedModels(table, { limit: 10 })).items.map(({ model }) => model);

describe("a sweep", () => {
  it("orders the filling-in of a model when its price has come and reached every function, once", async () => {
    await withTable(async (table) => {
      const { sweepAt, workOn } = sweeper(table);
      await someUnpriced(table, 30);
      expect(await sweepAt(NOW)).toEqual([]);
      const priced = plusMs(NOW, 60_000);
      await setPrice(table, "2", priced);
      expect(await sweepAt(plusMs(priced, PRICES_SETTLE_MS - 1_000))).toEqual([]);
      const settled = plusMs(priced, PRICES_SETTLE_MS + 20_000);
      expect(await sweepAt(settled)).toEqual(["rst_1"]);
      // Nobody has worked on it yet: it is found again as what it is, and not ordered again.
      expect(await sweepAt(plusMs(settled, 20_000))).toEqual(["rst_1"]);
      expect(await workOn("rst_1", settled)).toBe("done");
      const stored = await findRestatement(table, "rst_1");
      const { sums } = await restatementProgress(table, stored as NonNullable<typeof stored>);
      expect({ metrics: sums.total.metrics, after: sums.total.after.toString() }).toEqual({
        metrics: 30,
        after: "60",
      });
      expect(
        (await itemsOf(table, "USAGE#")).every(({ pricing_status }) => pricing_status === "priced"),
      ).toBe(true);
      // Nothing of it is left without a price: it is off the list.
      expect(await sweepAt(plusMs(settled, 60_000))).toEqual([]);
      expect(await listed(table)).toEqual([]);
    });
  });

  it("looks at a model anew with every change of prices, own or published, and at no other time", async () => {
    await withTable(async (table) => {
      const { sweepAt } = sweeper(table);
      await someUnpriced(table, 3);
      await setPrice(table, "2", NOW);
      const later = plusMs(NOW, 600_000);
      expect(await sweepAt(later)).toEqual(["rst_1"]);
      expect(await sweepAt(later)).toEqual(["rst_1"]);
      await setPrice(table, "3", later);
      const evenLater = plusMs(later, 600_000);
      expect(await sweepAt(evenLater)).toHaveLength(2);
      expect(await sweepAt(evenLater, "book-2")).toHaveLength(3);
      expect(await listed(table)).toEqual(["nova-9"]);
    });
  });

  it("goes on with all that is not done, the oldest first, however much was ordered since", async () => {
    await withTable(async (table) => {
      const { sweepAt, workOn } = sweeper(table);
      const ids = Array.from({ length: 130 }, (_, index) => `rst_old_${index}`);
      for (const [index, id] of ids.entries())
        await createRestatement(table, running(id, plusMs(NOW, index)));
      expect(await sweepAt(plusMs(NOW, 60_000))).toEqual(ids);
      expect(await workOn("rst_old_0", plusMs(NOW, 60_000))).toBe("done");
      expect(await sweepAt(plusMs(NOW, 60_000))).toEqual(ids.slice(1));
    });
  });

  it("fills in calls that name only the model that was asked for", async () => {
    await withTable(async (table) => {
      const { sweepAt, workOn } = sweeper(table);
      await anUnpriced(table, { requestId: "r", model: undefined, requested: { model: "nova-9" } });
      await setPrice(table, "2", NOW);
      const later = plusMs(NOW, 600_000);
      expect(await sweepAt(later)).toEqual(["rst_1"]);
      await workOn("rst_1", later);
      expect((await itemsOf(table, "USAGE#")).map(({ pricing_status }) => pricing_status)).toEqual([
        "priced",
      ]);
      await sweepAt(plusMs(later, 60_000));
      expect(await listed(table)).toEqual([]);
    });
  });

  it("keeps a model on its list while calls of it are listed, those that it cannot read too", async () => {
    await withTable(async (table) => {
      const { sweepAt } = sweeper(table);
      await setPrice(table, "2", NOW);
      for (const index of [1, 2]) {
        await anUnpriced(table, {
          requestId: `b-${index}`,
          timestamp: parseInstant(`2026-11-21T0${index}:00:00Z`),
        });
      }
      const change = (requestId: string, UpdateExpression: string, values: Record<string, unknown>) =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: metricKey(requestId),
            UpdateExpression,
            ExpressionAttributeValues: values,
          }),
        );
      // As an index shows it that is a moment behind: priced already, and listed still.
      await change("b-1", "SET pricing_status = :s, cost_usd = :c, price_id = :p", {
        ":s": "priced",
        ":c": 1,
        ":p": "row",
      });
      const later = plusMs(NOW, 600_000);
      await sweepAt(later);
      await sweepAt(plusMs(later, 60_000));
      expect(await listed(table)).toEqual(["nova-9"]);
      await change("b-1", "SET pricing_status = :s", { ":s": "a word of tomorrow" });
      await sweepAt(plusMs(later, 120_000));
      expect(await listed(table)).toEqual(["nova-9"]);
    });
  });

  it("forgets no call of a clock that is ahead, in another month already", async () => {
    await withTable(async (table) => {
      const { sweepAt } = sweeper(table);
      await setPrice(table, "2", NOW);
      const midnight = parseInstant("2026-12-01T00:00:00Z");
      await anUnpriced(table, { requestId: "ahead", timestamp: plusMs(midnight, 60_000) }, NOW);
      await sweepAt(plusMs(midnight, -120_000));
      await sweepAt(plusMs(midnight, -60_000));
      expect(await listed(table)).toEqual(["nova-9"]);
    });
  });

  it("does not forget a model that was seen a moment ago: the index may not list its calls yet", async () => {
    await withTable(async (table) => {
      const { sweepAt } = sweeper(table);
      await setPrice(table, "2", NOW);
      const later = plusMs(NOW, 600_000);
      await noteUnpricedModel(table, { subject, date: parseUtcDate("2026-11-21"), now: later });
      await sweepAt(later);
      await sweepAt(plusMs(later, 1_000));
      expect(await listed(table)).toEqual(["nova-9"]);
      await sweepAt(plusMs(later, 60_000));
      expect(await listed(table)).toEqual([]);
    });
  });

  it("looks at a model again a day later where calls without a price came after its order, of earlier days too", async () => {
    await withTable(async (table) => {
      const { sweepAt, workOn } = sweeper(table);
      await someUnpriced(table, 2);
      await setPrice(table, "2", NOW);
      const later = plusMs(NOW, 600_000);
      expect(await sweepAt(later)).toEqual(["rst_1"]);
      await workOn("rst_1", later);
      // Of a function with the prices of before, counted late.
      const early = parseInstant("2026-11-18T10:00:00Z");
      await anUnpriced(table, { requestId: "late", timestamp: early }, plusMs(later, 1_000));
      expect(await sweepAt(plusMs(later, DAY_MS - 1))).toEqual([]);
      const dayLater = plusMs(later, DAY_MS);
      expect(await sweepAt(dayLater)).toEqual(["rst_2"]);
      await workOn("rst_2", dayLater);
      expect(
        (await itemsOf(table, "USAGE#")).every(({ pricing_status }) => pricing_status === "priced"),
      ).toBe(true);
      expect(await sweepAt(plusMs(dayLater, 60_000))).toEqual([]);
      expect(await listed(table)).toEqual([]);
    });
  });
});
