import { type OwnPrice, parseInstant, parseUtcDate, type ServedConditions, type Usage } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { builtInPriceBook, builtInPriceFiles } from "../built-in.ts";
import { InvalidPriceFileError } from "../errors.ts";
import { aMetric, anOwnPrice } from "../fixtures.ts";
import { toOwnPriceFiles } from "../own-price-files.ts";
import { parseOwnPrices } from "../own-prices.ts";
import { PriceBook } from "../price-book.ts";
import type { PriceFile } from "../price-file.ts";
import { quote } from "../quote.ts";
import { planUpdate } from "./plan-update.ts";

const today = parseUtcDate("2026-11-25");
const provenance = { source: "https://example.com/prices", checked_on: "2026-11-22", verified: true };

function fileOf(...models: object[]): PriceFile {
  const [file] = parseOwnPrices({ providers: [{ provider: "acme", models }] });
  if (file === undefined) throw new Error("the fixture has a provider");
  return file;
}

const model = (...rows: object[]) => ({ id: "nova-1", rows: rows.map((row) => ({ ...provenance, ...row })) });
const input = (amount: string, fields: object = {}) => ({ per_million: { input: amount }, ...fields });

/** What there is before and after a list is taken over: published prices, and own ones on top. */
class Deployment {
  readonly published: readonly PriceFile[];
  own: readonly OwnPrice[];

  constructor(published: readonly PriceFile[], own: readonly OwnPrice[] = []) {
    this.published = published.map((file) => ({
      ...file,
      models: file.models.map((one) => ({
        ...one,
        rows: one.rows.map((row) => ({ ...row, origin: "published" as const, id: row.id.slice(4) })),
      })),
    }));
    this.own = own;
  }

  get book(): PriceBook {
    const { files, left } = toOwnPriceFiles(this.own);
    expect(left).toEqual([]);
    return PriceBook.build([files, this.published]);
  }

  plan(list: PriceFile) {
    return planUpdate(this.book, list, { ownPrices: this.own, today });
  }

  /** Takes a list over, and makes sure that there is nothing more to take over then. */
  take(list: PriceFile) {
    const plan = this.plan(list);
    const changedAt = parseInstant("2026-11-25T08:00:00Z");
    const set = plan.prices.map((price): OwnPrice => ({ ...price, changedAt, changedBy: "t1" }));
    const ids = new Set(set.map(({ priceId }) => priceId));
    expect(ids.size).toBe(set.length);
    this.own = [...this.own.filter(({ priceId }) => !ids.has(priceId)), ...set];
    expect(this.plan(list)).toEqual({ differences: [], prices: [] });
    return plan.differences;
  }

  /** Of a million of each unit, on a day. */
  costOn(day: string, given: Parameters<typeof aMetric>[0] = {}): string | undefined {
    const metric = aMetric({
      service: "acme",
      model: "nova-1",
      usage: { input: 1_000_000 },
      timestamp: parseInstant(day.includes("T") ? day : `${day}T12:00:00Z`),
      ...given,
    });
    return quote(this.book, metric).cost?.toString();
  }
}

describe("update from a list", () => {
  it("has nothing to say where the list says what is paid", () => {
    const list = fileOf(model(input("1"), input("0.5", { when: { tier: "batch" } })));
    expect(new Deployment([list]).plan(list)).toEqual({ differences: [], prices: [] });
  });

  it("changes a price from today on, and leaves what was", () => {
    const deployment = new Deployment([fileOf(model(input("1")))]);
    expect(deployment.take(fileOf(model(input("2"))))).toEqual([
      {
        kind: "changed",
        provider: "acme",
        model: "nova-1",
        unit: "input",
        before: "1",
        after: "2",
        from: "2026-11-25",
      },
    ]);
    expect(["2026-11-24", "2026-11-25"].map((day) => deployment.costOn(day))).toEqual(["1", "2"]);
  });

  it("changes a price from the day that the list gives for the change", () => {
    const deployment = new Deployment([fileOf(model(input("1")))]);
    const list = fileOf(
      model(input("1", { effective_to: "2026-11-10" }), input("2", { effective_from: "2026-11-10" })),
    );
    expect(deployment.take(list)).toMatchObject([{ kind: "changed", from: "2026-11-10" }]);
    expect(["2026-11-09", "2026-11-10"].map((day) => deployment.costOn(day))).toEqual(["1", "2"]);
  });

  it("does not rewrite the past where the list never said what we did", () => {
    const deployment = new Deployment([
      fileOf(model(input("5", { effective_to: "2025-01-01" }), input("1", { effective_from: "2025-01-01" }))),
    ]);
    const list = fileOf(model(input("2", { effective_from: "2024-01-01" })));
    expect(deployment.take(list)).toMatchObject([{ kind: "changed", before: "1", from: "2026-11-25" }]);
    expect(["2024-06-01", "2026-11-24", "2026-11-25"].map((day) => deployment.costOn(day))).toEqual([
      "5",
      "1",
      "2",
    ]);
  });

  it("announces a price", () => {
    const deployment = new Deployment([fileOf(model(input("1")))]);
    const list = fileOf(model(input("1"), input("2", { effective_from: "2027-01-01" })));
    expect(deployment.take(list)).toMatchObject([
      { kind: "changed", before: "1", after: "2", from: "2027-01-01" },
    ]);
    expect(["2026-12-31", "2027-01-01"].map((day) => deployment.costOn(day))).toEqual(["1", "2"]);
  });

  it("withdraws an announced price: today's goes on from that day", () => {
    const deployment = new Deployment([
      fileOf(model(input("1"), input("2", { effective_from: "2027-01-01" }))),
    ]);
    expect(deployment.take(fileOf(model(input("1"))))).toMatchObject([
      { kind: "withdrawn", before: "2", after: "1", from: "2027-01-01" },
    ]);
    expect(deployment.own).toMatchObject([{ row: { effective_from: "2027-01-01" } }]);
    expect(["2026-11-25", "2027-01-01"].map((day) => deployment.costOn(day))).toEqual(["1", "1"]);
  });

  it("adds a model from its beginning, so that calls without a price get one", () => {
    const deployment = new Deployment([]);
    const list = fileOf(model(input("1"), input("3", { when: { prompt_over: 1000 } })));
    expect(deployment.take(list)).toMatchObject([
      { kind: "added", unit: "input", after: "1" },
      { kind: "added", unit: "input", when: { prompt_over: 1000 }, after: "3" },
    ]);
    expect(deployment.costOn("2020-01-01", { usage: { input: 1_000 } })).toBe("0.001");
    expect(deployment.costOn("2020-01-01")).toBe("3");
  });

  it("adds a unit to a model, and keeps the others", () => {
    const deployment = new Deployment([fileOf(model(input("1")))]);
    const list = fileOf(
      model({ per_million: { input: "1", cache_read: "0.1" }, per_unit: { search: "0.01" } }),
    );
    expect(deployment.take(list).map(({ kind, unit }) => [kind, unit])).toEqual([
      ["added", "cache_read"],
      ["added", "search"],
    ]);
    const usage = { input: 1_000_000, cache_read: 1_000_000, search: 1 };
    expect(deployment.costOn("2026-11-25", { usage })).toBe("1.11");
  });

  it("keeps what the list is silent about: other units, conditions, factors", () => {
    const published = fileOf({
      id: "nova-1",
      rows: [
        {
          ...provenance,
          per_million: { input: "1", cache_read: "0.1", output: "4" },
          variants: [
            { when: { tier: "batch" }, multiply: "0.5" },
            { when: { tier: "*" }, per_unit: { search: "0.01" } },
          ],
        },
      ],
    });
    const regional = {
      ...published,
      multipliers: parseOwnPrices({
        providers: [
          {
            provider: "acme",
            models: [],
            multipliers: [{ ...provenance, when: { region: "us" }, multiply: "1.1" }],
          },
        ],
      }).flatMap(({ multipliers }) => multipliers),
    };
    const deployment = new Deployment([regional]);
    deployment.take(fileOf(model({ per_million: { input: "3", output: "4" } })));
    const cost = (usage: Usage, served?: ServedConditions) =>
      deployment.costOn("2026-11-25", { usage, ...(served && { served }) });
    expect(cost({ input: 100_000 })).toBe("0.3");
    expect(cost({ cache_read: 100_000 })).toBe("0.01");
    expect(cost({ input: 100_000 }, { tier: "batch" })).toBe("0.15");
    expect(cost({ input: 100_000 }, { region: "us" })).toBe("0.33");
    expect(cost({ search: 1 })).toBe("0.01");
  });

  it("withdraws prices for long prompts and times of day that a list of token prices does not have", () => {
    const when = { time: [{ from: "22:00", to: "04:00", time_zone: "UTC" }] };
    const long = input("5", { when: { prompt_over: 200_000 } });
    const deployment = new Deployment([fileOf(model(input("1"), long, input("0.5", { when })))]);
    expect(deployment.take(fileOf(model(input("1"))))).toMatchObject([
      { kind: "withdrawn", when: { prompt_over: 200_000 }, before: "5", after: "1", from: "2026-11-25" },
      { kind: "withdrawn", when, before: "0.5", after: "1" },
    ]);
    const cost = (time: string, tokens: number) => deployment.costOn(time, { usage: { input: tokens } });
    expect(cost("2026-11-25T12:00:00Z", 1_000_000)).toBe("1");
    expect(cost("2026-11-25T23:00:00Z", 100_000)).toBe("0.1");
    expect(cost("2026-11-24T23:00:00Z", 100_000)).toBe("0.05");
  });

  it("takes a price for some tiers only from those of the others", () => {
    const tiers = input("0.5", { when: { tier: ["batch", "flex"] } });
    const deployment = new Deployment([
      fileOf(model(input("1"), tiers, { when: { tier: "*" }, per_unit: { search: "0.01", session: "1" } })),
    ]);
    const list = fileOf(
      model(
        { per_million: { input: "1" }, per_unit: { search: "0.02", session: "1" } },
        input("0.3", { when: { tier: "batch" } }),
      ),
    );
    expect(deployment.take(list).map(({ unit, when, after }) => [unit, when?.tier, after])).toEqual([
      ["search", undefined, "0.02"],
      ["input", "batch", "0.3"],
    ]);
    const cost = (usage: Usage, tier: string) => deployment.costOn("2026-11-25", { usage, served: { tier } });
    expect(cost({ input: 1_000_000 }, "batch")).toBe("0.3");
    expect(cost({ input: 1_000_000 }, "flex")).toBe("0.5");
    expect(cost({ search: 1 }, "standard")).toBe("0.02");
    expect(cost({ search: 1 }, "flex")).toBe("0.01");
    expect(cost({ session: 1 }, "flex")).toBe("1");
  });

  it("takes lengths of prompts that are a token apart for the same", () => {
    const over = input("2", { when: { prompt_over: 272_000 } });
    const from = input("2", { when: { prompt_from: 272_000 } });
    expect(new Deployment([fileOf(model(input("1"), over))]).plan(fileOf(model(input("1"), from)))).toEqual({
      differences: [],
      prices: [],
    });
  });

  it("knows that prices are the same in whatever way they are written", () => {
    const byFactor = fileOf(model(input("1"), { when: { tier: "batch" }, multiply: "0.5" }));
    const listed = fileOf(model(input("1.00"), input("0.50", { when: { tier: ["batch"] } })));
    expect(new Deployment([byFactor]).plan(listed).differences).toEqual([]);
  });

  it("takes over prices by the time of day", () => {
    const cheap = { when: { time: [{ from: "16:30", to: "00:30", time_zone: "UTC" }] } };
    const deployment = new Deployment([fileOf(model(input("1"), input("0.5", cheap)))]);
    expect(deployment.take(fileOf(model(input("1"), input("0.25", cheap))))).toMatchObject([
      { kind: "changed", before: "0.5", after: "0.25", when: cheap.when },
    ]);
    const at = (time: string) => deployment.costOn(`2026-11-26T${time}:00Z`);
    expect([at("16:29"), at("16:30"), at("00:29"), at("00:30")]).toEqual(["1", "0.25", "0.25", "1"]);
  });

  it("replaces own prices, also those that begin later, and ends those that would go on", () => {
    const deployment = new Deployment(
      [fileOf(model(input("1")))],
      [
        anOwnPrice(input("5", { effective_from: "2026-06-01", effective_to: "2027-06-01" })),
        anOwnPrice(input("6", { effective_from: "2027-06-01" })),
      ],
    );
    deployment.take(fileOf(model(input("2"))));
    const days = ["2026-05-31", "2026-11-24", "2026-11-25", "2027-05-31", "2027-06-01", "2028-01-01"];
    expect(days.map((day) => deployment.costOn(day))).toEqual(["1", "5", "2", "2", "2", "2"]);
  });

  it("leaves own prices alone that are not active", () => {
    const off = anOwnPrice(input("5", { effective_from: "2026-06-01", effective_to: "2027-06-01" }), {
      isActive: false,
    });
    const deployment = new Deployment([fileOf(model(input("1")))], [off]);
    deployment.take(fileOf(model(input("2"))));
    expect(deployment.own).toContainEqual(off);
  });

  it("takes names over, but none that is another model's, nor a pattern that fits one", () => {
    const published = fileOf(model(input("1")), {
      id: "nova-1-mini",
      names: ["nova-mini"],
      rows: [{ ...provenance, ...input("0.1") }],
    });
    const deployment = new Deployment([published]);
    deployment.take(
      fileOf({ ...model(input("2")), names: ["nova-1-*", "nova-mini", "nova-latest", "star-*"] }),
    );
    expect(deployment.own.map(({ names }) => names)).toEqual([["nova-latest", "star-*"]]);
    expect(deployment.costOn("2026-11-25", { model: "nova-1-mini" })).toBe("0.1");
    expect(deployment.costOn("2026-11-25", { model: "nova-mini" })).toBe("0.1");
    expect(deployment.costOn("2026-11-25", { model: "star-1" })).toBe("2");
  });

  it("refuses a list with a price and a factor under the same conditions", () => {
    const tier = { when: { tier: "batch" } };
    const list = fileOf(
      model(input("1"), { ...tier, multiply: "0.5" }, { ...tier, per_unit: { search: "1" } }),
    );
    expect(() => new Deployment([]).plan(list)).toThrow(InvalidPriceFileError);
  });

  it("finds no difference between the published prices and themselves", () => {
    const book = builtInPriceBook();
    const seen = new Set<string>();
    for (const file of builtInPriceFiles) {
      // Of two files of a provider the first is paid.
      if (seen.has(file.provider)) continue;
      seen.add(file.provider);
      expect(planUpdate(book, file, { ownPrices: [], today }).differences, file.provider).toEqual([]);
    }
  });
});
