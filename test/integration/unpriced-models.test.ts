import {
  type AIUsageMetric,
  type Instant,
  type PricedMetric,
  parseInstant,
  parseUtcDate,
} from "@ai-usage/core";
import {
  forgetUnpricedModel,
  listAlerts,
  listUnpricedModels,
  newAlertsOf,
  recordMetrics,
  rollUp,
  type StreamRecord,
  toMetricItem,
  UnpricedWatch,
  unpricedNewsOf,
} from "@ai-usage/store";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { noteUnpricedModel } from "../../packages/store/src/unpriced-models.ts";
import { type TestTable, withTable } from "../support/engine.ts";
import { itemsOf } from "../support/items.ts";
import { aPricedMetric, metricOptions, unpriced } from "../support/metrics.ts";
import { readStream, recordsOf } from "../support/stream.ts";

const now = parseInstant("2026-11-22T12:00:00Z");
const tomorrow = parseInstant("2026-11-23T00:00:00Z");
const gpt = { service: "openai", model: "gpt-9", operation: "chat" };

const aCall = (requestId: string, given: Partial<AIUsageMetric> = {}): PricedMetric =>
  unpriced({ ...gpt, requestId, timestamp: parseInstant("2026-11-22T10:00:00Z"), ...given });

/** Stores calls and counts them. @returns how the cube changed since the last time */
function meter(table: TestTable, lineage = "shard") {
  let seen = 0;
  return async (...calls: readonly PricedMetric[]): Promise<StreamRecord[]> => {
    await recordMetrics(table, calls, metricOptions);
    await rollUp(table, recordsOf(await readStream(table), "USAGE#"), lineage);
    const changes = recordsOf(await readStream(table), "CUBE#");
    const fresh = changes.slice(seen);
    seen = changes.length;
    return fresh;
  };
}

/** Gives a stored call a price, as is done when its price arrives. */
async function fillIn(table: TestTable, call: PricedMetric): Promise<void> {
  const { pricing } = aPricedMetric({}, "0.25");
  const Item = toMetricItem({ ...call, pricing }, metricOptions);
  await table.client.send(new PutCommand({ TableName: table.name, Item }));
}

const look = async (
  table: TestTable,
  records: readonly StreamRecord[],
  at: Instant = now,
  watch = new UnpricedWatch(table),
) => (await watch.raiseDueAlerts(unpricedNewsOf(records), at)).map(({ alertId }) => alertId);

const listed = async (table: TestTable) => (await listUnpricedModels(table, { limit: 100 })).items;

describe("unpriced watch", () => {
  it("raises one alert for a model and day, however many calls come and however often they are seen", async () => {
    await withTable(async (table) => {
      const count = meter(table);
      const remembering = new UnpricedWatch(table);
      const raised: string[] = [];
      for (let batch = 0; batch < 5; batch++) {
        await count(...[0, 1, 2].map((call) => aCall(`r${batch}-${call}`)));
        // Everything that the stream holds, each time anew, to one who remembers and one who does not.
        const records = await readStream(table);
        raised.push(...(await look(table, records, now, remembering)), ...(await look(table, records)));
      }
      expect(raised).toEqual(["unpriced.openai.gpt-9.2026-11-22"]);
      expect(await itemsOf(table, "ALERT#")).toHaveLength(1);
      expect(await itemsOf(table, "UNPRICED#")).toHaveLength(1);
      expect(newAlertsOf(await readStream(table))).toEqual([
        {
          alertId: "unpriced.openai.gpt-9.2026-11-22",
          kind: "unpriced_model",
          scope: "model:gpt-9",
          level: "WARNING",
          ...gpt,
          date: "2026-11-22",
          callDate: "2026-11-22",
          unpricedCalls: 3,
          firstDate: "2026-11-22",
          raisedAt: now,
          state: "open",
          notify: true,
        },
      ]);
      expect((await listAlerts(table, { limit: 9 })).items).toEqual(newAlertsOf(await readStream(table)));
    });
  });

  it("raises one when two see it at once", async () => {
    await withTable(async (table) => {
      const records = await meter(table)(aCall("r1"), aCall("r2"));
      const raised = await Promise.all(Array.from({ length: 10 }, () => look(table, records)));
      expect(raised.flat()).toEqual(["unpriced.openai.gpt-9.2026-11-22"]);
      expect(recordsOf(await readStream(table), "ALERT#")).toHaveLength(1);
      expect(await listed(table)).toMatchObject([{ ...gpt, timesSeen: 10 }]);
    });
  });

  it("raises another on the next day that brings calls without a price, and no day that brings none", async () => {
    await withTable(async (table) => {
      const count = meter(table);
      await look(table, await count(aCall("r1")));
      expect(await look(table, await count(), tomorrow)).toEqual([]);
      expect(await look(table, await count(aCall("r2")), tomorrow)).toEqual([
        "unpriced.openai.gpt-9.2026-11-23",
      ]);
    });
  });

  it("raises nothing about calls that were given a price, and nothing when their number goes down", async () => {
    await withTable(async (table) => {
      const count = meter(table);
      const calls = [aCall("r1"), aCall("r2"), aPricedMetric({ ...gpt, requestId: "r3" })];
      const growth = await count(...calls);
      await look(table, growth);
      const [before] = await listed(table);
      await fillIn(table, aCall("r1"));
      const decrease = await count();
      expect(decrease.map(({ dynamodb }) => dynamodb.NewImage?.unpriced_calls?.N)).toEqual(["1"]);
      expect(await look(table, decrease, tomorrow)).toEqual([]);
      expect(await listed(table)).toEqual([before]);
      await fillIn(table, aCall("r2"));
      await count();
      // The growth is seen again, as in a replay: it is history.
      expect(await look(table, growth, tomorrow)).toEqual([]);
      expect(await listed(table)).toEqual([before]);
    });
  });

  it("keeps a model listed whose new calls hide behind others that got a price in the same step", async () => {
    await withTable(async (table) => {
      const count = meter(table);
      await look(table, await count(aCall("r1")));
      const [before] = await listed(table);
      if (!before) throw new Error("it has been seen");
      await fillIn(table, aCall("r1"));
      const hidden = await count(aCall("r2"));
      expect(hidden.map(({ dynamodb }) => dynamodb.NewImage?.unpriced_calls?.N)).toEqual(["1"]);
      expect(await look(table, hidden, tomorrow)).toEqual([]);
      expect(await forgetUnpricedModel(table, before)).toBe(false);
      expect(await listed(table)).toMatchObject([{ timesSeen: 2, lastSeenAt: tomorrow }]);
    });
  });

  it("tells of old calls on the day they are seen, once, and lists the first of them", async () => {
    await withTable(async (table) => {
      const days = ["2026-08-05", "2026-03-01", "2026-11-20"];
      const old = days.map((day, index) =>
        aCall(`old-${index}`, { timestamp: parseInstant(`${day}T10:00:00Z`), callCount: index + 1 }),
      );
      const count = meter(table);
      expect(await look(table, await count(...old))).toEqual(["unpriced.openai.gpt-9.2026-11-22"]);
      const [alert] = (await listAlerts(table, { limit: 1 })).items;
      expect(alert).toMatchObject({ callDate: "2026-11-20", unpricedCalls: 3, firstDate: "2026-03-01" });
      const older = aCall("older", { timestamp: parseInstant("2026-01-09T10:00:00Z") });
      expect(await look(table, await count(older))).toEqual([]);
      expect(await listed(table)).toMatchObject([{ firstDate: "2026-01-09", firstSeenAt: now }]);
    });
  });

  it("adds up the shards that calls came through", async () => {
    await withTable(async (table) => {
      await meter(table, "shard-1")(aCall("r1"));
      const calls = [aCall("r2"), aCall("r3")];
      await recordMetrics(table, calls, metricOptions);
      const [, ...later] = recordsOf(await readStream(table), "USAGE#");
      await rollUp(table, later, "shard-2");
      await look(table, await readStream(table));
      const [alert] = (await listAlerts(table, { limit: 1 })).items;
      expect(alert).toMatchObject({ unpricedCalls: 3 });
    });
  });

  it("alerts once for a model whatever its operations, and lists each of them", async () => {
    await withTable(async (table) => {
      const records = await meter(table)(aCall("r1"), aCall("r2", { operation: "responses" }));
      expect(await look(table, records)).toHaveLength(1);
      expect((await listed(table)).map(({ operation }) => operation).sort()).toEqual(["chat", "responses"]);
    });
  });

  it("tells models apart by their service, and operations where there are no models", async () => {
    await withTable(async (table) => {
      const subjects = [
        { service: "open router/eu", model: "meta.llama/3:free 日本" },
        { service: "openrouter", model: "gpt-9" },
        { service: "google_places", model: undefined, operation: "place_details" },
        { service: "google_places", model: undefined, operation: "text search" },
      ];
      const records = await meter(table)(...subjects.map((subject, index) => aCall(`r${index}`, subject)));
      expect(new Set(await look(table, records)).size).toBe(4);
      const page = await listUnpricedModels(table, { limit: 3 });
      const rest = await listUnpricedModels(table, { limit: 3, cursor: page.nextCursor });
      const found = [...page.items, ...rest.items].map(({ service, model, operation }) => ({
        service,
        model,
        operation,
      }));
      expect(found).toHaveLength(4);
      expect(found).toEqual(
        expect.arrayContaining(subjects.map((subject) => ({ operation: "chat", ...subject }))),
      );
    });
  });

  it("has nothing to say of calls that have a price", async () => {
    await withTable(async (table) => {
      const records = await meter(table)(aPricedMetric({ ...gpt, requestId: "r1" }));
      expect(records).not.toEqual([]);
      expect(await look(table, records)).toEqual([]);
      expect(await listed(table)).toEqual([]);
    });
  });
});

describe("list of models without a price", () => {
  const sight = (day: number, at: Instant = now) => ({
    subject: gpt,
    date: parseUtcDate(`2026-11-${String(day).padStart(2, "0")}`),
    now: at,
  });

  it("holds the earliest day and every sight, whoever notes them at once", async () => {
    await withTable(async (table) => {
      const days = Array.from({ length: 20 }, (_, index) => ((index * 7) % 20) + 1);
      await Promise.all(days.map((day) => noteUnpricedModel(table, sight(day))));
      expect(await listed(table)).toEqual([
        { ...gpt, firstDate: "2026-11-01", firstSeenAt: now, lastSeenAt: now, timesSeen: 20 },
      ]);
    });
  });

  it("forgets what has not been seen since it was read, and begins anew with what comes then", async () => {
    await withTable(async (table) => {
      const first = await noteUnpricedModel(table, sight(3));
      // In the same millisecond, too.
      const second = await noteUnpricedModel(table, sight(3));
      expect(await forgetUnpricedModel(table, first)).toBe(false);
      expect(await forgetUnpricedModel(table, second)).toBe(true);
      expect(await forgetUnpricedModel(table, second)).toBe(true);
      expect(await listed(table)).toEqual([]);
      await noteUnpricedModel(table, sight(9, tomorrow));
      expect(await forgetUnpricedModel(table, first)).toBe(false);
      expect(await listed(table)).toMatchObject([{ firstDate: "2026-11-09", firstSeenAt: tomorrow }]);
    });
  });
});
