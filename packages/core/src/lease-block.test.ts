import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BudgetUnit } from "./budget.ts";
import { fixedPointText, parseFixedPoint } from "./fixed-point.ts";
import { type LeaseAmounts, LeaseBlock, noLeaseAmounts } from "./lease-block.ts";

const now = Date.UTC(2026, 10, 21, 12);
const expiresAtMs = now + 60_000;
const of = (usd: string, requests = 1): LeaseAmounts => ({
  ...noLeaseAmounts,
  usd: parseFixedPoint(usd) ?? -1n,
  requests,
});
const aBlock = (granted: LeaseAmounts, units: readonly BudgetUnit[] = ["usd", "requests"]) =>
  new LeaseBlock({ leaseId: "lea_1", granted, units, expiresAtMs });

describe("calls from a lease", () => {
  it("are let in until what was granted is promised", () => {
    const block = aBlock(of("0.10", 10));
    expect([1, 2, 3, 4].map(() => block.admit(of("0.03"), now))).toEqual([true, true, true, false]);
    expect(block.admit(of("0.01"), now)).toBe(true);
    expect(block.underWay).toBe(4);
  });

  it("give back what they did not take", () => {
    const block = aBlock(of("0.10", 10));
    block.admit(of("0.10"), now);
    expect(block.admit(of("0.01"), now)).toBe(false);
    block.settle(of("0.10"), of("0.04"));
    expect(block.admit(of("0.06"), now)).toBe(true);
    expect(fixedPointText(block.spent.usd)).toBe("0.04");
  });

  it("are held to every unit that its budgets limit, and to no other", () => {
    const block = aBlock(of("100", 2));
    expect([1, 2, 3].map(() => block.admit(of("0.01"), now))).toEqual([true, true, false]);
    const inDollars = aBlock(of("0.03", 1), ["usd"]);
    expect([1, 2, 3, 4].map(() => inDollars.admit(of("0.01"), now))).toEqual([true, true, true, false]);
    const free = aBlock(of("0"), []);
    expect([1, 2, 3].map(() => free.admit(of("1000"), now))).toEqual([true, true, true]);
  });

  it("are covered in so many as there is room for, to the last digit", () => {
    const block = aBlock(of("0.100000000000000002", 10));
    const call = of("0.050000000000000001");
    expect([1, 2, 3].map((calls) => block.covers(call, calls))).toEqual([true, true, false]);
    expect(block.covers(of("0.050000000000000002"), 2)).toBe(false);
    expect(block.covers(of("0.001"), 11)).toBe(false);
  });

  it("go on after a renewal, within what was granted then", () => {
    const block = aBlock(of("0.10", 10));
    block.admit(of("0.06"), now);
    block.admit(of("0.04"), now);
    block.settle(of("0.06"), of("0.05"));
    expect(fixedPointText(block.committed.usd)).toBe("0.09");
    const later = expiresAtMs + 60_000;
    block.renew({ granted: of("0.12", 10), expiresAtMs: later });
    expect(block.admit(of("0.04"), expiresAtMs)).toBe(false);
    expect(block.admit(of("0.03"), expiresAtMs)).toBe(true);
    expect(block.expiresAtMs).toBe(later);
  });

  it("are let in until the lease expires, and not at that moment", () => {
    const block = aBlock(of("1", 10));
    expect(block.admit(of("0.01"), expiresAtMs - 1)).toBe(true);
    expect(block.admit(of("0.01"), expiresAtMs)).toBe(false);
  });

  it("never come to more than was granted, as long as each takes no more than it was let in with", () => {
    const step = fc.record({
      ask: fc.integer({ min: 0, max: 40 }),
      taken: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const granted = of("1", 1000);
        const block = aBlock(granted);
        const open: { ask: number; taken: number }[] = [];
        for (const { ask, taken } of steps) {
          if (block.admit(of((ask / 100).toFixed(2)), now))
            open.push({ ask, taken: Math.floor(ask * taken) });
          if (open.length > 3) {
            const done = open.shift();
            if (done) block.settle(of((done.ask / 100).toFixed(2)), of((done.taken / 100).toFixed(2)));
          }
          expect(block.spent.usd <= granted.usd && block.spent.requests <= granted.requests).toBe(true);
          expect(block.free.usd >= 0n).toBe(true);
        }
      }),
    );
  });
});
