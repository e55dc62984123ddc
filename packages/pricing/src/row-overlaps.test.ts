import { describe, expect, it } from "vitest";
import { InvalidPriceFileError } from "./errors.ts";
import { aPriceFile } from "./fixtures.ts";
import { parsePriceFile } from "./price-file.ts";
import type { PriceRow } from "./price-row.ts";

/** When rows begin and end, as days. */
const daysOf = ({ effectiveFrom, effectiveTo }: PriceRow) =>
  [effectiveFrom, effectiveTo].map((moment) => moment?.slice(0, 10));
const daysIn = (...rows: object[]) => parsePriceFile(aPriceFile(...rows)).models[0]?.rows.map(daysOf);

const price = { per_million: { input: "2" } };
const search = { per_thousand: { search: "10" } };
const image = { per_unit: { image: "0.04" } };
const from = (day: string, given: object = price) => ({ ...given, effective_from: day });
const until = (day: string, given: object = price) => ({ ...given, effective_to: day });
const when = (conditions: object, given: object = price) => ({ ...given, when: conditions });

describe("a row without an end", () => {
  it("ends where the next one under the same conditions begins, in whatever order they stand", () => {
    expect(daysIn(price, from("2026-02-01"), from("2026-05-01"))).toEqual([
      [undefined, "2026-02-01"],
      ["2026-02-01", "2026-05-01"],
      ["2026-05-01", undefined],
    ]);
    expect(daysIn(from("2026-05-01"), price, from("2026-02-01"))).toEqual([
      ["2026-05-01", undefined],
      [undefined, "2026-02-01"],
      ["2026-02-01", "2026-05-01"],
    ]);
  });

  it("does not touch one that has an end, so that there may be a gap", () => {
    expect(daysIn(until("2026-01-01"), from("2026-02-01"))).toEqual([
      [undefined, "2026-01-01"],
      ["2026-02-01", undefined],
    ]);
  });

  it("goes on beside rows under other conditions, however these are written", () => {
    const rows = [
      when({ region: ["us", "eu"] }),
      when({ region: "jp" }, from("2026-02-01")),
      when({ region: ["EU", "US"] }, from("2026-03-01")),
    ];
    expect(daysIn(...rows)).toEqual([
      [undefined, "2026-03-01"],
      ["2026-02-01", undefined],
      ["2026-03-01", undefined],
    ]);
  });

  it("goes on beside prices of something else", () => {
    const rows = [price, search, from("2026-02-01", image), from("2026-03-01"), from("2026-04-01", image)];
    expect(daysIn(...rows)).toEqual([
      [undefined, "2026-03-01"],
      [undefined, undefined],
      ["2026-02-01", "2026-04-01"],
      ["2026-03-01", undefined],
      ["2026-04-01", undefined],
    ]);
  });

  it("takes its variants with it, so that no price of long prompts or batches outlives it", () => {
    const long = { when: { prompt_over: 200_000 }, per_million: { input: "4" } };
    const variants = [
      long,
      { when: { tier: "batch" }, multiply: "0.5" },
      { when: { tier: "flex" }, multiply: "0.6", effective_to: "2026-07-01" },
      { when: { tier: "fast" }, multiply: "2", effective_from: "2026-06-01" },
    ];
    expect(daysIn({ ...price, variants }, from("2026-05-01", { ...price, variants: [long] }))).toEqual([
      [undefined, "2026-05-01"],
      [undefined, "2026-05-01"],
      [undefined, "2026-05-01"],
      [undefined, "2026-07-01"],
      ["2026-06-01", undefined],
      ["2026-05-01", undefined],
      ["2026-05-01", undefined],
    ]);
  });

  it("goes on without a variant that another follows", () => {
    const batch = { when: { tier: "batch" }, multiply: "0.5" };
    expect(daysIn({ ...price, variants: [batch, from("2026-03-01", batch)] })).toEqual([
      [undefined, undefined],
      [undefined, "2026-03-01"],
      ["2026-03-01", undefined],
    ]);
  });

  it("ends, as a factor of the provider, where the next one on the same models and things begins", () => {
    const provenance = { source: "s", checked_on: "2026-11-22", verified: true };
    const factor = (given: object) => ({ multiply: "1.1", when: { region: "us" }, ...provenance, ...given });
    const multipliers = [
      factor({}),
      factor(from("2026-02-01", { models: ["nova-*"] })),
      factor(from("2026-03-01", { multiplies: ["search"] })),
      factor(from("2026-04-01", { multiply: "1.2" })),
    ];
    const file = parsePriceFile({ ...aPriceFile(price), multipliers });
    expect(file.multipliers.map(({ row }) => daysOf(row).join())).toEqual([
      ",2026-04-01",
      "2026-03-01,",
      "2026-04-01,",
      "2026-02-01,",
    ]);
  });
});

describe("rows that hold at the same time for the same calls", () => {
  const clashesIn = (...rows: object[]): string[] => {
    try {
      parsePriceFile(aPriceFile(...rows));
    } catch (error) {
      if (error instanceof InvalidPriceFileError) return error.problems.map(({ message }) => message);
      throw error;
    }
    return [];
  };
  const half = { multiply: "0.5" };
  const hours = (start: string, end: string) => ({ time: [{ from: start, to: end, time_zone: "UTC" }] });

  it("are told by their ids", () => {
    expect(clashesIn(until("2026-02-01"), from("2026-01-31"))).toEqual([
      "acme/nova-1/initial and acme/nova-1/2026-01-31 hold at the same time for the same calls",
    ]);
  });

  it.each<[string, object[]]>([
    ["overlapping dates", [until("2026-02-01"), from("2026-01-31")]],
    ["the same beginning", [from("2026-01-01"), from("2026-01-01")]],
    ["two rows for tokens, each for others", [price, { per_million: { output: "4" } }]],
    ["one unit beside tokens and alone", [{ ...price, ...search }, search]],
    ["tiers that share one", [when({ tier: ["batch", "flex"] }), when({ tier: ["flex"] })]],
    ["a region, and a pattern of regions", [when({ region: "us-east-1" }), when({ region: "us-*" })]],
    ["a region and a quality", [when({ region: "us" }), when({ quality: "hd" })]],
    ["a region and a time of day", [when({ region: "us" }), when(hours("01:00", "02:00"))]],
    ["times of day that share some", [when(hours("01:00", "04:00")), when(hours("03:00", "05:00"))]],
    [
      "the same length of prompt",
      [when({ prompt_over: 9 }), when({ prompt_from: 10, prompt_counts: ["input"] })],
    ],
    [
      "two factors for one tier",
      [price, when({ tier: ["batch", "flex"] }, half), when({ tier: "batch" }, half)],
    ],
    [
      "the same factor twice",
      [price, when({ region: "us" }, until("2026-02-01", half)), when({ region: "US" }, half)],
    ],
  ])("are refused: %s", (_, rows) => {
    expect(clashesIn(...rows)).toHaveLength(1);
  });

  const volume = (unit: string) => ({
    volume: { unit, meter: "m", period: "month", time_zone: "UTC", steps: [{ per_unit: "1" }] },
  });

  it("are refused where one is by volume", () => {
    expect(clashesIn(volume("image"), until("2026-02-01", image))).toHaveLength(1);
    expect(clashesIn(volume("image"), search)).toEqual([]);
  });

  it.each<[string, object[]]>([
    ["dates that follow each other", [until("2026-02-01"), from("2026-02-01")]],
    ["other things", [price, search, image]],
    ["other tiers", [price, when({ tier: "batch" }), when({ tier: "flex" })]],
    ["regions that do not meet", [when({ region: "us-*" }), when({ region: "eu-*" })]],
    ["times that do not meet", [when(hours("01:00", "04:00")), when(hours("04:00", "05:00"))]],
    ["more conditions", [price, when({ region: "us" }), when({ region: "us", quality: "hd" })]],
    ["other lengths of prompt", [when({ prompt_over: 100 }), when({ prompt_over: 200 })]],
    ["a price and a factor", [price, when({ tier: "batch" }, half)]],
    ["factors that go together", [price, when({ region: "us" }, half), when(hours("01:00", "02:00"), half)]],
    [
      "factors on other things",
      [price, when({ tier: "batch" }, half), when({ tier: "batch" }, { ...half, multiplies: ["search"] })],
    ],
  ])("are none of these: %s", (_, rows) => {
    expect(clashesIn(...rows)).toEqual([]);
  });
});
