import { parseInstant, type Usage, type UsageUnit } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { moneyFromAttodollars, multiplyAmount } from "./attodollars.ts";
import { aPriceFile } from "./fixtures.ts";
import type { StaticFacts } from "./price-conditions.ts";
import { parsePriceFile } from "./price-file.ts";
import { PriceChoice, type PriceSheet } from "./price-sheet.ts";

interface Asked extends Partial<StaticFacts> {
  readonly usage?: Usage;
  readonly time?: string;
  readonly callCount?: number;
}

const rowsOf = (...rows: object[]) => parsePriceFile(aPriceFile(...rows)).models[0]?.rows ?? [];

/** The prices for a call of a model that has these rows. */
function sheetOf(
  rows: readonly object[],
  { usage = {}, time, callCount = 1, ...facts }: Asked = {},
): PriceSheet {
  const at = parseInstant(time ?? "2026-11-21T10:00:00Z");
  return new PriceChoice([rowsOf(...rows)], { tier: "standard", ...facts }).sheetFor({
    at,
    usage,
    callCount,
  });
}

/** Of one unit for a million, in dollars. */
function priceIn(sheet: PriceSheet, unit: UsageUnit): string | undefined {
  const rate = sheet.rates.get(unit);
  return rate && moneyFromAttodollars(multiplyAmount(rate.unitPrice * 1_000_000n, rate.factor)).toString();
}

const pricesIn = (sheet: PriceSheet, ...units: UsageUnit[]) => units.map((unit) => priceIn(sheet, unit));

const base = {
  per_million: { input: "1", cache_read: "0.1", output: "4" },
  per_thousand: { search: "10" },
};
const long = { when: { prompt_over: 200_000 }, per_million: { input: "2", cache_read: "0.2", output: "6" } };

describe("tokens", () => {
  const rows = [base, long, { when: { prompt_from: 500_000 }, per_million: { input: "3", output: "9" } }];
  const pricesOf = (usage: Usage, callCount = 1) => {
    const sheet = sheetOf(rows, { usage, callCount });
    return pricesIn(sheet, "input", "cache_read", "output");
  };

  it("all move with a prompt that is long enough, cached ones and output too", () => {
    expect(pricesOf({ input: 200_000 })).toEqual(["1", "0.1", "4"]);
    expect(pricesOf({ input: 200_001 })).toEqual(["2", "0.2", "6"]);
    expect(pricesOf({ input: 1, cache_read: 200_000 })).toEqual(["2", "0.2", "6"]);
  });

  it("have no price where the row that holds has none, whatever others say", () => {
    expect(pricesOf({ input: 500_000 })).toEqual(["3", undefined, "9"]);
  });

  it("move by the length of one call where there are several", () => {
    expect(pricesOf({ input: 400_000 }, 2)[0]).toBe("1");
    expect(pricesOf({ input: 400_002 }, 2)[0]).toBe("2");
  });

  it("are priced by the row with the most conditions", () => {
    const several = [
      base,
      long,
      { when: { region: "us" }, per_million: { input: "5" } },
      { when: { region: "us", quality: "hd" }, per_million: { input: "6" } },
      { when: { region: "us", prompt_over: 200_000 }, per_million: { input: "7" } },
    ];
    const inputOf = (asked: Asked) => priceIn(sheetOf(several, asked), "input");
    const longPrompt = { usage: { input: 200_001 } };
    expect(inputOf({ region: "us" })).toBe("5");
    expect(inputOf({ region: "us", quality: "hd" })).toBe("6");
    expect(inputOf({ region: "us", ...longPrompt })).toBe("7");
    expect(inputOf({ region: "us", quality: "hd", ...longPrompt })).toBe("7");
    expect(inputOf({ region: "eu", ...longPrompt })).toBe("2");
    expect(inputOf({ region: "eu" })).toBe("1");
  });

  it("of a kind that has no price are billed as others are", () => {
    const sheet = sheetOf([base]);
    expect(pricesIn(sheet, "reasoning", "image_input", "video_input", "image_cache_read")).toEqual([
      "4",
      "1",
      "1",
      "0.1",
    ]);
    expect(
      pricesIn(sheet, "audio_input", "audio_output", "cache_write_5m", "image_output", "citation"),
    ).toEqual(Array(5).fill(undefined));
    const priced = sheetOf([{ per_million: { input: "1", output: "4", reasoning: "3", image_input: "0" } }]);
    expect(pricesIn(priced, "reasoning", "image_input")).toEqual(["3", "0"]);
  });
});

describe("tier", () => {
  it("without a price or a factor has none", () => {
    const sheet = sheetOf([base], { tier: "batch" });
    expect(sheet.rates.size).toBe(0);
    expect(sheet.tokenRow).toBeUndefined();
  });

  it("with prices of its own has these, and not a factor on others", () => {
    const rows = [base, { when: { tier: "batch" }, per_million: { input: "0.7" } }];
    expect(pricesIn(sheetOf(rows, { tier: "batch" }), "input", "output")).toEqual(["0.7", undefined]);
  });

  it("with a factor costs what the standard tier does, times it: for long prompts too", () => {
    const rows = [base, long, { when: { tier: ["batch", "flex"] }, multiply: "0.5" }];
    for (const tier of ["batch", "flex"]) {
      expect(pricesIn(sheetOf(rows, { tier }), "input", "cache_read", "output", "reasoning")).toEqual([
        "0.5",
        "0.05",
        "2",
        "2",
      ]);
      expect(priceIn(sheetOf(rows, { tier, usage: { input: 200_001 } }), "output")).toBe("3");
    }
    expect(priceIn(sheetOf(rows), "input")).toBe("1");
    expect(sheetOf(rows, { tier: "batch" }).rates.get("input")).toMatchObject({
      row: { id: "acme/nova-1/initial" },
      multiplierIds: ["acme/nova-1/initial/tier=batch+flex"],
    });
  });

  it("has one factor, the most exact", () => {
    const rows = [
      base,
      { when: { tier: "batch" }, multiply: "0.5" },
      { when: { tier: "batch", prompt_over: 200_000 }, multiply: "0.75" },
    ];
    expect(priceIn(sheetOf(rows, { tier: "batch" }), "input")).toBe("0.5");
    expect(priceIn(sheetOf(rows, { tier: "batch", usage: { input: 200_001 } }), "input")).toBe("0.75");
  });

  it("does not multiply a price that it has by its factor as well", () => {
    const rows = [
      base,
      { when: { tier: "batch" }, multiply: "0.5" },
      { when: { tier: "batch", prompt_over: 200_000 }, per_million: { input: "1.5" } },
    ];
    const sheet = sheetOf(rows, { tier: "batch", usage: { input: 200_001 } });
    expect(pricesIn(sheet, "input", "output")).toEqual(["1.5", undefined]);
    expect(sheet.rates.get("input")?.multiplierIds).toEqual([]);
  });

  it("has factors of region and time beside its own, on other units too", () => {
    const onVideo = { multiplies: ["video_second"] };
    const rows = [
      { per_unit: { video_second: "0.1" } },
      { when: { tier: "batch" }, multiply: "0.5", ...onVideo },
      { when: { region: "us" }, multiply: "1.1", ...onVideo },
    ];
    expect(priceIn(sheetOf(rows, { tier: "batch", region: "us" }), "video_second")).toBe("55000");
  });

  it("leaves units that its factor is not on without a price", () => {
    const units = { per_unit: { image: "0.04", video_second: "0.1" } };
    const half = { when: { tier: "batch" }, multiply: "0.5" };
    const onVideo = { ...half, multiplies: ["video_second"] };
    const inBatch = (...rows: object[]) =>
      pricesIn(sheetOf(rows, { tier: "batch" }), "input", "image", "video_second");
    const tokens = { per_million: { input: "1" } };
    expect(inBatch(tokens, units, half)).toEqual(["0.5", undefined, undefined]);
    expect(inBatch(tokens, units, onVideo)).toEqual([undefined, undefined, "50000"]);
    expect(inBatch({ ...tokens, ...units }, onVideo, half)).toEqual(["0.5", undefined, "50000"]);
  });
});

describe("factors", () => {
  const us = { when: { region: ["us", "us-*"] }, multiply: "1.1" };
  const peak = { when: { time: [{ from: "01:00", to: "04:00", time_zone: "UTC" }] }, multiply: "2" };
  const rows = [base, us, peak, { when: { tier: "batch" }, multiply: "0.5" }];
  const inputOf = (asked: Asked) => priceIn(sheetOf(rows, asked), "input");

  it("of region and time of day multiply, in every tier", () => {
    const time = "2026-11-21T02:00:00Z";
    expect(inputOf({})).toBe("1");
    expect(inputOf({ region: "us-east-1" })).toBe("1.1");
    expect(inputOf({ time })).toBe("2");
    expect(inputOf({ region: "us", time })).toBe("2.2");
    expect(inputOf({ region: "us", time, tier: "batch" })).toBe("1.1");
    expect(inputOf({ region: "eu", tier: "batch" })).toBe("0.5");
  });

  it("are named on the price that they are in", () => {
    const sheet = sheetOf(rows, { region: "us", tier: "batch" });
    expect(sheet.rates.get("input")?.multiplierIds).toEqual([
      "acme/nova-1/initial/tier=batch",
      "acme/nova-1/initial/region=us+us-*",
    ]);
    expect(sheetOf(rows, { region: "us" }).rates.get("search")?.multiplierIds).toEqual([]);
  });

  it("are on tokens, unless they say on what", () => {
    expect(pricesIn(sheetOf(rows, { region: "us" }), "output", "search")).toEqual(["4.4", "10000"]);
    const onSearch = { ...us, multiplies: ["search"] };
    expect(pricesIn(sheetOf([base, onSearch], { region: "us" }), "output", "search")).toEqual(["4", "11000"]);
    const onBoth = { ...us, multiplies: ["tokens", "search"] };
    expect(pricesIn(sheetOf([base, onBoth], { region: "us" }), "output", "search")).toEqual(["4.4", "11000"]);
    const onInput = { ...us, multiplies: ["input"] };
    expect(pricesIn(sheetOf([base, onInput], { region: "us" }), "input", "output")).toEqual(["1.1", "4"]);
  });

  it("are on the prices of a tier of its own as well", () => {
    const fast = { when: { tier: "fast" }, per_million: { input: "3" } };
    expect(priceIn(sheetOf([base, us, fast], { tier: "fast", region: "us" }), "input")).toBe("3.3");
  });

  it("stay beside a price that they would round, which is shown rounded", () => {
    const rate = sheetOf([{ per_million: { input: "0.000000000001" } }, us], { region: "us" }).rates.get(
      "input",
    );
    expect(rate).toMatchObject({ unitPrice: 1n, factor: { numerator: 11n, denominator: 10n } });
    expect(rate?.shownUnitPrice.toString()).toBe("0.000000000000000001");
  });

  it("are on the steps of a price by volume", () => {
    const steps = [{ up_to: 10, per_unit: "0" }, { per_unit: "1" }];
    const volume = { unit: "request", meter: "m", period: "month", time_zone: "UTC", steps };
    const rate = sheetOf([{ volume }, { ...us, multiplies: ["request"] }], { region: "us" }).rates.get(
      "request",
    );
    expect(rate).toMatchObject({
      factor: { numerator: 11n, denominator: 10n },
      volume: { meter: "m" },
      multiplierIds: ["acme/nova-1/initial/region=us+us-*"],
    });
  });
});

describe("units that are no tokens", () => {
  it("fall through to the most exact row that prices them", () => {
    const sheet = sheetOf([base, long, { when: { prompt_over: 9 }, per_unit: { page: "0.1" } }], {
      usage: { input: 200_001 },
    });
    expect(sheet.tokenRow?.id).toBe("acme/nova-1/initial/prompt_over=200000");
    expect(pricesIn(sheet, "input", "search", "page", "image")).toEqual(["2", "10000", "100000", undefined]);
  });

  it("have the price of what was served", () => {
    const rows = [
      { per_unit: { image: "0.04" } },
      { when: { quality: "hd" }, per_unit: { image: "0.08" } },
      { when: { quality: "hd", size: ["1024x1792", "1792x1024"] }, per_unit: { image: "0.12" } },
    ];
    const imageOf = (asked: Asked) => priceIn(sheetOf(rows, asked), "image");
    expect(imageOf({})).toBe("40000");
    expect(imageOf({ quality: "hd", size: "1024x1024" })).toBe("80000");
    expect(imageOf({ quality: "hd", size: "1792x1024" })).toBe("120000");
    expect(imageOf({ size: "1792x1024" })).toBe("40000");
  });

  it("hold in all tiers where their row says so", () => {
    const rows = [{ per_million: { input: "1" } }, { when: { tier: "*" }, per_thousand: { search: "10" } }];
    expect(pricesIn(sheetOf(rows), "input", "search")).toEqual(["1", "10000"]);
    expect(pricesIn(sheetOf(rows, { tier: "reserved" }), "input", "search")).toEqual([undefined, "10000"]);
  });

  it("carry the least quantity that is billed", () => {
    const rows = [{ per_unit: { second: "0.001", image: "1" }, minimum: { second: 10 } }];
    const { rates } = sheetOf(rows);
    expect([rates.get("second")?.minimum, rates.get("image")?.minimum]).toEqual([10, 0]);
  });
});

describe("sheet", () => {
  const [cheap, dear] = [
    rowsOf({ per_million: { input: "1" }, per_unit: { image: "1" } }),
    rowsOf({ per_million: { input: "9", output: "9" }, per_unit: { image: "9", page: "9" } }),
  ];
  const at = parseInstant("2026-11-21T10:00:00Z");

  it("has the tokens of the first that prices any, and each other unit of the first that prices it", () => {
    const facts = { at, usage: {}, callCount: 1 };
    const sheet = new PriceChoice([cheap, dear], { tier: "standard" }).sheetFor(facts);
    expect(pricesIn(sheet, "input", "output", "image", "page")).toEqual([
      "1",
      undefined,
      "1000000",
      "9000000",
    ]);
  });

  it("is the same for calls that the same rows price, and another for others", () => {
    const choice = new PriceChoice([rowsOf(base, long)], { tier: "standard" });
    const sheetFor = (input: number) => choice.sheetFor({ at, usage: { input }, callCount: 1 });
    expect(sheetFor(1)).toBe(sheetFor(200_000));
    expect(sheetFor(200_001)).toBe(sheetFor(900_000));
    expect(sheetFor(200_001)).not.toBe(sheetFor(1));
  });
});
