import {
  dimensionOf,
  Money,
  type PriceAdjustment,
  parseInstant,
  parseScope,
  type Scope,
  scopeOf,
} from "@ai-usage/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aBook, aCall } from "./fixtures.ts";
import { adjustmentsFor, applyAdjustments } from "./price-adjustment.ts";
import { quote } from "./quote.ts";

function adjustment(
  kind: PriceAdjustment["kind"],
  percent: string,
  given: Partial<PriceAdjustment> = {},
): PriceAdjustment {
  return { adjustmentId: `${kind}-${percent}`, kind, percent, scope: parseScope("global:all"), ...given };
}

const totalOf = (amount: bigint, ...adjustments: PriceAdjustment[]) =>
  applyAdjustments(amount, adjustments).total;

describe("discounts and margins", () => {
  it("are taken off and put on in percent, with four places", () => {
    expect(totalOf(1_000_000n, adjustment("discount", "12.5"))).toBe(875_000n);
    expect(totalOf(1_000_000n, adjustment("margin", "0.0001"))).toBe(1_000_001n);
    expect(totalOf(1_000_000n, adjustment("discount", "100"))).toBe(0n);
    expect(totalOf(1_000_000n, adjustment("margin", "0"))).toBe(1_000_000n);
    expect(totalOf(0n, adjustment("margin", "20"))).toBe(0n);
  });

  it("are applied discounts first, each on what the ones before have left", () => {
    const margin = adjustment("margin", "20", { adjustmentId: "a" });
    const discount = adjustment("discount", "10", { adjustmentId: "b" });
    const second = adjustment("discount", "50", { adjustmentId: "c" });
    const { total, applied } = applyAdjustments(1_000n, [margin, second, discount]);
    expect(applied.map((one) => [one.adjustment.adjustmentId, one.amount])).toEqual([
      ["b", -100n],
      ["c", -450n],
      ["a", 90n],
    ]);
    expect(total).toBe(540n);
  });

  it("are each rounded once, half to even", () => {
    // Half of 1 and 3 is half: 0, and 2.
    expect(totalOf(1n, adjustment("discount", "50"))).toBe(1n);
    expect(totalOf(3n, adjustment("discount", "50"))).toBe(1n);
    expect(totalOf(1n, adjustment("margin", "50"))).toBe(1n);
    expect(totalOf(3n, adjustment("margin", "50"))).toBe(5n);
    expect(totalOf(101n, adjustment("margin", "0.5"))).toBe(102n);
  });

  it("add up to what they change, in whatever order they are given", () => {
    const one = fc.record({
      adjustmentId: fc.string({ minLength: 1, maxLength: 3 }),
      kind: fc.constantFrom("discount" as const, "margin" as const),
      percent: fc.tuple(fc.nat(100), fc.nat(9999)).map(([whole, rest]) => `${whole}.${rest}`),
      scope: fc.constant(parseScope("global:all")),
    });
    const all = fc.uniqueArray(one, { maxLength: 4, selector: ({ adjustmentId }) => adjustmentId });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), all, (amount, adjustments) => {
        const { total, applied } = applyAdjustments(amount, adjustments);
        expect(amount + applied.reduce((sum, { amount: change }) => sum + change, 0n)).toBe(total);
        expect(totalOf(amount, ...[...adjustments].reverse())).toBe(total);
      }),
    );
  });
});

describe("an adjustment", () => {
  const scopes: Scope[] = ["global:all", "service:acme", "team:growth"].map(parseScope);
  const idsAt = (time: string, ...adjustments: PriceAdjustment[]) =>
    adjustmentsFor(adjustments, scopes, parseInstant(time)).map(({ adjustmentId }) => adjustmentId);

  it("holds from its date, included, to its end, not included", () => {
    const dated = adjustment("discount", "5", {
      effectiveFrom: parseInstant("2026-10-01T00:00:00Z"),
      effectiveTo: parseInstant("2026-11-01T00:00:00Z"),
    });
    const times = [
      "2026-09-30T23:59:59.999Z",
      "2026-10-01T00:00:00Z",
      "2026-10-31T23:59:59.999Z",
      "2026-11-01T00:00:00Z",
    ];
    expect(times.map((time) => idsAt(time, dated).length)).toEqual([0, 1, 1, 0]);
  });

  it("is for calls that count in its scope", () => {
    const of = (scope: string) =>
      adjustment("discount", scope, { adjustmentId: scope, scope: parseScope(scope) });
    expect(idsAt("2026-11-21T00:00:00Z", of("global:all"), of("team:growth"), of("team:search"))).toEqual([
      "global:all",
      "team:growth",
    ]);
  });
});

describe("the cost of a call", () => {
  const book = aBook(
    { per_million: { input: "10" } },
    { when: { tier: "batch" }, per_million: { input: "5" } },
  );
  const ofScope = (scope: string, kind: PriceAdjustment["kind"] = "discount", percent = "10") =>
    adjustment(kind, percent, { adjustmentId: scope, scope: parseScope(scope) });
  const call = aCall({ usage: { input: 1_000_000 }, team: "growth", metadata: { department: "r&d" } });

  it("has adjustments of all its scopes, custom ones too", () => {
    const adjustments = [
      ofScope("team:growth"),
      ofScope("department:r&d", "margin", "20"),
      ofScope("user:ann"),
    ];
    const quoted = quote(book, call, { adjustments, customScopes: ["department:r&d"] });
    expect(JSON.parse(JSON.stringify(quoted.adjustments.map(({ amount }) => amount)))).toEqual(["-1", "1.8"]);
    expect([quoted.listCost, quoted.cost].map(String)).toEqual(["10", "10.8"]);
    expect(quote(book, call, { adjustments: [ofScope("user:ann")] })).toEqual(quote(book, call));
  });

  it("has a margin on top where the provider reports it, and no discount, which is in it already", () => {
    const adjustments = [ofScope("service:acme"), ofScope("global:all", "margin", "20")];
    const quoted = quote(book, { ...call, reportedCost: Money.parse("8") }, { adjustments });
    expect([quoted.cost, quoted.reportedCost, quoted.listCost].map(String)).toEqual(["9.6", "8", "10"]);
    expect(quoted.adjustments.map(({ amount }) => String(amount))).toEqual(["1.6"]);
  });

  it("is not adjusted where there is none", () => {
    const unpriced = quote(book, { ...call, usage: { output: 1 } }, { adjustments: [ofScope("global:all")] });
    expect(unpriced).toMatchObject({ pricingStatus: "unpriced", adjustments: [] });
    expect(unpriced.cost).toBeUndefined();
  });
});

describe("the cost of a call in which several models ran", () => {
  const book = aBook({ per_million: { input: "1" } });
  // Three names for one price.
  const names = ["nova-1", "models/nova-1", "x/nova-1"] as const;
  const call = aCall({
    model: names[0],
    usage: { input: 4_000_000 },
    alsoUsed: [
      { model: names[1], usage: { input: 2_000_000 } },
      { model: names[2], usage: { input: 1_000_000 } },
    ],
    team: "growth",
  });
  const half = (scope: Scope) => adjustment("discount", "50", { adjustmentId: scope, scope });

  it("has the adjustments of a model on the part of that model alone", () => {
    const adjustments = [half(scopeOf("model", names[1]))];
    const quoted = quote(book, call, { adjustments });
    expect([quoted.listCost, quoted.cost, ...quoted.alsoUsedCosts].map(String)).toEqual(["7", "6", "1", "1"]);
    expect(quoted.adjustments.map(({ amount }) => String(amount))).toEqual(["-1"]);
  });

  it("has all others on every part", () => {
    const adjustments = [half(parseScope("team:growth")), half(scopeOf("model", names[0]))];
    const quoted = quote(book, call, { adjustments });
    expect([quoted.cost, ...quoted.alsoUsedCosts].map(String)).toEqual(["2.5", "1", "0.5"]);
    expect(quoted.adjustments.map((one) => [dimensionOf(one.adjustment.scope), String(one.amount)])).toEqual([
      ["model", "-2"],
      ["team", "-2.5"],
    ]);
  });

  it("counts whole for the first where the provider reports it", () => {
    const margin = (model: string) =>
      adjustment("margin", "10", { adjustmentId: model, scope: scopeOf("model", model) });
    const reported = { ...call, reportedCost: Money.parse("8") };
    const costWith = (...adjustments: PriceAdjustment[]) =>
      quote(book, reported, { adjustments }).cost?.toString();
    expect(costWith(margin(names[1]))).toBe("8");
    expect(costWith(margin(names[0]))).toBe("8.8");
  });

  it("is the sum of the parts, to the last digit", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1_000), { minLength: 3, maxLength: 3 }),
        fc.nat(9_999),
        (inputs, percent) => {
          const [own = 0, ...others] = inputs;
          const odd = aBook({ per_million: { input: "0.000000000007" } });
          const quoted = quote(
            odd,
            {
              ...call,
              usage: { input: own },
              alsoUsed: others.map((input, index) => ({ model: names[index + 1] ?? "", usage: { input } })),
            },
            {
              adjustments: [
                adjustment("discount", `0.${percent}`),
                adjustment("margin", `${percent}`, { scope: scopeOf("model", names[2]) }),
              ],
            },
          );
          const parts = quoted.adjustments.map(({ amount }) => amount);
          expect(Money.sum([quoted.listCost ?? Money.zero, ...parts]).toString()).toBe(
            quoted.cost?.toString(),
          );
          expect(quoted.alsoUsedCosts).toHaveLength(2);
          const rest = (quoted.cost ?? Money.zero).minus(Money.sum(quoted.alsoUsedCosts));
          expect(rest.isNegative()).toBe(false);
        },
      ),
    );
  });
});
