import { Money, type UsageKind } from "@ai-usage/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aPriceFile } from "./fixtures.ts";
import { parsePriceFile } from "./price-file.ts";
import type { PriceRow } from "./price-row.ts";
import { quote } from "./quote.ts";

function aRow(fields: object): PriceRow {
  const row = parsePriceFile(aPriceFile(fields)).models[0]?.rows[0];
  if (row === undefined) throw new Error("the fixture has a row");
  return row;
}

const tiered = aRow({
  per_million: { input: "1", cache_read: "0.1", output: "4" },
  per_unit: { search: "0.01" },
  tiers: [
    { prompt_over: 200_000, per_million: { input: "2", cache_read: "0.2", output: "6" } },
    { prompt_from: 500_000, per_million: { input: "3", cache_read: "0.3", output: "9" } },
  ],
});

describe("quote", () => {
  it("tells line by line how the cost comes about", () => {
    expect(
      JSON.parse(JSON.stringify(quote(tiered, { input: 1_000, cache_read: 500, output: 20, search: 2 }))),
    ).toEqual({
      priceId: "acme/nova-1/initial",
      lines: [
        { kind: "input", quantity: 1_000, unitPrice: "0.000001", amount: "0.001" },
        { kind: "cache_read", quantity: 500, unitPrice: "0.0000001", amount: "0.00005" },
        { kind: "output", quantity: 20, unitPrice: "0.000004", amount: "0.00008" },
        { kind: "search", quantity: 2, unitPrice: "0.01", amount: "0.02" },
      ],
      unpricedKinds: [],
      cost: "0.02113",
    });
  });

  it("names the kinds without a price, and then has no cost", () => {
    const quoted = quote(tiered, { input: 10, audio_input: 5, page: 1, image: 0 });
    expect(quoted.unpricedKinds).toEqual(["audio_input", "page"]);
    expect(quoted.cost).toBeUndefined();
  });

  it.each([
    [199_999, "0.199999"],
    [200_000, "0.2"],
    [200_001, "0.400002"],
    [499_999, "0.999998"],
    [500_000, "1.5"],
  ])("bills a prompt of %i tokens by its tier, all of it", (input, cost) => {
    expect(quote(tiered, { input }).cost?.toString()).toBe(cost);
  });

  it("counts cached tokens to the length of the prompt, and moves the output too", () => {
    expect(quote(tiered, { input: 1, cache_read: 200_000, output: 1_000_000 }).cost?.toString()).toBe(
      "6.040002",
    );
  });

  it("finds the tier of several identical calls by one of them", () => {
    expect(quote(tiered, { input: 400_000 }, 2).cost?.toString()).toBe("0.4");
    expect(quote(tiered, { input: 400_002 }, 2).cost?.toString()).toBe("0.800004");
  });

  it("charges each call where the price is per request, unless told how many were billed", () => {
    const perRequest = aRow({ per_unit: { request: "0.017" } });
    expect(quote(perRequest, {}, 3).cost?.toString()).toBe("0.051");
    expect(quote(perRequest, { request: 1 }, 3).cost?.toString()).toBe("0.017");
    expect(quote(perRequest, { request: 0 }, 3).cost?.toString()).toBe("0");
  });

  it("sums a million events of $0.000000075 exactly", () => {
    const row = aRow({ per_million: { input: "0.075" } });
    const one = quote(row, { input: 1 }).cost ?? Money.zero;
    expect(one.toString()).toBe("0.000000075");
    expect(Money.sum(Array.from({ length: 1_000_000 }, () => one)).toString()).toBe("0.075");
  });
});

describe("quote of any usage", () => {
  const kinds: UsageKind[] = ["input", "cache_read", "cache_write_5m", "output", "search"];
  const price = fc.tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 999_999_999 }));
  const priceText = price.map(([whole, fraction]) => `${whole}.${String(fraction).padStart(12, "0")}`);
  const prices = fc
    .tuple(...kinds.map(() => priceText))
    .map((texts) => new Map(kinds.map((kind, i) => [kind, texts[i] ?? "0"])));
  const usage = fc.record(Object.fromEntries(kinds.map((kind) => [kind, fc.nat()])), { requiredKeys: [] });

  it("is the exact sum of quantity times price", () => {
    fc.assert(
      fc.property(prices, usage, (listed, used) => {
        const row = aRow({ per_million: Object.fromEntries(listed) });
        const expected = Object.entries(used).map(([kind, quantity]) =>
          Money.parse(listed.get(kind as UsageKind) ?? "0")
            .times(BigInt(quantity ?? 0))
            .dividedBy(1_000_000n),
        );
        expect(quote(row, used).cost?.toString()).toBe(Money.sum(expected).toString());
      }),
    );
  });

  it("does not depend on how the calls are grouped or ordered", () => {
    const row = aRow({
      per_million: Object.fromEntries(kinds.map((kind, i) => [kind, `${i}.000000000007`])),
    });
    fc.assert(
      fc.property(fc.array(usage, { maxLength: 8 }), (calls) => {
        const together: Partial<Record<UsageKind, number>> = {};
        for (const call of calls)
          for (const kind of kinds) together[kind] = (together[kind] ?? 0) + (call[kind] ?? 0);
        const one = quote(row, together, Math.max(1, calls.length)).cost;
        const costs = calls.map((call) => quote(row, call).cost ?? Money.zero);
        expect(Money.sum(costs).toString()).toBe(one?.toString());
        expect(Money.sum(costs.reverse()).toString()).toBe(one?.toString());
      }),
    );
  });
});
