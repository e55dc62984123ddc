import { Decimal as AnyDecimal } from "decimal.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidMoneyError, MONEY_SCALE, Money } from "./money.ts";

/** As exact as it takes, and apart from the arithmetic of Money. */
const Decimal = AnyDecimal.clone({ precision: 80 });

const usd = (text: string) => Money.parse(text);
/** Amounts as whole units of 10⁻¹⁸ dollars: exact arithmetic that shares nothing with Money. */
const units = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });

function textOf(unitCount: bigint): string {
  const digits = (unitCount < 0n ? -unitCount : unitCount).toString().padStart(MONEY_SCALE + 1, "0");
  const sign = unitCount < 0n ? "-" : "";
  const fraction = digits.slice(-MONEY_SCALE).replace(/0+$/, "");
  return `${sign}${digits.slice(0, -MONEY_SCALE)}${fraction && `.${fraction}`}`;
}

describe("parsing money", () => {
  it.each([
    ["0", "0"],
    ["-0", "0"],
    ["0.000", "0"],
    ["007.50", "7.5"],
    ["0.000000075", "0.000000075"],
    ["-1.000000000000000001", "-1.000000000000000001"],
    ["9999999999999999999.999999999999999999", "9999999999999999999.999999999999999999"],
  ])("reads %s as %s", (text, expected) => {
    expect(usd(text).toString()).toBe(expected);
  });

  it.each([
    "",
    " 1",
    "1 ",
    "+1",
    ".5",
    "5.",
    "1e3",
    "1E-7",
    "0x10",
    "1_000",
    "1,5",
    "NaN",
    "Infinity",
    "--1",
    "١",
    "1\n",
  ])("refuses %j, which is no plain decimal", (text) => {
    expect(() => usd(text)).toThrow(InvalidMoneyError);
  });

  it("refuses a digit that it could not keep", () => {
    expect(() => usd(`0.${"0".repeat(18)}1`)).toThrow(/18 digits after the point/);
    expect(() => usd(`1${"0".repeat(19)}`)).toThrow(/19 digits before the point/);
    expect(() => usd("1".repeat(65))).toThrow(InvalidMoneyError);
    expect(usd(`0.1${"0".repeat(30)}`).toString()).toBe("0.1");
  });
});

describe("money", () => {
  it("adds and subtracts without losing a digit", () => {
    fc.assert(
      fc.property(units, units, (a, b) => {
        expect(
          usd(textOf(a))
            .plus(usd(textOf(b)))
            .toString(),
        ).toBe(textOf(a + b));
        expect(
          usd(textOf(a))
            .minus(usd(textOf(b)))
            .toString(),
        ).toBe(textOf(a - b));
        expect(Math.sign(usd(textOf(a)).compare(usd(textOf(b))))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  it("makes exactly 0.075 of a million calls of 0.000000075", () => {
    const call = usd("0.000000075");
    expect(call.times(1_000_000n).toString()).toBe("0.075");
    expect(Money.sum(Array.from({ length: 10_000 }, () => call)).toString()).toBe("0.00075");
  });

  it("keeps 0.1 + 0.2 apart from a binary float's idea of it", () => {
    expect(usd("0.1").plus(usd("0.2")).equals(usd("0.3"))).toBe(true);
    expect(JSON.stringify({ cost: usd("0.1").plus(usd("0.2")) })).toBe('{"cost":"0.3"}');
  });

  it("rounds products and quotients once, half to even, at 18 places", () => {
    expect(usd("0.000000000000000001").times("0.5").toString()).toBe("0");
    expect(usd("0.000000000000000003").times("0.5").toString()).toBe("0.000000000000000002");
    expect(usd("1").dividedBy("3").toString()).toBe("0.333333333333333333");
    expect(usd("2").dividedBy(3n).toString()).toBe("0.666666666666666667");
  });

  it("calls zero neither negative nor something", () => {
    const nothing = usd("0.1").minus(usd("0.1"));
    expect(nothing.isZero()).toBe(true);
    expect(nothing.isNegative()).toBe(false);
    expect(nothing.negated().toString()).toBe("0");
    expect(nothing.negated().isNegative()).toBe(false);
    expect(usd("-0.01").isNegative()).toBe(true);
  });

  it("is at least itself", () => {
    expect(usd("0.30").atLeast(usd("0.3"))).toBe(true);
    expect(usd("0.299999999999999999").atLeast(usd("0.3"))).toBe(false);
  });
});

describe("money in its smallest units, of 10⁻¹⁸ dollars", () => {
  it("is made of them, and makes them again", () => {
    fc.assert(
      fc.property(units, (count) => {
        expect(Money.ofSmallestUnits(count).toSmallestUnits()).toBe(count);
        expect(usd(textOf(count)).toSmallestUnits()).toBe(count);
      }),
    );
    expect(Money.ofSmallestUnits(0n)).toBe(Money.zero);
    expect(usd("0.3").minus(usd("0.3")).negated().toSmallestUnits()).toBe(0n);
  });

  it("has the text that the same amount has as a decimal", () => {
    fc.assert(
      fc.property(units, (count) => {
        const decimal = new Decimal(count.toString()).div(new Decimal(10).pow(MONEY_SCALE)).toFixed();
        expect(Money.ofSmallestUnits(count).toString()).toBe(decimal);
        expect(Money.ofSmallestUnits(count).plus(Money.zero).toString()).toBe(decimal);
        expect(JSON.stringify(Money.ofSmallestUnits(count))).toBe(`"${decimal}"`);
      }),
    );
  });

  it.each([
    [1n, "0.000000000000000001"],
    [-1n, "-0.000000000000000001"],
    [10n ** 17n, "0.1"],
    [10n ** 18n, "1"],
    [-15n * 10n ** 17n, "-1.5"],
    [123n * 10n ** 18n + 10n, "123.00000000000000001"],
  ])("%d of them are %s", (count, text) => {
    expect(Money.ofSmallestUnits(count).toString()).toBe(text);
  });

  it("calculates as if it came from a text", () => {
    fc.assert(
      fc.property(units, units, (a, b) => {
        const [one, other] = [Money.ofSmallestUnits(a), Money.ofSmallestUnits(b)];
        expect(one.plus(other).toSmallestUnits()).toBe(a + b);
        expect(one.minus(usd(textOf(b))).toSmallestUnits()).toBe(a - b);
        expect(one.negated().toSmallestUnits()).toBe(-a);
        expect(one.times(3n).toString()).toBe(textOf(3n * a));
        expect(one.equals(other)).toBe(a === b);
        expect([one.isZero(), one.isNegative()]).toEqual([a === 0n, a < 0n]);
        expect(one.toString()).toBe(textOf(a));
      }),
    );
  });
});

describe("percent of an amount", () => {
  it.each([
    ["50", "100", "50"],
    ["99.9999", "100", "99.99"],
    ["99.999999999999999999", "100", "99.99"],
    ["100", "100", "100"],
    ["100.000000000000000001", "100", "100"],
    ["1", "3", "33.33"],
    ["2", "3", "66.66"],
    ["250", "100", "250"],
    ["0", "100", "0"],
    ["5", "0", "0"],
  ])("%s of %s is %s, rounded down", (part, whole, percent) => {
    expect(usd(part).percentOf(usd(whole))).toBe(percent);
  });

  it("never says 100 before all is spent", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 28n }),
        fc.bigInt({ min: 1n, max: 10n ** 28n }),
        (a, b) => {
          const [part, whole] = a < b ? [a, b] : [b, a];
          const percent = Number(usd(textOf(part)).percentOf(usd(textOf(whole))));
          expect(percent >= 100).toBe(part === whole);
        },
      ),
    );
  });
});

describe("money for display", () => {
  it.each([
    ["0", "$0.00"],
    ["1234.5", "$1,234.50"],
    ["-1234567.891", "-$1,234,567.89"],
    ["999", "$999.00"],
    ["0.01", "$0.01"],
    ["0.0025", "$0.0025"],
    ["0.000000075", "$0.000000075"],
    ["0.0000000123", "$0.000000012"],
    ["-0.001", "-$0.0010"],
    ["0.000000000000000001", "$0.000000000000000001"],
  ])("shows %s as %s", (text, shown) => {
    expect(usd(text).format()).toBe(shown);
  });
});
