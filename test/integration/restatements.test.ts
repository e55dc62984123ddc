import {
  type AIUsageMetric,
  type Instant,
  instantFromEpochMs,
  Money,
  type PricedMetric,
  type Pricing,
  parseInstant,
  parseScope,
  parseUtcDate,
  plusMs,
  type Reprice,
  type Restatement,
  type RestatementSelection,
} from "@ai-usage/core";
import {
  createBudget,
  createRestatement,
  findRestatement,
  fromMetricItem,
  openTable,
  type RestatementProgress,
  type RestatementWork,
  recordMetrics,
  restatementProgress,
  type Table,
  workOnRestatement,
} from "@ai-usage/store";
import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { metricKey } from "../../packages/store/src/keys.ts";
import { noteUnpricedModel } from "../../packages/store/src/unpriced-models.ts";
import { aNewBudget, aNote } from "../support/budgets.ts";
import { CrashError } from "../support/crashing-table.ts";
import { deliver } from "../support/deliveries.ts";
import { engineConfig, type TestTable, withTable } from "../support/engine.ts";
import { itemsOf } from "../support/items.ts";
import { aPricedMetric, metricOptions } from "../support/metrics.ts";
import { expectedSums, storedSums } from "../support/naive-totals.ts";
import { readStream, recordsOf } from "../support/stream.ts";

const NOW = instantFromEpochMs(Date.UTC(2026, 10, 25, 12));
const fairWeather = { seed: 1, shards: 2, batchMax: 50, redeliver: 0, crash: 0, zombie: 0, roll: false };

const priced = (cost: string): Pricing => ({
  status: "priced",
  cost: Money.parse(cost),
  priceId: `test/${cost}`,
});
const notPriced: Pricing = { status: "unpriced", reason: "no price is known", units: [] };

/** The other engine slows down with each table. */
const KILLS = process.env.DYNAMODB_ENDPOINT === undefined ? 12 : 4;

/** `count` metrics over three days, three users and two models. */
function metrics(
  count: number,
  pricing: Pricing,
  given: Partial<AIUsageMetric> = {},
  name = "m",
): PricedMetric[] {
  return Array.from({ length: count }, (_, index) => {
    const { metric } = aPricedMetric({
      requestId: `${name}-${index}`,
      timestamp: instantFromEpochMs(Date.UTC(2026, 10, 20 + (index % 3), index % 24, index % 60)),
      model: index % 2 === 0 ? "gpt-even" : "gpt-odd",
      userId: `user-${index % 3}`,
      ...given,
    });
    return { metric, customScopes: ["department:research"], pricing };
  });
}

async function order(
  table: Table,
  selection: Partial<RestatementSelection> = {},
  given: Partial<Restatement> = {},
): Promise<string> {
  const restatement: Restatement = {
    restatementId: `rst_${Math.random().toString(36).slice(2, 10)}`,
    selection: {
      from: parseUtcDate("2026-11-20"),
      to: parseUtcDate("2026-11-25"),
      onlyUnpriced: false,
      ...selection,
    },
    dryRun: false,
    state: "running",
    createdAt: NOW,
    createdBy: "tester",
    startsAt: NOW,
    ...given,
  };
  await createRestatement(table, restatement);
  return restatement.restatementId;
}

function workWith(reprice: Reprice, given: Partial<RestatementWork> = {}): RestatementWork {
  return {
    worker: "worker-1",
    reprice: async () => reprice,
    serviceIndex: true,
    clock: () => NOW,
    waitUntil: async () => {},
    hasTime: () => true,
    ...given,
  };
}

const everythingCosts =
  (cost: string): Reprice =>
  () => ({ pricing: priced(cost) });

async function progressOf(table: Table, restatementId: string): Promise<RestatementProgress> {
  const stored = await findRestatement(table, restatementId);
  if (!stored) throw new Error("there is no such restatement");
  return restatementProgress(table, stored);
}

async function expectTotalsToFollow(table: TestTable): Promise<void> {
  await deliver(table, recordsOf(await readStream(table), "USAGE#"), fairWeather);
  expect(await storedSums(table)).toEqual(expectedSums(await itemsOf(table, "USAGE#")));
}

/** Stored and counted: which services a day had is looked up in its totals. */
async function recordAndCount(table: TestTable, given: readonly PricedMetric[]): Promise<void> {
  await recordMetrics(table, given, metricOptions);
  await expectTotalsToFollow(table);
}

const figuresOf = (progress: RestatementProgress) => ({
  metrics: progress.sums.total.metrics,
  before: progress.sums.total.before.toString(),
  after: progress.sums.total.after.toString(),
});

/** A worker that dies at the update after `updates`, with its work done or not. */
function dyingTable(table: TestTable, updates: number, workDone: boolean): Table {
  const dying = openTable(table.name, engineConfig());
  let made = 0;
  dying.client.middlewareStack.add(
    (next, context) => async (args) => {
      if (!/^(Update|Put|TransactWrite)/.test(context.commandName ?? "")) return next(args);
      made += 1;
      if (made > updates + 1) throw new CrashError("dead");
      if (made === updates + 1 && !workDone) throw new CrashError("dies");
      const answer = await next(args);
      if (made === updates + 1) throw new CrashError("dies");
      return answer;
    },
    { step: "initialize", name: "death" },
  );
  return { ...table, ...dying };
}

describe("a restatement", () => {
  it("prices what it means anew, keeps the former prices, and the totals follow exactly", async () => {
    await withTable(async (table) => {
      await recordMetrics(table, metrics(240, priced("1")), metricOptions);
      await recordAndCount(table, metrics(30, priced("1"), { service: "anthropic" }, "a"));
      const id = await order(table, { service: "openai" });
      expect(await workOnRestatement(table, id, workWith(everythingCosts("0.25")))).toBe("done");
      await expectTotalsToFollow(table);

      const progress = await progressOf(table, id);
      expect(figuresOf(progress)).toEqual({ metrics: 240, before: "240", after: "60" });
      expect(progress.sums.byDay.get("2026-11-21")?.metrics).toBe(80);
      expect(progress.sums.byScope.get("user:user-2")?.after.toString()).toBe("20");
      expect(progress.sums.byScope.get("department:research")?.metrics).toBe(240);
      const stored = (await itemsOf(table, "USAGE#")).map(fromMetricItem);
      for (const { metric, pricing, formerPricings } of stored) {
        const isMeant = metric.service === "openai";
        expect(pricing).toMatchObject({ cost: Money.parse(isMeant ? "0.25" : "1") });
        expect(formerPricings?.map((former) => former.restatementId)).toEqual(isMeant ? [id] : undefined);
      }
    });
  });

  it("changes nothing when it is run a second time", async () => {
    await withTable(async (table) => {
      await recordAndCount(table, metrics(60, priced("1")));
      const work = workWith(everythingCosts("3"));
      const first = await order(table);
      await workOnRestatement(table, first, work);
      const before = await itemsOf(table, "USAGE#");
      const records = (await readStream(table)).length;
      const second = await order(table);
      await workOnRestatement(table, second, work);
      expect(await itemsOf(table, "USAGE#")).toEqual(before);
      expect(recordsOf((await readStream(table)).slice(records), "USAGE#")).toEqual([]);
      expect(figuresOf(await progressOf(table, second))).toMatchObject({ metrics: 0 });
      // Working on one that is done is nothing either.
      expect(await workOnRestatement(table, first, work)).toBe("done");
    });
  });

  it("tells in a dry run what it would come to, by day, scope and budget, and changes nothing", async () => {
    await withTable(async (table) => {
      await recordAndCount(table, metrics(90, priced("1")));
      const budget = aNewBudget({
        budgetId: "bud_1",
        scope: parseScope("user:user-1"),
        calendar: { timeZone: "Asia/Kathmandu" },
        createdAt: NOW,
      });
      await createBudget(table, budget, aNote("created"));
      const before = await itemsOf(table, "USAGE#");
      const id = await order(table, { model: "gpt-odd" }, { dryRun: true });
      await workOnRestatement(table, id, workWith(everythingCosts("1.5")));
      const progress = await progressOf(table, id);
      expect(figuresOf(progress)).toEqual({ metrics: 45, before: "45", after: "67.5" });
      expect(progress).toMatchObject({ stepsDone: 6, stepsTotal: 6 });
      expect([...progress.sums.byScope.keys()]).not.toContain("model:gpt-even");
      const ofBudget = [...progress.sums.byBudget].map(([key, sums]) => [key, sums.metrics]);
      // 15 odd metrics of the user, on the 21st in UTC; in Kathmandu some of them are on the 22nd.
      expect(ofBudget.map(([key]) => key).sort()).toEqual(["bud_1#2026-11-21", "bud_1#2026-11-22"]);
      expect(ofBudget.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(15);
      expect(await itemsOf(table, "USAGE#")).toEqual(before);
    });
  });

  it("goes on where a killed worker left it: totals exact, and its report as if nothing had happened", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(120), fc.boolean(), fc.boolean(), async (updates, workDone, onlyUnpriced) => {
        await withTable(async (table) => {
          const given = metrics(40, onlyUnpriced ? notPriced : priced("2"), { model: "gpt-new" });
          await recordAndCount(table, given);
          if (onlyUnpriced) await noteAsUnpriced(table, "gpt-new");
          const id = await order(table, { onlyUnpriced });
          const dying = dyingTable(table, updates, workDone);
          const dead = await workOnRestatement(dying, id, workWith(everythingCosts("5"))).then(
            () => false,
            () => true,
          );
          // The dead one's claim lapses; then another takes over.
          const later: Instant = plusMs(NOW, 60_000);
          await workOnRestatement(
            table,
            id,
            workWith(everythingCosts("5"), { worker: "worker-2", clock: () => later }),
          );
          expect({ dead, ...figuresOf(await progressOf(table, id)) }).toEqual({
            dead,
            metrics: 40,
            before: onlyUnpriced ? "0" : "80",
            after: "200",
          });
          expect((await findRestatement(table, id))?.restatement.state).toBe("done");
          await expectTotalsToFollow(table);
        });
      }),
      { numRuns: KILLS },
    );
  });

  it("is one worker's at a time, and whoever has no time leaves it to the next", async () => {
    await withTable(async (table) => {
      await recordAndCount(table, metrics(30, priced("1")));
      const id = await order(table);
      let pages = 2;
      const outOfTime = workWith(everythingCosts("2"), { hasTime: () => pages-- > 0 });
      expect(await workOnRestatement(table, id, outOfTime)).toBe("left");
      const slow = workWith(everythingCosts("2"), {
        waitUntil: async () => {},
        reprice: async () => {
          const other = workWith(everythingCosts("2"), { worker: "worker-2" });
          expect(await workOnRestatement(table, id, other)).toBe("busy");
          return everythingCosts("2");
        },
      });
      expect(await workOnRestatement(table, id, slow)).toBe("done");
      expect(figuresOf(await progressOf(table, id))).toEqual({ metrics: 30, before: "30", after: "60" });
      expect(await workOnRestatement(table, "rst_unknown", slow)).toBe("unknown");
    });
  });

  it("waits until every function has the prices of its order", async () => {
    await withTable(async (table) => {
      const startsAt = plusMs(NOW, 60_000);
      const id = await order(table, {}, { startsAt });
      const waits: Instant[] = [];
      const waitUntil = async (at: Instant) => void waits.push(at);
      expect(await workOnRestatement(table, id, workWith(everythingCosts("1"), { waitUntil }))).toBe("done");
      expect(waits).toEqual([startsAt]);
    });
  });

  it("works through the whole table where single metrics are not listed by day", async () => {
    await withTable(async (table) => {
      await recordMetrics(table, metrics(120, priced("1")), { ...metricOptions, serviceIndex: false });
      const id = await order(table, { from: parseUtcDate("2026-11-21") });
      await workOnRestatement(table, id, workWith(everythingCosts("2"), { serviceIndex: false }));
      expect(figuresOf(await progressOf(table, id))).toEqual({ metrics: 80, before: "80", after: "160" });
      await expectTotalsToFollow(table);
    });
  });

  it("fills in calls without a price alone, once, while more of them arrive", async () => {
    await withTable(async (table) => {
      await recordMetrics(table, metrics(220, notPriced, { model: "gpt-new" }), metricOptions);
      await recordMetrics(table, metrics(10, priced("1"), { model: "gpt-new" }, "known"), metricOptions);
      await noteAsUnpriced(table, "gpt-new");
      const id = await order(table, { onlyUnpriced: true });
      let arrived = 0;
      const arriving = async () => {
        // A sender that has the new price already, and one whose repeat finds the old metric.
        await recordMetrics(
          table,
          metrics(20, priced("4"), { model: "gpt-new" }, `late-${arrived++}`),
          metricOptions,
        );
        await recordMetrics(table, metrics(20, priced("4"), { model: "gpt-new" }), metricOptions);
      };
      const reprice = async () => {
        await arriving();
        return everythingCosts("4");
      };
      expect(await workOnRestatement(table, id, workWith(everythingCosts("4"), { reprice }))).toBe("done");
      expect(figuresOf(await progressOf(table, id))).toEqual({ metrics: 220, before: "0", after: "880" });
      await expectTotalsToFollow(table);
      const sums = await storedSums(table);
      expect(sums["day model:gpt-new 2026-11-20 unpriced_calls"]).toBeUndefined();
      expect((await itemsOf(table, "USAGE#")).filter(({ GSI2PK }) => GSI2PK !== undefined)).toEqual([]);
    });
  });

  it("tells its own change of a metric that another restatement has changed since", async () => {
    await withTable(async (table) => {
      await recordAndCount(table, metrics(1, priced("1")));
      const first = await order(table, { service: "openai" });
      // Dies with the metric changed, and its page not saved.
      const dying = dyingTable(table, 3, true);
      await expect(workOnRestatement(dying, first, workWith(everythingCosts("2")))).rejects.toThrow("dies");
      expect((await itemsOf(table, "USAGE#")).map((item) => fromMetricItem(item).pricing)).toEqual([
        priced("2"),
      ]);
      const second = await order(table, { service: "openai" });
      await workOnRestatement(table, second, workWith(everythingCosts("5"), { worker: "worker-2" }));
      const later = workWith(everythingCosts("5"), { worker: "worker-3", clock: () => plusMs(NOW, 60_000) });
      await workOnRestatement(table, first, later);
      expect(figuresOf(await progressOf(table, first))).toEqual({ metrics: 1, before: "1", after: "2" });
      expect(figuresOf(await progressOf(table, second))).toEqual({ metrics: 1, before: "2", after: "5" });
      await expectTotalsToFollow(table);
    });
  });

  it("finds calls of a service that the totals have not counted yet", async () => {
    await withTable(async (table) => {
      await recordMetrics(table, metrics(9, priced("1")), metricOptions);
      const id = await order(table, { service: "openai" });
      await workOnRestatement(table, id, workWith(everythingCosts("2")));
      expect(figuresOf(await progressOf(table, id))).toMatchObject({ metrics: 9 });
    });
  });

  it("finds calls by the model that was asked for, where another was served", async () => {
    await withTable(async (table) => {
      await recordAndCount(table, metrics(6, priced("1"), { requested: { model: "gpt-alias" } }));
      const id = await order(table, { model: "gpt-alias" });
      await workOnRestatement(table, id, workWith(everythingCosts("2")));
      expect(figuresOf(await progressOf(table, id))).toMatchObject({ metrics: 6 });
    });
  });

  it("finds calls without a price by the model that was asked for, where it is not told which was served", async () => {
    await withTable(async (table) => {
      const given = { model: undefined, requested: { model: "gpt-alias" } };
      await recordMetrics(table, metrics(3, notPriced, given), metricOptions);
      const subject = { service: "openai", operation: "chat.completions" };
      await noteUnpricedModel(table, { subject, date: parseUtcDate("2026-11-20"), now: NOW });
      const id = await order(table, { onlyUnpriced: true, model: "gpt-alias" });
      await workOnRestatement(table, id, workWith(everythingCosts("2")));
      expect(figuresOf(await progressOf(table, id))).toMatchObject({ metrics: 3 });
    });
  });

  it.each(["2026-12-01", "2027-03-02", "2028-03-03"])(
    "fills in calls of the last of its days, %s, be it at the beginning of a month",
    async (last) => {
      await withTable(async (table) => {
        const timestamp = parseInstant(`${last}T10:00:00Z`);
        await recordMetrics(table, metrics(3, notPriced, { model: "gpt-new", timestamp }), metricOptions);
        await noteAsUnpriced(table, "gpt-new");
        const id = await order(table, { onlyUnpriced: true, to: parseUtcDate(last) });
        await workOnRestatement(table, id, workWith(everythingCosts("2")));
        expect(figuresOf(await progressOf(table, id))).toMatchObject({ metrics: 3 });
      });
    },
  );

  it("leaves a call alone that somebody else gave a price, where it is to fill in those without one", async () => {
    await withTable(async (table) => {
      await recordAndCount(table, metrics(2, notPriced, { model: "gpt-new" }));
      await noteAsUnpriced(table, "gpt-new");
      const outer = await order(table, { onlyUnpriced: true });
      const inner = await order(table, { onlyUnpriced: true });
      const reprice = async () => {
        await workOnRestatement(table, inner, workWith(everythingCosts("2"), { worker: "worker-2" }));
        return everythingCosts("3");
      };
      await workOnRestatement(table, outer, workWith(everythingCosts("3"), { reprice }));
      expect(figuresOf(await progressOf(table, inner))).toEqual({ metrics: 2, before: "0", after: "4" });
      expect(figuresOf(await progressOf(table, outer))).toEqual({ metrics: 0, before: "0", after: "0" });
    });
  });

  it("keeps its sums in items that the table takes, however many scopes and budgets change", async () => {
    await withTable(async (table) => {
      const wide = Array.from({ length: 1_600 }, (_, index) => {
        const userId = `${"ü".repeat(120)}${index}`;
        const [{ metric } = aPricedMetric()] = metrics(
          1,
          notPriced,
          { model: "gpt-new", userId },
          `u${index}`,
        );
        return { metric, customScopes: [], pricing: notPriced };
      });
      await recordMetrics(table, wide, metricOptions);
      const id = await order(table, { service: "openai" });
      expect(await workOnRestatement(table, id, workWith(everythingCosts("0.123456789")))).toBe("done");
      expect(figuresOf(await progressOf(table, id))).toMatchObject({ metrics: 1_600 });
    });
  });

  it("takes a metric that expired meanwhile, or that another restatement changed, as it is then", async () => {
    await withTable(async (table) => {
      await recordAndCount(table, metrics(3, priced("1")));
      const outer = await order(table);
      const inner = await order(table);
      const reprice = async () => {
        await workOnRestatement(table, inner, workWith(everythingCosts("2"), { worker: "worker-2" }));
        await table.client.send(new DeleteCommand({ TableName: table.name, Key: metricKey("m-0") }));
        return everythingCosts("3");
      };
      await workOnRestatement(table, outer, workWith(everythingCosts("3"), { reprice }));
      expect(figuresOf(await progressOf(table, inner))).toEqual({ metrics: 3, before: "3", after: "6" });
      expect(figuresOf(await progressOf(table, outer))).toEqual({ metrics: 2, before: "4", after: "6" });
      expect(await itemsOf(table, "USAGE#")).toHaveLength(2);
      await expectTotalsToFollow(table);
    });
  });
});

/** What budget-watch does when it sees a call without a price. */
async function noteAsUnpriced(table: Table, model: string): Promise<void> {
  const subject = { service: "openai", model, operation: "chat.completions" };
  await noteUnpricedModel(table, { subject, date: parseUtcDate("2026-11-20"), now: NOW });
}
