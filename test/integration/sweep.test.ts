import { type Instant, instantFromEpochMs, PRICES_SETTLE_MS, parseUtcDate, plusMs } from "@ai-usage/core";
import { toOwnPrice } from "@ai-usage/pricing";
import {
  findRestatement,
  listUnpricedModels,
  putOwnPrice,
  recordMetrics,
  restatementProgress,
  type Table,
  workOnRestatement,
} from "@ai-usage/store";
import { describe, expect, it } from "vitest";
import { PriceSource } from "../../lambdas/price-source.ts";
import { repriceWith } from "../../lambdas/restate/reprice.ts";
import { sweep } from "../../lambdas/restate/sweep.ts";
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
});
