import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Amount } from "./budget.ts";
import {
  amountAt,
  baseLimitAt,
  increasedAt,
  limitOf,
  type PastPeriod,
  rolloverAfter,
  rolloverCapAt,
} from "./budget-limit.ts";
import { aBudget } from "./fixtures.ts";
import { periodAt } from "./period.ts";
import { parseInstant } from "./time.ts";

const of = (count: number) => Amount.parse(String(count));
const at = parseInstant;
const increase = (amount: number, from: string, until: string) => ({
  increaseId: `inc_${amount}`,
  amount: of(amount),
  from: at(from),
  until: at(until),
  by: "token_1",
  reason: "launch",
});

describe("amount of a budget", () => {
  const budget = aBudget({
    amount: of(300),
    amounts: [
      { from: at("2026-11-01T00:00:00Z"), amount: of(100) },
      { from: at("2026-11-10T00:00:00Z"), amount: of(200), rolloverCap: of(50) },
      { from: at("2026-11-20T00:00:00Z"), amount: of(300) },
    ],
  });

  it("is what was last set by then; before the first one, that", () => {
    const amounts = ["2026-10-01", "2026-11-01", "2026-11-09", "2026-11-10", "2027-01-01"].map((day) =>
      amountAt(budget, at(`${day}T00:00:00Z`)).toString(),
    );
    expect(amounts).toEqual(["100", "100", "100", "200", "300"]);
  });

  it("had a cap for what rolls over only while that was so", () => {
    const caps = ["2026-11-09", "2026-11-10", "2026-11-20"].map((day) =>
      rolloverCapAt(budget, at(`${day}T00:00:00Z`)).toString(),
    );
    expect(caps).toEqual(["0", "50", "0"]);
  });

  it("is that of now in a period that runs, and that of its end in one that is over", () => {
    const daily = { ...budget, period: "daily" } as const;
    const ninth = periodAt("daily", at("2026-11-09T12:00:00Z"), daily.calendar);
    expect(baseLimitAt(daily, ninth, at("2026-11-09T13:00:00Z")).amount.toString()).toBe("100");
    expect(baseLimitAt(daily, ninth, at("2026-11-25T00:00:00Z")).amount.toString()).toBe("100");
    const month = periodAt("monthly", at("2026-11-09T12:00:00Z"), budget.calendar);
    expect(baseLimitAt(budget, month, at("2026-11-15T00:00:00Z")).amount.toString()).toBe("200");
    expect(baseLimitAt(budget, month, at("2026-12-15T00:00:00Z")).amount.toString()).toBe("300");
  });
});

describe("temporary increase", () => {
  const budget = aBudget({
    increases: [
      increase(20, "2026-11-10T00:00:00Z", "2026-11-12T00:00:00Z"),
      increase(5, "2026-11-11T00:00:00Z", "2026-11-20T00:00:00Z"),
    ],
  });

  it("begins and ends by its own stamps, to the millisecond, and adds to others", () => {
    const increased = [
      "2026-11-09T23:59:59.999Z",
      "2026-11-10T00:00:00Z",
      "2026-11-11T00:00:00Z",
      "2026-11-11T23:59:59.999Z",
      "2026-11-12T00:00:00Z",
      "2026-11-20T00:00:00Z",
    ].map((moment) => increasedAt(budget, at(moment)).toString());
    expect(increased).toEqual(["0", "20", "25", "25", "5", "0"]);
  });

  it("is part of the limit", () => {
    const month = periodAt("monthly", at("2026-11-11T00:00:00Z"), budget.calendar);
    const limit = { ...baseLimitAt(budget, month, at("2026-11-11T00:00:00Z")), rolledOver: of(7) };
    expect(limitOf(limit).toString()).toBe("132");
  });
});

/** Period by period from the first one on, as people would do it. */
function naiveRollover(past: readonly PastPeriod[], cap: Amount): Amount {
  let rolledOver = 0;
  const number = (amount: Amount) => Number(amount.toString());
  for (const [index, { amount, spent }] of past.entries()) {
    const most = number(past[index + 1]?.cap ?? cap);
    const left = number(amount) + rolledOver - number(spent);
    rolledOver = Math.min(Math.max(left, 0), most);
  }
  return of(rolledOver);
}

const past = fc.array(
  fc.record({ amount: fc.nat(20).map(of), spent: fc.nat(40).map(of), cap: fc.nat(25).map(of) }),
  { maxLength: 12 },
);
const caps = fc.nat(25).map(of);

describe("rollover", () => {
  it("of a whole past is what a chain from the first period on gives", () => {
    fc.assert(
      fc.property(past, caps, (periods, cap) => {
        expect(rolloverAfter(periods, cap, true)?.toString()).toBe(naiveRollover(periods, cap).toString());
      }),
      { numRuns: 500 },
    );
  });

  it("of the last periods alone is the same, or not known yet", () => {
    let known = 0;
    fc.assert(
      fc.property(past, past, caps, (earlier, later, cap) => {
        const rolledOver = rolloverAfter(later, cap, false);
        if (rolledOver === undefined || later.length === 0) return;
        known += 1;
        expect(rolledOver.toString()).toBe(naiveRollover([...earlier, ...later], cap).toString());
      }),
      { numRuns: 1000 },
    );
    expect(known).toBeGreaterThan(200);
  });

  it("is known from one period that spent all it could have had, or left the cap", () => {
    const one = (spent: number) => [{ amount: of(100), spent: of(spent), cap: of(50) }];
    expect(rolloverAfter(one(150), of(50), false)?.toString()).toBe("0");
    expect(rolloverAfter(one(50), of(50), false)?.toString()).toBe("50");
    expect(rolloverAfter(one(80), of(50), false)).toBeUndefined();
    expect(rolloverAfter(one(80), of(50), true)?.toString()).toBe("20");
  });

  it("begins with the period in which it was agreed, by what the one before it left", () => {
    const before = { amount: of(100), spent: of(10), cap: of(0) };
    expect(rolloverAfter([before, before], of(500), false)?.toString()).toBe("90");
  });

  it("is nothing into a budget's first period", () => {
    expect(rolloverAfter([], of(50), true)?.toString()).toBe("0");
    expect(rolloverAfter([], of(50), false)).toBeUndefined();
  });
});
