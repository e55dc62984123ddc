import { Money } from "@ai-usage/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  moneyFromAttodollars,
  multiplyAmount,
  multiplyFactors,
  ONE,
  parseFactor,
  parseUnitPrice,
} from "./attodollars.ts";

describe("unit price", () => {
  it("keeps every digit of a price per million", () => {
    expect(parseUnitPrice("0.075", 1_000_000)).toBe(75_000_000_000n);
    expect(parseUnitPrice("0.000000000001", 1_000_000)).toBe(1n);
    expect(parseUnitPrice("2.83", 1_000)).toBe(2_830_000_000_000_000n);
    expect(parseUnitPrice("0.00283", 1)).toBe(2_830_000_000_000_000n);
  });

  it("knows a price of zero", () => {
    expect(parseUnitPrice("0", 1_000_000)).toBe(0n);
  });

  it.each(["", "-1", "+1", "1e3", "1,5", ".5", "5.", "NaN", "0x10", " 1", "1\n", "1000000000000"])(
    "refuses %j",
    (text) => {
      expect(parseUnitPrice(text, 1_000_000)).toBeUndefined();
    },
  );

  it("refuses digits that one unit would lose", () => {
    expect(parseUnitPrice("0.0000000000001", 1_000_000)).toBeUndefined();
    expect(parseUnitPrice("0.0000000000000001", 1_000)).toBeUndefined();
    expect(parseUnitPrice("0.0000000000000000001", 1)).toBeUndefined();
  });

  it("refuses more than $1,000 for one unit", () => {
    expect(parseUnitPrice("1000", 1)).toBe(1_000n * 10n ** 18n);
    expect(parseUnitPrice("1000.000000000000000001", 1)).toBeUndefined();
  });

  it("becomes money without rounding", () => {
    expect(moneyFromAttodollars(1n).toString()).toBe("0.000000000000000001");
    expect(moneyFromAttodollars(2_500_000_000_000_000_000n).toString()).toBe("2.5");
    expect(moneyFromAttodollars(0n).toString()).toBe("0");
    expect(moneyFromAttodollars(-1_050_000_000_000_000_000n).toString()).toBe("-1.05");
  });
});

describe("factor", () => {
  it.each([
    ["0.5", 5n, 10n],
    ["1.1", 11n, 10n],
    ["2", 2n, 1n],
    ["0.000001", 1n, 1_000_000n],
    ["999.999999", 999_999_999n, 1_000_000n],
  ])("of %s is the fraction that it is", (text, numerator, denominator) => {
    expect(parseFactor(text)).toEqual({ numerator, denominator });
  });

  it.each(["0", "0.0", "", "-1", "1e1", ".5", "5.", "1,1", "1.0000001", "1000", "50%"])(
    "is not %j",
    (text) => {
      expect(parseFactor(text)).toBeUndefined();
    },
  );
});

describe("an amount times a factor", () => {
  const half = { numerator: 1n, denominator: 2n };

  it.each([
    [1n, 0n],
    [2n, 1n],
    [3n, 2n],
    [5n, 2n],
    [7n, 4n],
    [-1n, 0n],
    [-3n, -2n],
    [-5n, -2n],
  ])("is rounded half to even: half of %d is %d", (amount, expected) => {
    expect(multiplyAmount(amount, half)).toBe(expected);
  });

  it("is rounded to the nearest where it is no half", () => {
    const third = { numerator: 1n, denominator: 3n };
    expect([1n, 2n, 4n, 5n, -1n, -2n].map((amount) => multiplyAmount(amount, third))).toEqual([
      0n,
      1n,
      1n,
      2n,
      0n,
      -1n,
    ]);
  });

  const amounts = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
  const factorTexts = fc
    .tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 1, max: 999_999 }))
    .map(([whole, fraction]) => `${whole}.${String(fraction).padStart(6, "0")}`);

  it("is what decimal arithmetic makes of it", () => {
    fc.assert(
      fc.property(amounts, factorTexts, (amount, text) => {
        const product = multiplyAmount(amount, parseFactor(text) ?? ONE);
        expect(moneyFromAttodollars(product).toString()).toBe(
          moneyFromAttodollars(amount).times(text).toString(),
        );
      }),
    );
  });

  it("is rounded once where there are several factors", () => {
    const [a, b] = [parseFactor("0.5") ?? ONE, parseFactor("1.1") ?? ONE];
    // 5 × 0.55 is 2.75; with a rounding between, it would be 2 × 1.1.
    expect(multiplyAmount(5n, multiplyFactors(a, b))).toBe(3n);
    expect(multiplyAmount(multiplyAmount(5n, a), b)).toBe(2n);
    expect(multiplyAmount(Money.parse("2").toSmallestUnits(), multiplyFactors(a, b))).toBe(
      Money.parse("1.1").toSmallestUnits(),
    );
  });
});
