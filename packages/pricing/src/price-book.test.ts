import { type Instant, instantFromEpochMs, parseInstant } from "@ai-usage/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builtInPriceBook, builtInPriceBookId } from "./built-in.ts";
import { aBook } from "./fixtures.ts";
import { parseOwnPrices } from "./own-prices.ts";
import { PriceBook } from "./price-book.ts";
import { type PriceFile, parsePriceFile } from "./price-file.ts";

const STANDARD = { tier: "standard" };
const usage = { input: 1 };

/** The row that prices the tokens of a call, or nothing. */
function rowAt(
  book: PriceBook,
  service: string,
  name: string,
  time = "2026-11-21T10:00:00Z",
  facts = STANDARD,
) {
  const at = parseInstant(time);
  return book.find(service, name).choiceAt(at, facts).sheetFor({ at, usage, callCount: 1 }).tokenRow?.id;
}

const provenance = { source: "https://example.com/prices", checked_on: "2026-11-22", verified: true };

interface Listed {
  readonly names?: readonly string[];
  readonly rows?: readonly object[];
}

/** A file of one provider, whose models cost one dollar a million tokens unless they say otherwise. */
function fileOf(provider: string, models: Record<string, Listed>, given: object = {}): PriceFile {
  return parsePriceFile({
    provider,
    models: Object.entries(models).map(([id, { names = [], rows = [{}] }]) => ({
      id,
      names,
      rows: rows.map((row) => ({ per_million: { input: "1" }, ...provenance, ...row })),
    })),
    ...given,
  });
}

describe("price book", () => {
  const builtIn = builtInPriceBook();

  it.each([
    ["openai", "gpt-4o-2024-08-06", "openai/gpt-4o-2024-08-06/initial"],
    ["openai", "gpt-4o-2024-11-20", "openai/gpt-4o-2024-08-06/initial"],
    ["openai", "gpt-4o-2024-05-13", "openai/gpt-4o-2024-05-13/initial"],
    ["openai", "gpt-4o-2031-01-01", "openai/gpt-4o/2024-10-02"],
    ["openai", "openai/gpt-4.1-mini-2025-04-14", "openai/gpt-4.1-mini/initial"],
    ["openai", "ft:gpt-4o-mini-2024-07-18:acme::8fQ2", "openai/ft:gpt-4o-mini/initial"],
    ["OpenAI", "GPT-5-Nano", "openai/gpt-5-nano/initial"],
    ["anthropic", "claude-3-5-sonnet-20241022", "anthropic/claude-3-5-sonnet/initial"],
    ["claude", "anthropic/claude-opus-4.5", "anthropic/claude-opus-4-5/initial"],
    ["google", "models/gemini-2.0-flash-001", "google/gemini-2.0-flash/initial"],
    ["gemini", "gemini-2.5-flash", "google/gemini-2.5-flash/2026-03-01"],
  ])("finds the price of %s %s", (service, model, id) => {
    expect(rowAt(builtIn, service, model)).toBe(id);
  });

  it.each([
    ["openai", "gpt-99"],
    ["openai", "claude-opus-4-5"],
    ["openai", "gpt-4o:free"],
    ["nobody", "gpt-4o"],
    ["__proto__", "constructor"],
    ["openai", "__proto__"],
    ["openai", ""],
    ["openai", "openai/"],
  ])("knows no price of %s %j", (service, model) => {
    const name = builtIn.find(service, model);
    expect(name.isKnown).toBe(false);
    expect(rowAt(builtIn, service, model)).toBeUndefined();
  });

  it("has an id, the same for the same prices", () => {
    expect(builtInPriceBookId()).toMatch(/^[\w-]{12}$/);
    expect(builtInPriceBookId()).toBe(builtInPriceBookId());
  });

  it("knows which provider a service means, and all models of it", () => {
    const book = PriceBook.build([
      [fileOf("acme", { "nova-1": {}, "nova-2": {} }, { services: ["acme.ai"] }), fileOf("bolt", { b: {} })],
    ]);
    expect(["acme", "ACME.ai ", "bolt", "zeta"].map((service) => book.providerOf(service))).toEqual([
      "acme",
      "acme",
      "bolt",
      undefined,
    ]);
    expect([...book.models("acme")].map(({ id }) => id)).toEqual(["nova-1", "nova-2"]);
    expect([...book.models()].map(({ id }) => id)).toEqual(["nova-1", "nova-2", "b"]);
  });
});

describe("the name of a service", () => {
  const published = [fileOf("acme", { nova: {} }, { services: ["acme.ai"] })];

  it("stays the published provider's, whoever claims it besides", () => {
    const own = parseOwnPrices({
      providers: [
        {
          provider: "home",
          services: ["acme.ai", "acme", "gpu_cluster"],
          models: [{ id: "llama", rows: [{ per_million: { input: "1" }, source: "home" }] }],
        },
      ],
    });
    const book = PriceBook.build([own, published]);
    const services = ["acme.ai", "acme", "gpu_cluster", "home"];
    expect(services.map((service) => book.providerOf(service))).toEqual(["acme", "acme", "home", "home"]);
  });
});

describe("prices of different times", () => {
  const book = aBook(
    { per_million: { input: "1" } },
    { per_million: { input: "2" }, effective_from: "2026-10-02" },
    { per_million: { input: "3" }, effective_from: "2027-01-01", effective_to: "2027-02-01" },
    { per_million: { input: "4" }, effective_from: "2027-03-01T09:00:00+02:00" },
  );

  it("change at midnight UTC, not a millisecond before", () => {
    expect(rowAt(book, "acme", "nova-1", "2026-10-01T23:59:59.999Z")).toBe("acme/nova-1/initial");
    expect(rowAt(book, "acme", "nova-1", "2026-10-02T00:00:00.000Z")).toBe("acme/nova-1/2026-10-02");
    expect(rowAt(book, "acme", "nova-1", "2026-10-02T01:59:59.999+02:00")).toBe("acme/nova-1/initial");
  });

  it("change at an instant where the list names one", () => {
    expect(rowAt(book, "acme", "nova-1", "2027-03-01T06:59:59.999Z")).toBeUndefined();
    expect(rowAt(book, "acme", "nova-1", "2027-03-01T07:00:00Z")).toBe(
      "acme/nova-1/2027-03-01T09:00:00+02:00",
    );
  });

  it("are announced without touching today's", () => {
    const today = aBook({ per_million: { input: "1" } });
    const announced = aBook(
      { per_million: { input: "1" } },
      { per_million: { input: "9" }, effective_from: "2027-01-01" },
    );
    for (const time of ["1970-01-01T00:00:00Z", "2026-11-25T00:00:00Z", "2026-12-31T23:59:59.999Z"])
      expect(rowAt(announced, "acme", "nova-1", time)).toBe(rowAt(today, "acme", "nova-1", time));
    expect(rowAt(announced, "acme", "nova-1", "2027-01-01T00:00:00Z")).toBe("acme/nova-1/2027-01-01");
  });

  it("are none in a gap between two rows", () => {
    expect(rowAt(book, "acme", "nova-1", "2027-01-31T23:59:59.999Z")).toBe("acme/nova-1/2027-01-01");
    expect(rowAt(book, "acme", "nova-1", "2027-02-01T00:00:00Z")).toBeUndefined();
    expect(book.find("acme", "nova-1").isKnown).toBe(true);
  });

  it("of a factor begin and end as those of a price do", () => {
    const multipliers = [
      { multiply: "2", effective_from: "2026-10-02", effective_to: "2026-11-01", ...provenance },
    ];
    const scaled = PriceBook.build([[fileOf("acme", { "nova-1": {} }, { multipliers })]]);
    const priceAt = (time: string) => {
      const at = parseInstant(time);
      const { rates } = scaled
        .find("acme", "nova-1")
        .choiceAt(at, STANDARD)
        .sheetFor({ at, usage, callCount: 1 });
      return rates.get("input")?.shownUnitPrice.toString();
    };
    const times = [
      "2026-10-01T23:59:59.999Z",
      "2026-10-02T00:00:00Z",
      "2026-10-31T23:59:59.999Z",
      "2026-11-01T00:00:00Z",
    ];
    expect(times.map(priceAt)).toEqual(["0.000001", "0.000002", "0.000002", "0.000001"]);
  });

  it("are the same however often and in whatever order they are asked for", () => {
    const rows: readonly [string, string | undefined, string][] = [
      ["1970-01-01T00:00:00.000Z", "2026-10-02T00:00:00.000Z", "acme/nova-1/initial"],
      ["2026-10-02T00:00:00.000Z", "2027-01-01T00:00:00.000Z", "acme/nova-1/2026-10-02"],
      ["2027-01-01T00:00:00.000Z", "2027-02-01T00:00:00.000Z", "acme/nova-1/2027-01-01"],
      ["2027-03-01T07:00:00.000Z", undefined, "acme/nova-1/2027-03-01T09:00:00+02:00"],
    ];
    const holding = (at: Instant) =>
      rows.find(([start, end]) => start <= at && (end === undefined || at < end))?.[2];
    const moments = fc.oneof(
      fc.integer({ min: 0, max: Date.UTC(2030, 0, 1) }),
      fc
        .tuple(
          fc.constantFrom(...rows.slice(1).map(([start]) => Date.parse(start))),
          fc.constantFrom(-1, 0, 1),
        )
        .map(([start, offset]) => start + offset),
    );
    fc.assert(
      fc.property(fc.array(moments.map(instantFromEpochMs), { maxLength: 10 }), (asked) => {
        for (const at of asked) expect(rowAt(book, "acme", "nova-1", at)).toBe(holding(at));
      }),
    );
  });
});

describe("a name in the price book", () => {
  const book = PriceBook.build([
    [
      fileOf("acme", {
        nova: { names: ["nova-classic"] },
        "nova-2026-01-01": {},
        tuned: { names: ["ft:*"] },
        "tuned-nova": { names: ["ft:nova*"] },
        "any-mini": { names: ["*-mini"] },
      }),
    ],
  ]);

  it.each([
    ["nova", "nova"],
    ["nova-classic", "nova"],
    ["nova-2025-05-05", "nova"],
    ["nova-2026-01-01", "nova-2026-01-01"],
    ["acme/nova", "nova"],
    ["ft:other:1", "tuned"],
    ["ft:nova:1", "tuned-nova"],
    ["what-mini", "any-mini"],
    ["models/what-mini", "any-mini"],
    ["ft:nova-mini", "tuned-nova"],
  ])("%s means %s: exactly, else by the pattern that says most", (name, id) => {
    expect(rowAt(book, "acme", name)).toBe(`acme/${id}/initial`);
  });

  it("brings the factors of the provider that concern its model, by whatever name that was asked for", () => {
    const factor = (models: string[] | undefined, multiply: string) => ({ models, multiply, ...provenance });
    const multipliers = [factor(["Nova-2*"], "2"), factor(["old-*"], "3"), { multiply: "5", ...provenance }];
    const scaled = PriceBook.build([
      [fileOf("acme", { "Nova-2": { names: ["second", "old-*"] }, other: {} }, { multipliers })],
    ]);
    const factorOf = (name: string) =>
      scaled.find("acme", name).candidates[0]?.multipliers.map(({ multiply }) => Number(multiply?.numerator));
    expect(factorOf("nova-2")).toEqual([2, 5]);
    expect(factorOf("second")).toEqual([2, 5]);
    expect(factorOf("old-nova")).toEqual([2, 3, 5]);
    expect(factorOf("other")).toEqual([5]);
  });
});

describe("layers of prices", () => {
  const published = fileOf("acme", { nova: {}, "nova-2026-01-01": {} }, { services: ["acme.ai"] });
  const own = (rows: object[], given: object = {}) =>
    parseOwnPrices({
      providers: [{ provider: "acme", models: [{ id: "nova", rows, ...given }] }],
    });
  const contract = { per_million: { input: "0.5" }, source: "contract" };

  it("are asked in order: an own price wins, under every name that means its model", () => {
    const book = PriceBook.build([own([contract]), [published]]);
    for (const name of ["nova", "NOVA", "acme/nova", "nova-2026-01-01"])
      expect(rowAt(book, "acme.ai", name)).toBe("own/acme/nova/initial");
  });

  it("win while they hold, and not a millisecond longer", () => {
    const dates = { effective_from: "2026-10-01", effective_to: "2026-11-01" };
    const book = PriceBook.build([own([{ ...contract, ...dates }]), [published]]);
    const times = [
      "2026-09-30T23:59:59.999Z",
      "2026-10-01T00:00:00Z",
      "2026-10-31T23:59:59.999Z",
      "2026-11-01T00:00:00Z",
    ];
    expect(times.map((time) => rowAt(book, "acme", "nova", time))).toEqual([
      "acme/nova/initial",
      "own/acme/nova/2026-10-01",
      "own/acme/nova/2026-10-01",
      "acme/nova/initial",
    ]);
  });

  it("leave the tiers that they say nothing of to the next", () => {
    const batch = { per_million: { input: "0.4" }, when: { tier: "batch" } };
    const book = PriceBook.build([own([contract]), [fileOf("acme", { nova: { rows: [{}, batch] } })]]);
    expect(rowAt(book, "acme", "nova", undefined, { tier: "batch" })).toBe("acme/nova/initial/tier=batch");
    expect(rowAt(book, "acme", "nova")).toBe("own/acme/nova/initial");
  });

  it("leave the other units to the next, and none of the tokens", () => {
    const listed = { per_million: { input: "1", output: "4" }, per_thousand: { search: "10" } };
    const book = PriceBook.build([own([contract]), [fileOf("acme", { nova: { rows: [listed] } })]]);
    const at = parseInstant("2026-11-21T10:00:00Z");
    const { rates } = book.find("acme", "nova").choiceAt(at, STANDARD).sheetFor({ at, usage, callCount: 1 });
    expect(rates.get("input")?.row.origin).toBe("own");
    expect(rates.get("output")).toBeUndefined();
    expect(rates.get("search")?.row.origin).toBe("published");
  });

  it("add providers, and names by which metrics call a provider", () => {
    const [added] = parseOwnPrices({
      providers: [
        { provider: "home", services: ["gpu_cluster"], models: [{ id: "llama", rows: [contract] }] },
      ],
    });
    const book = PriceBook.build([added ? [added] : [], [published]]);
    expect(rowAt(book, "gpu_cluster", "llama")).toBe("own/home/llama/initial");
    expect(rowAt(book, "acme", "nova")).toBe("acme/nova/initial");
  });

  it("of one layer are asked file by file: the first that knows a name has it, alone", () => {
    const curated = fileOf("acme", { nova: {} });
    const seed = fileOf("acme", { "nova-2026-01-01": {}, "nova-mini": {} });
    const book = PriceBook.build([[curated, seed]]);
    const idOf = (name: string) => book.find("acme", name).candidates.map(({ model }) => model.id);
    expect(idOf("nova-2026-01-01")).toEqual(["nova"]);
    expect(idOf("nova-mini")).toEqual(["nova-mini"]);
  });
});

describe("a provider that falls back to others", () => {
  const maker = fileOf("maker", { nova: {}, "nova-mini": {} }, { falls_back_to: ["other"] });
  const other = fileOf("other", { nova: {}, rare: {} });
  const reseller = fileOf("reseller", { nova: {} }, { falls_back_to: ["maker", "other"] });
  const book = PriceBook.build([[reseller, maker, other]]);

  it("has their prices for models that it does not list itself, the first that does", () => {
    expect(rowAt(book, "reseller", "nova")).toBe("reseller/nova/initial");
    expect(rowAt(book, "reseller", "nova-mini")).toBe("maker/nova-mini/initial");
    expect(rowAt(book, "reseller", "rare")).toBe("other/rare/initial");
    expect(rowAt(book, "reseller", "unheard-of")).toBeUndefined();
  });

  it("has own prices for the maker's models too", () => {
    const own = parseOwnPrices({
      providers: [
        {
          provider: "maker",
          models: [{ id: "nova-mini", rows: [{ per_million: { input: "0.1" }, source: "contract" }] }],
        },
      ],
    });
    expect(rowAt(PriceBook.build([own, [reseller, maker, other]]), "reseller", "nova-mini")).toBe(
      "own/maker/nova-mini/initial",
    );
  });

  it("does not have the prices of those that these fall back to", () => {
    const far = PriceBook.build([[fileOf("reseller", {}, { falls_back_to: ["maker"] }), maker, other]]);
    expect(rowAt(far, "maker", "rare")).toBe("other/rare/initial");
    expect(rowAt(far, "reseller", "rare")).toBeUndefined();
  });
});

describe("what a price book remembers", () => {
  const at = parseInstant("2026-11-21T10:00:00Z");

  it("are names that were asked for, until there are too many of them; then it is as right as before", () => {
    const book = aBook({ per_million: { input: "1" } });
    const found = book.find("acme", "nova-1");
    expect(book.find("acme", "nova-1")).toBe(found);
    for (let n = 0; n < 10_000; n += 1) expect(book.find(`acme${n % 7}`, `made-up-${n}`).isKnown).toBe(false);
    expect(book.find("acme", "nova-1")).not.toBe(found);
    expect(rowAt(book, "acme", "nova-1")).toBe("acme/nova-1/initial");
  });

  it("are the facts of calls as well, all in the same bounds", () => {
    const book = aBook({ per_million: { input: "1" } }, { when: { region: "r-7" }, multiply: "2" });
    const found = book.find("acme", "nova-1");
    const inRegion = (region: string) =>
      book.find("acme", "nova-1").choiceAt(at, { tier: "standard", region });
    expect(inRegion("r-1")).toBe(inRegion("r-1"));
    for (let n = 0; n < 10_000; n += 1) inRegion(`r-${n}`);
    expect(book.find("acme", "nova-1")).not.toBe(found);
    const priceIn = (region: string) =>
      inRegion(region).sheetFor({ at, usage, callCount: 1 }).rates.get("input")?.shownUnitPrice.toString();
    expect([priceIn("r-7"), priceIn("r-8")]).toEqual(["0.000002", "0.000001"]);
  });

  it("tells facts apart, whatever they are", () => {
    const name = aBook({ per_million: { input: "1" } }).find("acme", "nova-1");
    const facts = [
      { tier: "a|b", region: "c" },
      { tier: "a", region: "b|c" },
      { tier: "a", size: "b|c" },
      { tier: "a", quality: "b|c" },
      { tier: "a", resolution: "b|c" },
      { tier: "a b" },
      { tier: "a" },
    ];
    expect(new Set(facts.map((one) => name.choiceAt(at, one))).size).toBe(facts.length);
  });
});
