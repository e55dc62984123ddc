import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparedHours, spikeAlert, usualHour } from "./alert-spike.ts";
import { Amount } from "./budget.ts";
import { aBudget } from "./fixtures.ts";
import { periodAt } from "./period.ts";
import { HOUR_MS, parseInstant, plusMs, startOfUtcHour, type UtcHour, utcHourOf } from "./time.ts";

const usd = (text: string) => Amount.parse(text);
/** A Monday. */
const now = parseInstant("2026-11-23T09:00:00Z");
const hour = utcHourOf(now);
const ago = (hours: number): UtcHour => utcHourOf(plusMs(startOfUtcHour(hour), -hours * HOUR_MS));
/** What each of the last hours cost, by how long ago it was; nothing where that is absent. */
const costsOf = (costOf: (hoursAgo: number) => string | undefined, hours = 170) =>
  new Map(
    Array.from({ length: hours }, (_, index) => index + 1).flatMap((back) => {
      const cost = costOf(back);
      return cost === undefined ? [] : [[ago(back), usd(cost)] as const];
    }),
  );
const usualOf = (costs: ReadonlyMap<UtcHour, Amount>, since = ago(5000)) => {
  const usual = usualHour(costs, hour, since);
  return usual && { ...usual, usual: `${usual.usual}` };
};

describe("what an hour costs as a rule", () => {
  it("is the median of the seven days before it", () => {
    expect(usualOf(costsOf(() => "2"))).toEqual({ usual: "2", comparedHours: 168 });
    expect(usualOf(costsOf((back) => (back <= 20 ? "900" : "2")))?.usual).toBe("2");
    expect(usualOf(costsOf((back) => (back % 2 === 0 ? "1" : "3")))?.usual).toBe("3");
  });

  it("counts hours without anything as zero, from the scope's first one on", () => {
    const rare = costsOf((back) => (back % 4 === 2 ? "6" : undefined));
    expect(usualOf(rare)).toEqual({ usual: "0", comparedHours: 168 });
    const young = costsOf(() => "6", 30);
    expect(usualOf(young, ago(30))).toEqual({ usual: "6", comparedHours: 30 });
  });

  it("is not known by less than 24 hours that have a total", () => {
    expect(
      usualOf(
        costsOf(() => "6", 23),
        ago(23),
      ),
    ).toBeUndefined();
    expect(
      usualOf(
        costsOf(() => "6", 24),
        ago(24),
      ),
    ).toMatchObject({ usual: "6" });
    expect(usualOf(costsOf((back) => (back % 8 === 0 ? "6" : undefined)))).toBeUndefined();
    expect(usualOf(new Map())).toBeUndefined();
  });

  it("is no less than what this time of the week came to, give or take an hour", () => {
    for (const back of [167, 168, 169])
      expect(usualOf(costsOf((one) => (one === back ? "60" : "10")))?.usual).toBe("60");
    for (const back of [166, 170, 24, 100])
      expect(usualOf(costsOf((one) => (one === back ? "60" : "10")))?.usual).toBe("10");
  });

  it("is no less than what this time of the day comes to on most days", () => {
    const daily = (days: number) => (back: number) => (back % 24 === 0 && back <= days * 24 ? "60" : "10");
    expect(usualOf(costsOf(daily(4)))?.usual).toBe("60");
    expect(usualOf(costsOf(daily(3)))?.usual).toBe("10");
  });

  it("goes by nothing but the hours that are to be read for it", () => {
    const [first, last] = comparedHours(hour);
    expect([first, last]).toEqual([ago(169), ago(1)]);
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 300, maxLength: 300 }), (cents) => {
        const all = costsOf((back) => `${cents[back]}`, 299);
        const read = new Map([...all].filter(([one]) => first <= one && one <= last));
        expect(usualOf(read)).toEqual(usualOf(all));
      }),
      { numRuns: 20 },
    );
  });
});

describe("spike", () => {
  const budget = aBudget({ spike: { times: "5", atLeast: usd("20") } });
  const period = periodAt(budget.period, now, budget.calendar);
  const reading = { budget, period, limit: usd("1000"), spent: usd("200"), now };
  const alertFor = (actual: string, usual: string) =>
    spikeAlert(reading, { hour, actual: usd(actual), usual: usd(usual), comparedHours: 168 });

  it("is an hour of so many times what is usual, exactly that included", () => {
    expect(alertFor("49.999999999999999999", "10")).toBeUndefined();
    expect(alertFor("50", "10")).toMatchObject({ kind: "cost_spike", comparedHours: 168, level: "WARNING" });
  });

  it("is none below the amount that makes it worth a word, however unusual", () => {
    expect(alertFor("19.99", "0")).toBeUndefined();
    expect(alertFor("20", "0")).toBeDefined();
  });

  it("is one for a budget and an hour", () => {
    expect(alertFor("50", "10")?.alertId).toBe("bud_1.spike.2026-11-23T09");
    expect(alertFor("80", "10")?.alertId).toBe("bud_1.spike.2026-11-23T09");
  });

  it("is nothing to a budget that does not watch out for it", () => {
    const { spike: _, ...without } = budget;
    const hours = { hour, actual: usd("900"), usual: usd("1"), comparedHours: 168 };
    expect(spikeAlert({ ...reading, budget: without }, hours)).toBeUndefined();
  });
});
