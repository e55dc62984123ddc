import { describe, expect, it } from "vitest";
import { parseNewBudget } from "./budget-wire.ts";
import { errorsOf } from "./errors-fixture.ts";

const smallest = { scope: "team:growth", amount: "100", period: "monthly" };
const termsOf = (change: object = {}) => parseNewBudget({ ...smallest, ...change }, "bud_1").creation.terms;
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("terms of a request", () => {
  it("get what it leaves out", () => {
    expect(plain(termsOf())).toEqual({
      name: "team:growth monthly",
      scope: "team:growth",
      unit: "usd",
      amount: "100",
      period: "monthly",
      calendar: { timeZone: "UTC", weekStartsOn: "monday", yearStartsIn: 1 },
      thresholds: [50, 80, 95, 100].map((percent, index) => ({
        at: { percent: String(percent) },
        on: "actual",
        level: ["INFO", "WARNING", "CRITICAL", "EXCEEDED"][index],
      })),
      enforcement: "soft",
      failMode: "open",
      metadata: {},
    });
  });

  it("hold all that it says", () => {
    const terms = termsOf({
      unit: "usd",
      period: "weekly",
      time_zone: "Asia/Kathmandu",
      week_starts_on: "sunday",
      fiscal_year_starts_in: 4,
      name: "growth",
      enforcement: "hard",
      fail_mode: "closed",
      rollover: { cap: 25 },
      spike: { times: 3, at_least: "5" },
      contact: " finance@example.com ",
      metadata: { cost_center: "4711" },
    });
    expect(plain(terms)).toMatchObject({
      name: "growth",
      period: "weekly",
      calendar: { timeZone: "Asia/Kathmandu", weekStartsOn: "sunday", yearStartsIn: 4 },
      enforcement: "hard",
      failMode: "closed",
      rollover: { cap: "25" },
      spike: { times: "3", atLeast: "5" },
      contact: "finance@example.com",
      metadata: { cost_center: "4711" },
    });
  });

  it("let as much roll over as the amount where no cap is given", () => {
    expect(plain(termsOf({ rollover: {} }).rollover)).toEqual({ cap: "100" });
  });

  it("may be of more tokens than there are dollars", () => {
    const terms = termsOf({ unit: "tokens", amount: 50_000_000_000 });
    expect([terms.amount.toString(), terms.name]).toEqual(["50000000000", "team:growth monthly tokens"]);
  });

  it("by the minute alert on nothing", () => {
    expect(termsOf({ period: "minutely", enforcement: "hard" }).thresholds).toEqual([]);
  });
});

describe("threshold of a request", () => {
  it("is a percentage or an amount, on the forecast too, with a level where none was given", () => {
    const { thresholds } = termsOf({
      thresholds: [
        120,
        "5.50",
        { percent: "33.33", level: "CRITICAL" },
        { amount: "80" },
        { amount: 10, level: "EXCEEDED" },
        { percent: 100, on: "forecast" },
      ],
    });
    expect(plain(thresholds)).toEqual([
      { at: { percent: "120" }, on: "actual", level: "EXCEEDED" },
      { at: { percent: "5.5" }, on: "actual", level: "INFO" },
      { at: { percent: "33.33" }, on: "actual", level: "CRITICAL" },
      { at: { amount: "80" }, on: "actual", level: "WARNING" },
      { at: { amount: "10" }, on: "actual", level: "EXCEEDED" },
      { at: { percent: "100" }, on: "forecast", level: "WARNING" },
    ]);
  });

  it("is none where the list is empty", () => {
    expect(termsOf({ thresholds: [] }).thresholds).toEqual([]);
  });

  it.each<[unknown, RegExp]>([
    [0, /percentage above 0/],
    [1001, /up to 1000/],
    ["5.555", /two decimals/],
    [null, /percentage/],
    [[50], /"percent" or "amount"/],
    [{}, /a percent or an amount/],
    [{ percent: 5, amount: 5 }, /one of the two/],
    [{ percent: 5, level: "LOUD" }, /level must be one of INFO, WARNING/],
    [{ percent: 5, on: "guess" }, /on must be one of actual, forecast/],
    [{ amount: "-1" }, /amount must not be negative/],
  ])("%j is refused, and why is said", (threshold, message) => {
    const errors = errorsOf(() => termsOf({ thresholds: [50, threshold] }));
    expect(errors).toEqual([{ field: "thresholds[1]", message: expect.stringMatching(message) }]);
  });
});

describe("terms", () => {
  it("name a field that a threshold does not have", () => {
    const errors = errorsOf(() => termsOf({ thresholds: [{ percent: 5, sound: "loud" }] }));
    expect(errors.map(({ field }) => field)).toEqual(["thresholds[0].sound"]);
  });

  it.each<[object, string]>([
    [{ scope: "growth" }, "scope"],
    [{ scope: 5 }, "scope"],
    [{ amount: 0 }, "amount"],
    [{ amount: "-1" }, "amount"],
    [{ amount: "1e3" }, "amount"],
    [{ amount: "1000000000.01" }, "amount"],
    [{ amount: "1000000000000001", unit: "tokens" }, "amount"],
    [{ amount: "1.5", unit: "requests" }, "amount"],
    [{ unit: "euro" }, "unit"],
    [{ period: "fortnightly" }, "period"],
    [{ time_zone: "Mars/Olympus" }, "time_zone"],
    [{ time_zone: "+05:45" }, "time_zone"],
    [{ week_starts_on: "funday" }, "week_starts_on"],
    [{ fiscal_year_starts_in: 13 }, "fiscal_year_starts_in"],
    [{ thresholds: "50" }, "thresholds"],
    [{ thresholds: Array.from({ length: 21 }, (_, index) => index + 1) }, "thresholds"],
    [{ thresholds: [{ amount: "0" }] }, "thresholds"],
    [{ thresholds: [{ amount: "1000000001" }] }, "thresholds"],
    [{ name: "" }, "name"],
    [{ enforcement: "firm" }, "enforcement"],
    [{ period: "minutely" }, "enforcement"],
    [{ period: "minutely", enforcement: "hard", thresholds: [50] }, "thresholds"],
    [{ period: "hourly", rollover: {} }, "rollover"],
    [{ fail_mode: "ajar" }, "fail_mode"],
    [{ rollover: true }, "rollover"],
    [{ rollover: { cap: "-1" } }, "rollover.cap"],
    [{ rollover: { cap: "1000000001" } }, "rollover"],
    [{ spike: { times: 1, at_least: 1 } }, "spike"],
    [{ spike: { times: "often", at_least: 1 } }, "spike.times"],
    [{ spike: { times: 2 } }, "spike.at_least"],
    [{ unit: "tokens", spike: { times: 2, at_least: 1 } }, "spike"],
    [{ contact: "" }, "contact"],
    [{ contact: "a\u0000b" }, "contact"],
    [{ contact: "x".repeat(201) }, "contact"],
    [{ metadata: { cost_center: 4711 } }, "metadata.cost_center"],
    [{ metadata: "x" }, "metadata"],
    [{ reason: "x".repeat(501) }, "reason"],
    [{ limit: 5 }, "limit"],
  ])("%j is refused by the name of the field", (change, field) => {
    const errors = errorsOf(() => termsOf(change));
    expect(errors).toEqual([{ field, message: expect.stringMatching(/\w/) }]);
    expect(errors[0]?.message).not.toMatch(/^Invalid/);
  });
});
