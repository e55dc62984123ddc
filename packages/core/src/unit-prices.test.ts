import { describe, expect, it } from "vitest";
import { fixedPointText, parseFixedPoint } from "./fixed-point.ts";
import { costOfUsage, type UnitPrices } from "./unit-prices.ts";
import type { Usage, UsageUnit } from "./usage.ts";

function pricesOf(prices: Readonly<Record<string, string>>, promptTokensMax?: number): UnitPrices {
  const entries = Object.entries(prices).map(([unit, price]): [UsageUnit, bigint] => [
    unit as UsageUnit,
    parseFixedPoint(price) ?? -1n,
  ]);
  return { prices: new Map(entries), ...(promptTokensMax !== undefined && { promptTokensMax }) };
}

function costOf(prices: UnitPrices, usage: Usage): string | undefined {
  const cost = costOfUsage(prices, usage);
  return cost === undefined ? undefined : fixedPointText(cost);
}

describe("the cost of a call by the prices of its units", () => {
  const chat = pricesOf({ input: "0.0000025", cache_read: "0.00000125", output: "0.00001" });

  it("is exact", () => {
    expect(costOf(chat, { input: 1200, cache_read: 3, output: 300 })).toBe("0.00600375");
    const tiny = pricesOf({ input: "0.000000000000000001" });
    expect(costOf(tiny, { input: 1_000_000_001 })).toBe("0.000000001000000001");
  });

  it("is nothing where nothing was used, which is not the same as nothing known", () => {
    expect(costOf(chat, { input: 0, output: 0 })).toBe("0");
    expect(costOf(chat, {})).toBeUndefined();
    expect(costOf(pricesOf({}), { input: 0 })).toBeUndefined();
  });

  it("is not told where a unit that was used has no price", () => {
    expect(costOf(chat, { input: 1200, search: 1 })).toBeUndefined();
    expect(costOf(chat, { input: 1200, search: 0 })).toBe("0.003");
    expect(costOf(chat, { input: 1200, x_dream_tokens: 1 })).toBeUndefined();
  });

  it("has the price of one request in it, unless the usage says how many", () => {
    const perRequest = pricesOf({ input: "0.000001", request: "0.005" });
    expect(costOf(perRequest, { input: 1000 })).toBe("0.006");
    expect(costOf(perRequest, { input: 1000, request: 3 })).toBe("0.016");
    expect(costOf(perRequest, { input: 1000, request: 0 })).toBe("0.001");
    expect(costOf(perRequest, {})).toBe("0.005");
  });

  it("is not told of prompts that are longer than the prices hold for, whatever they are made of", () => {
    const tiered = pricesOf({ input: "0.000001", cache_read: "0.0000001", output: "0.00001" }, 200_000);
    expect(costOf(tiered, { input: 150_000, cache_read: 50_000, output: 1 })).toBe("0.15501");
    expect(costOf(tiered, { input: 150_000, cache_read: 50_001, output: 1 })).toBeUndefined();
  });

  it.each([-1, 0.5, Number.NaN, Number.MAX_VALUE])("is not told of %d of a unit", (input) => {
    expect(costOf(chat, { input })).toBeUndefined();
  });
});
