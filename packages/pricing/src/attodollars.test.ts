import { describe, expect, it } from "vitest";
import { moneyFromAttodollars, parseUnitPrice } from "./attodollars.ts";

describe("unit price", () => {
  it("keeps every digit of a price per million", () => {
    expect(parseUnitPrice("0.075", 1_000_000)).toBe(75_000_000_000n);
    expect(parseUnitPrice("0.000000000001", 1_000_000)).toBe(1n);
    expect(parseUnitPrice("0.00283", 1)).toBe(2_830_000_000_000_000n);
  });

  it("knows a price of zero", () => {
    expect(parseUnitPrice("0", 1_000_000)).toBe(0n);
  });

  it.each(["", "-1", "1e3", "1,5", ".5", "5.", "NaN", "0x10", " 1", "1000000000000"])(
    "refuses %j",
    (text) => {
      expect(parseUnitPrice(text, 1_000_000)).toBeUndefined();
    },
  );

  it("refuses digits that one unit would lose", () => {
    expect(parseUnitPrice("0.0000000000001", 1_000_000)).toBeUndefined();
    expect(parseUnitPrice("0.0000000000000000001", 1)).toBeUndefined();
  });

  it("refuses more than $1,000 for one unit", () => {
    expect(parseUnitPrice("1000", 1)).toBeDefined();
    expect(parseUnitPrice("1000.01", 1)).toBeUndefined();
  });

  it("becomes money without rounding", () => {
    expect(moneyFromAttodollars(1n).toString()).toBe("0.000000000000000001");
    expect(moneyFromAttodollars(2_500_000_000_000_000_000n).toString()).toBe("2.5");
    expect(moneyFromAttodollars(0n).toString()).toBe("0");
  });
});
