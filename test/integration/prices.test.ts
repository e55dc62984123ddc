import { type Instant, parseInstant, parseScope } from "@ai-usage/core";
import { ingestRequest, PriceSource } from "@ai-usage/ingest";
import {
  deleteAdjustment,
  deleteOwnPrice,
  importOwnPrices,
  listAdjustments,
  listOwnPrices,
  listPriceHistory,
  openTable,
  priceVersion,
  putAdjustment,
  putOwnPrice,
  type Table,
} from "@ai-usage/store";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { engineConfig, withTable } from "../support/engine.ts";
import { anEdit, anOwnPrice } from "../support/own-prices.ts";

const at = parseInstant;
const now = at("2026-11-25T10:00:00Z");
const historyOf = async (table: Table) => (await listPriceHistory(table, { limit: 100 })).items;

describe("own prices in the table", () => {
  it("are set, replaced and deleted, and each change is in the audit trail with what was before and after", async () => {
    await withTable(async (table) => {
      const first = anOwnPrice("2", { effective_from: "2026-06-01" });
      const second = anOwnPrice("1.5", { effective_from: "2026-06-01", note: "renegotiated" });
      expect(await putOwnPrice(table, first, anEdit(1))).toBeUndefined();
      expect(await putOwnPrice(table, second, anEdit(2, "t2"))).toMatchObject(first);
      expect(await listOwnPrices(table)).toEqual([{ ...second, changedAt: anEdit(2).at, changedBy: "t2" }]);
      expect(await deleteOwnPrice(table, first.priceId, anEdit(3))).toMatchObject(second);
      expect(await deleteOwnPrice(table, first.priceId, anEdit(4))).toBeUndefined();
      expect(await listOwnPrices(table)).toEqual([]);

      const shown = (input: string) => ({
        price_id: first.priceId,
        model_name: "gpt-4o",
        effective_from: "2026-06-01",
        per_million: { input },
      });
      expect(await historyOf(table)).toMatchObject([
        { at: anEdit(3).at, by: "t1", action: "delete", subject: first.priceId, before: shown("1.5") },
        { by: "t2", action: "put", before: shown("2"), after: { ...shown("1.5"), note: "renegotiated" } },
        { by: "t1", action: "put", after: shown("2") },
      ]);
      expect(await priceVersion(table)).toEqual({ version: 3, changedAt: anEdit(3).at });
    });
  });

  it("are no edit when the same is set again", async () => {
    await withTable(async (table) => {
      for (const edit of [anEdit(1), anEdit(2)]) await putOwnPrice(table, anOwnPrice("2"), edit);
      expect(await historyOf(table)).toHaveLength(1);
      expect(await priceVersion(table)).toMatchObject({ version: 1 });
    });
  });

  it("are listed by provider, in order of model and beginning", async () => {
    await withTable(async (table) => {
      const prices = [
        anOwnPrice("1", {}, { provider: "openai-eu" }),
        anOwnPrice("2", { effective_from: "2026-06-01" }),
        anOwnPrice("3", { effective_from: "2026-05-01" }),
        anOwnPrice("4"),
        anOwnPrice("5", {}, { model: "gpt-4" }),
      ];
      for (const [index, price] of prices.entries()) await putOwnPrice(table, price, anEdit(index));
      const inputs = (provider?: string) =>
        listOwnPrices(table, provider).then((all) => all.map(({ row }) => row.per_million?.input));
      expect(await inputs("openai")).toEqual(["5", "4", "3", "2"]);
      expect((await inputs()).toSorted()).toEqual(["1", "2", "3", "4", "5"]);
    });
  });

  it("keep version and audit trail complete, whoever sets them at once", async () => {
    await withTable(async (table) => {
      const rivals = Array.from({ length: 12 }, (_, index) =>
        putOwnPrice(table, anOwnPrice(String(10 + index)), anEdit(index)),
      );
      const others = Array.from({ length: 12 }, (_, index) =>
        putOwnPrice(table, anOwnPrice("1", {}, { model: `m-${index}` }), anEdit(20 + index)),
      );
      await Promise.all([...rivals, ...others]);
      expect(await priceVersion(table)).toMatchObject({ version: 24 });
      const entries = (await historyOf(table)).filter(({ after }) => after?.model_name === "gpt-4o");
      const input = (side: Readonly<Record<string, unknown>> | undefined) =>
        JSON.stringify(side?.per_million);
      // Each took the place of another: nobody's price was overwritten unseen.
      const replaced = entries.flatMap(({ before }) => (before ? [input(before)] : []));
      expect(new Set(replaced).size).toBe(11);
      const [left = ""] = entries.map(({ after }) => input(after)).filter((one) => !replaced.includes(one));
      const [stored] = (await listOwnPrices(table)).filter(({ model }) => model === "gpt-4o");
      expect(JSON.stringify(stored?.row.per_million)).toBe(left);
    });
  });

  it("are imported many at a time, and what is there already is no edit", async () => {
    await withTable(async (table) => {
      const prices = Array.from({ length: 45 }, (_, index) => anOwnPrice("1", {}, { model: `m-${index}` }));
      const order = (number: number) => ({ importId: "imp_1", edit: anEdit(number) });
      expect(await importOwnPrices(table, prices.slice(0, 20), order(1))).toBe(20);
      expect(await importOwnPrices(table, prices, order(2))).toBe(25);
      expect(await importOwnPrices(table, prices, order(3))).toBe(0);
      expect(await listOwnPrices(table)).toHaveLength(45);
      const entries = await historyOf(table);
      expect(entries.map(({ action, subject }) => [action, subject])).toEqual(
        Array(3).fill(["import", "imp_1"]),
      );
      const set = entries.flatMap(({ after }) => after?.prices as { price_id: string }[]);
      expect(new Set(set.map(({ price_id }) => price_id)).size).toBe(45);
    });
  });

  it("have discounts and margins beside them", async () => {
    await withTable(async (table) => {
      const discount = {
        adjustmentId: "adj_1",
        kind: "discount" as const,
        scope: parseScope("service:openai"),
        percent: "12.5",
        effectiveFrom: at("2026-12-01T00:00:00Z"),
      };
      expect(await putAdjustment(table, discount, anEdit(1), { onlyExisting: true })).toBeUndefined();
      expect(await listAdjustments(table)).toEqual([]);
      await putAdjustment(table, discount, anEdit(2));
      await putAdjustment(table, { ...discount, percent: "10", note: "less" }, anEdit(3));
      expect(await listAdjustments(table)).toEqual([{ ...discount, percent: "10", note: "less" }]);
      expect(await deleteAdjustment(table, "adj_1", anEdit(4))).toMatchObject({ percent: "10" });
      expect((await historyOf(table)).map(({ action }) => action)).toEqual(["unadjust", "adjust", "adjust"]);
    });
  });
});

/** Stores a call that was made at a time, through a function that has the prices of `source`. */
async function costOf(
  table: Table,
  source: PriceSource,
  timestamp: string,
  when: Instant,
  extra: object = {},
) {
  const metric = {
    request_id: `r-${timestamp}-${when}`,
    service: "openai",
    model: "gpt-4o",
    operation: "chat",
    timestamp,
    usage: { input: 1_000_000 },
    ...extra,
  };
  const settings = { scopeMetadataKeys: ["department"], retentionDays: 400, serviceIndex: true };
  const { body } = await ingestRequest({ table, prices: source, ...settings }, metric, when);
  return body.results[0]?.cost_usd;
}

describe("price that begins at a midnight", () => {
  it("prices calls from then on, and none before, however early it is loaded", async () => {
    await withTable(async (table) => {
      const source = new PriceSource(table, { refreshSeconds: 0 });
      const today = await costOf(table, source, "2026-11-25T09:00:00Z", now);
      await putOwnPrice(table, anOwnPrice("7", { effective_from: "2027-01-01" }), anEdit(1));
      const soon = at("2026-11-25T10:05:00Z");
      expect(await costOf(table, source, "2026-11-25T09:00:01Z", soon)).toBe(today);
      expect((await source.current(soon)).version).toBe(1);

      const later = at("2027-01-01T00:00:30Z");
      expect(await costOf(table, source, "2026-12-31T23:59:59.999Z", later)).toBe(today);
      expect(await costOf(table, source, "2027-01-01T00:00:00.000Z", later)).toBe("7");
    });
  });

  it("may be in the past: late calls of that time get it", async () => {
    await withTable(async (table) => {
      const source = new PriceSource(table, { refreshSeconds: 0 });
      const price = anOwnPrice("3", { effective_from: "2026-11-01", effective_to: "2026-11-10" });
      await putOwnPrice(table, price, anEdit(1));
      expect(await costOf(table, source, "2026-11-09T23:59:59.999Z", now)).toBe("3");
      expect(await costOf(table, source, "2026-11-10T00:00:00Z", now)).toBe("2.5");
    });
  });
});

describe("discount and margin", () => {
  it("are on calls of their scope, from their time on", async () => {
    await withTable(async (table) => {
      const source = new PriceSource(table, { refreshSeconds: 0 });
      await putOwnPrice(table, anOwnPrice("100"), anEdit(1));
      const adjust = (id: number, kind: "discount" | "margin", scope: string, percent: string) =>
        putAdjustment(
          table,
          {
            adjustmentId: `adj_${id}`,
            kind,
            scope: parseScope(scope),
            percent,
            effectiveFrom: at("2026-11-20T00:00:00Z"),
          },
          anEdit(10 + id),
        );
      await adjust(1, "discount", "team:growth", "10");
      await adjust(2, "margin", "department:sales", "5");
      const growth = { team: "growth" };
      expect(await costOf(table, source, "2026-11-19T23:59:59.999Z", now, growth)).toBe("100");
      expect(await costOf(table, source, "2026-11-20T00:00:00Z", now, growth)).toBe("90");
      expect(await costOf(table, source, "2026-11-20T00:00:01Z", now)).toBe("100");
      const both = { ...growth, metadata: { department: "sales" } };
      expect(await costOf(table, source, "2026-11-20T00:00:02Z", now, both)).toBe("94.5");
    });
  });
});

describe("price source", () => {
  const seconds = (count: number) => at(`2026-11-25T10:00:${String(count).padStart(2, "0")}Z`);
  const isOwn = async (source: PriceSource, when: Instant) => {
    const { book } = await source.current(when);
    return book.find("openai", "gpt-4o").candidates.some(({ model }) => model.rows[0]?.origin === "own");
  };

  it("sees what another function has changed after a refresh, and not before", async () => {
    await withTable(async (table) => {
      const sources = [1, 2].map(() => new PriceSource(table, { refreshSeconds: 20 }));
      for (const source of sources) expect(await isOwn(source, seconds(0))).toBe(false);
      await putOwnPrice(table, anOwnPrice("2"), anEdit(1));
      const [own, other] = sources;
      own?.forget();
      expect(own && (await isOwn(own, seconds(1)))).toBe(true);
      expect(other && (await isOwn(other, seconds(19)))).toBe(false);
      expect(other && (await isOwn(other, seconds(20)))).toBe(true);
    });
  });

  it("reads prices again only when there was a change", async () => {
    await withTable(async (table) => {
      const source = new PriceSource(table, { refreshSeconds: 5 });
      const [first, ...same] = await Promise.all([0, 0, 0].map((count) => source.current(seconds(count))));
      for (const prices of same) expect(prices).toBe(first);
      expect(await source.current(seconds(30))).toBe(first);
      await putOwnPrice(table, anOwnPrice("2"), anEdit(1));
      expect(await source.current(seconds(40))).not.toBe(first);
    });
  });

  it("finds a change at the next check that came while it was loading", async () => {
    await withTable(async (table) => {
      const slow = openTable(table.name, engineConfig());
      let changes = 0;
      // Between the reading of the version and that of the rows somebody deletes one.
      slow.client.middlewareStack.add(
        (next, context) => async (args) => {
          if (context.commandName === "QueryCommand" && changes++ === 0) {
            await putOwnPrice(table, anOwnPrice("2"), anEdit(1));
            const answer = await next(args);
            await putOwnPrice(table, anOwnPrice("3"), anEdit(2));
            return answer;
          }
          return next(args);
        },
        { step: "initialize", name: "rival" },
      );
      const source = new PriceSource(slow, { refreshSeconds: 5 });
      expect((await source.current(seconds(0))).version).toBe(0);
      const { book, version } = await source.current(seconds(10));
      expect(version).toBe(2);
      const [row] = book.find("openai", "gpt-4o").candidates[0]?.model.rows ?? [];
      expect(row?.rates.input).toBe(3_000_000_000_000n);
      slow.client.destroy();
    });
  });

  it("goes on with the prices it has when they cannot be read again, and fails when there are none", async () => {
    await withTable(async (table) => {
      await putOwnPrice(table, anOwnPrice("2"), anEdit(1));
      const shaky = openTable(table.name, engineConfig());
      let isDown = false;
      shaky.client.middlewareStack.add(
        (next) => (args) => (isDown ? Promise.reject(new Error("the table is down")) : next(args)),
        { step: "initialize", name: "down" },
      );
      const told: string[] = [];
      const onProblem = (message: string) => told.push(message);
      const source = new PriceSource(shaky, { refreshSeconds: 5, onProblem });
      expect(await isOwn(source, seconds(0))).toBe(true);
      isDown = true;
      expect(await isOwn(source, seconds(10))).toBe(true);
      expect(told).toEqual(["prices cannot be read again; those of before go on"]);
      await expect(new PriceSource(shaky, { refreshSeconds: 5 }).current(now)).rejects.toThrow("down");
      isDown = false;
      await deleteOwnPrice(table, anOwnPrice("2").priceId, anEdit(2));
      expect(await isOwn(source, seconds(14))).toBe(true);
      expect(await isOwn(source, seconds(20))).toBe(false);
      shaky.client.destroy();
    });
  });

  it("goes without items that are broken", async () => {
    await withTable(async (table) => {
      await putOwnPrice(table, anOwnPrice("2"), anEdit(1));
      const broken = { PK: "PRICES", price_id: "prc_x", provider: "openai", model_name: "gpt-4o" };
      const about = { is_active: true, changed_at: now, changed_by: "t1", edit_id: "e" };
      const items = [
        { ...broken, SK: "ROW#openai#gpt-4o#0#x", ...about, price: "{" },
        {
          ...broken,
          SK: "ROW#openai#gpt-4o#0#y",
          ...about,
          price: '{"source":"s","per_unit":{"smile":"1"}}',
        },
        { ...broken, SK: "ROW#openai#gpt-4o#0#z" },
        { PK: "PRICES", SK: "ADJUSTMENT#x", adjustment_id: "x", kind: "gift" },
      ];
      for (const Item of items) await table.client.send(new PutCommand({ TableName: table.name, Item }));
      const told: unknown[] = [];
      const onProblem = (_message: string, details: object) => told.push(details);
      const source = new PriceSource(table, { refreshSeconds: 5, onProblem });
      expect(await isOwn(source, now)).toBe(true);
      expect((await source.current(now)).adjustments).toEqual([]);
      expect(told).toHaveLength(items.length);
      // They are in nobody's way: those that can be read are listed, changed and deleted.
      expect(await listAdjustments(table)).toEqual([]);
      expect((await listOwnPrices(table, "openai")).map(({ priceId }) => priceId)).toContain(
        anOwnPrice("2").priceId,
      );
      await table.client.send(
        new PutCommand({ TableName: table.name, Item: { PK: "PRICES", SK: "ROW#a#a#0#x" } }),
      );
      expect(await deleteOwnPrice(table, anOwnPrice("2").priceId, anEdit(2))).toMatchObject(anOwnPrice("2"));
      expect(await deleteOwnPrice(table, "prc_unknown", anEdit(3))).toBeUndefined();
    });
  });
});
