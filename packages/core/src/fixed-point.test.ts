import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { divideHalfEven, fixedPointText, nearestFixedPoint, parseFixedPoint } from "./fixed-point.ts";
import { Money } from "./money.ts";

const text = (amount: bigint | undefined) => (amount === undefined ? undefined : fixedPointText(amount));

describe("a fixed-point number", () => {
  it.each([
    ["0", "0"],
    ["-0", "0"],
    ["007.50", "7.5"],
    ["0.000000000000000001", "0.000000000000000001"],
    ["-1234567890123456789.000000000000000001", "-1234567890123456789.000000000000000001"],
    ["0.1000000000000000000000", "0.1"],
  ])("is read from %s as %s", (written, exact) => {
    expect(text(parseFixedPoint(written))).toBe(exact);
  });

  it.each(["", ".5", "5.", "+1", "1e3", "1,5", " 1", "0x1", "NaN", "0.0000000000000000001"])(
    "is not read from %j, which is none, or has more digits",
    (written) => {
      expect(parseFixedPoint(written)).toBeUndefined();
    },
  );

  it("is written and read as Money writes and reads it", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 36n), max: 10n ** 36n }), (amount) => {
        const written = fixedPointText(amount);
        expect(Money.parse(written).toString()).toBe(written);
        expect(Money.parse(written).toSmallestUnits()).toBe(amount);
        expect(parseFixedPoint(written)).toBe(amount);
      }),
    );
  });
});

describe("the nearest fixed-point number", () => {
  it.each([
    ["1e-7", "0.0000001"],
    ["1.5e+21", "1500000000000000000000"],
    ["5e-324", "0"],
    ["0.0000000000000000005", "0"],
    ["0.0000000000000000015", "0.000000000000000002"],
    ["0.00000000000000000050001", "0.000000000000000001"],
    ["-0.0000000000000000015", "-0.000000000000000002"],
  ])("to %s is %s, ties going to the even one", (written, exact) => {
    expect(text(nearestFixedPoint(written))).toBe(exact);
  });

  it("to any number is what is printed of it, where that has room", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (number) => {
        expect(Number(text(nearestFixedPoint(String(number))))).toBeCloseTo(number, 15);
      }),
    );
    expect(nearestFixedPoint("one")).toBeUndefined();
  });
});

describe("a division half to even", () => {
  it("is as near as can be, and even where two are as near", () => {
    fc.assert(
      fc.property(fc.bigInt(-10_000n, 10_000n), fc.bigInt(1n, 40n), (dividend, divisor) => {
        const quotient = divideHalfEven(dividend, divisor);
        const off = dividend - quotient * divisor;
        const twice = (off < 0n ? -off : off) * 2n;
        expect(twice <= divisor).toBe(true);
        if (twice === divisor) expect(quotient % 2n).toBe(0n);
      }),
    );
  });
});
