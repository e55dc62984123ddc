import { describe, expect, it } from "vitest";
import { change, exactMoney, placesOf, signedMoney, unitPrice } from "./exact-money.ts";

describe("amount with every digit", () => {
  it("loses none, and has two places at least, or those of its column", () => {
    expect(exactMoney("1234567.5")).toBe("$1,234,567.50");
    expect(exactMoney("0.000000000000012345")).toBe("$0.000000000000012345");
    expect(exactMoney("-3", 4)).toBe("-$3.0000");
    expect(placesOf(["1", "0.125", "-0.1"])).toBe(3);
    expect(placesOf([])).toBe(2);
  });

  it("is of a million tokens or characters, and of one of everything else", () => {
    expect(unitPrice("cache_read", "0.000000125")).toBe("$0.125 per million");
    expect(unitPrice("character", "0.000015")).toBe("$15.00 per million");
    expect(unitPrice("second", "0.000030833333333334")).toBe("$0.000030833333333334 each");
    expect(unitPrice("x_gpu_ms", "2")).toBe("$2.00 each");
  });
});

describe("difference", () => {
  it("has its sign", () => {
    expect(["0.4", "-0.4", "0"].map(signedMoney)).toEqual(["+$0.40", "-$0.40", "$0.00"]);
    expect(change("1000000", "999999.99")).toBe("< 0.01 %");
    expect([change("2", "2.5"), change("2", "1"), change("3", "3"), change("0", "1")]).toEqual([
      "+25 %",
      "-50 %",
      "0 %",
      "",
    ]);
  });
});
