import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Amount } from "./budget.ts";
import { leaseSize } from "./lease-size.ts";

const of = (available: string, needed: string) => ({
  available: Amount.parse(available),
  needed: Amount.parse(needed),
});

describe("size of a lease", () => {
  it("is what was asked for where that is no more than a tenth of what is left", () => {
    expect(leaseSize(20, [of("100", "0.05")])).toBe(20);
    expect(leaseSize(20, [of("10", "0.05")])).toBe(20);
    expect(leaseSize(21, [of("10", "0.05")])).toBe(20);
  });

  it("is of the narrowest budget", () => {
    expect(leaseSize(1000, [of("100", "0.05"), of("1", "0.05"), of("50", "0.05")])).toBe(2);
  });

  it("is one call where a tenth is not enough for one", () => {
    expect(leaseSize(50, [of("0.03", "0.03")])).toBe(1);
  });

  it("is not held down by a budget that the call takes nothing of", () => {
    expect(leaseSize(50, [of("0", "0")])).toBe(50);
  });

  it("is the largest that a tenth of what is left covers", () => {
    const amount = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(amount, amount, fc.integer({ min: 1, max: 5_000 }), (available, needed, wanted) => {
        const fitting = Math.floor(available / 10 / needed);
        expect(leaseSize(wanted, [of(String(available), String(needed))])).toBe(
          Math.min(Math.max(fitting, 1), wanted),
        );
      }),
    );
  });
});
