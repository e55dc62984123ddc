import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addUsage,
  hasUsage,
  isKnownUnit,
  isUsageUnit,
  knownUnits,
  quantitiesOf,
  sideOf,
  tokensOf,
  type Usage,
  type UsageUnit,
} from "./usage.ts";

describe("unit of usage", () => {
  it("is one that is known, or one's own", () => {
    expect(knownUnits.every(isUsageUnit)).toBe(true);
    for (const name of ["x_gpu_second", "x_1", `x_${"a".repeat(61)}`]) {
      expect(isUsageUnit(name), name).toBe(true);
      expect(isKnownUnit(name), name).toBe(false);
    }
  });

  it.each([
    "",
    "tokens",
    "Input",
    "input_tokens",
    "x_",
    "x_Tokens",
    "x_a-b",
    "x_a ",
    `x_${"a".repeat(62)}`,
    "constructor",
    "__proto__",
    "toString",
  ])("is not %j", (name) => {
    expect(isUsageUnit(name)).toBe(false);
  });

  it("is of tokens on one side of the call, or of something else", () => {
    const unitsOn = (side: string) => knownUnits.filter((unit) => sideOf(unit) === side);
    expect(unitsOn("input")).toEqual([
      "input",
      "cache_read",
      "cache_write_5m",
      "cache_write_30m",
      "cache_write_1h",
      "cache_write_12h",
      "audio_input",
      "audio_cache_read",
      "image_input",
      "image_cache_read",
      "video_input",
    ]);
    expect(unitsOn("output")).toEqual([
      "output",
      "reasoning",
      "audio_output",
      "image_output",
      "video_output",
      "citation",
    ]);
    expect(
      ["request", "search", "image", "second", "x_input"].map((unit) => sideOf(unit as UsageUnit)),
    ).toEqual(Array(5).fill("other"));
  });
});

const usage: fc.Arbitrary<Usage> = fc.dictionary(
  fc.constantFrom<UsageUnit[]>("input", "cache_read", "output", "reasoning", "request", "x_other"),
  fc.option(fc.nat(1_000), { nil: undefined }),
);

describe("usage", () => {
  const reported: Usage = { input: 5, cache_read: 0, output: undefined, request: 2, x_other: 9 };

  it("tells what was reported, zero included, and not what is absent", () => {
    expect(quantitiesOf(reported)).toEqual([
      ["input", 5],
      ["cache_read", 0],
      ["request", 2],
      ["x_other", 9],
    ]);
  });

  it("is there when anything was used", () => {
    expect([{}, { input: 0 }, { input: undefined }, { input: 0, x_other: 1 }].map(hasUsage)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it("counts as tokens what is on a side, and nothing else", () => {
    const all = Object.fromEntries([...knownUnits, "x_other"].map((unit, index) => [unit, 2 ** index]));
    const sumOf = (side: string) =>
      knownUnits.reduce((sum, unit, index) => sum + (sideOf(unit) === side ? 2 ** index : 0), 0);
    expect([tokensOf(all, "input"), tokensOf(all, "output")]).toEqual([sumOf("input"), sumOf("output")]);
    expect([tokensOf(reported, "input"), tokensOf(reported, "output")]).toEqual([5, 0]);
  });

  it("adds up unit by unit, and has no unit that neither has", () => {
    expect(addUsage({ input: 1, output: 2 }, { input: 3, x_other: 0 })).toEqual({
      input: 4,
      output: 2,
      x_other: 0,
    });
    fc.assert(
      fc.property(usage, usage, (a, b) => {
        const sum = addUsage(a, b);
        expect(new Set(quantitiesOf(sum).map(([unit]) => unit))).toEqual(
          new Set([...quantitiesOf(a), ...quantitiesOf(b)].map(([unit]) => unit)),
        );
        for (const [unit, quantity] of quantitiesOf(sum))
          expect(quantity).toBe((a[unit] ?? 0) + (b[unit] ?? 0));
        for (const side of ["input", "output"] as const)
          expect(tokensOf(sum, side)).toBe(tokensOf(a, side) + tokensOf(b, side));
      }),
    );
  });
});
