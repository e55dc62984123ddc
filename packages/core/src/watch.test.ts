import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aBudget } from "./fixtures.ts";
import { type Calendar, coverOf, periodAt, periodKinds, weekdays } from "./period.ts";
import { HOUR_MS, instantFromEpochMs, parseInstant, utcDateOf, utcHourOf } from "./time.ts";
import { affectedPeriods } from "./watch.ts";

const now = parseInstant("2026-11-21T12:00:00Z");

const calendars: fc.Arbitrary<Calendar> = fc.record({
  timeZone: fc.oneof(
    fc.constantFrom("UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"),
    fc.constantFrom(...Intl.supportedValuesOf("timeZone")),
  ),
  weekStartsOn: fc.constantFrom(...weekdays),
  yearStartsIn: fc.integer({ min: 1, max: 12 }),
});
const moments = fc
  .integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2028, 0, 1) })
  .map((epochMs) => instantFromEpochMs(epochMs));
const summedKinds = fc.constantFrom(...periodKinds.filter((kind) => kind !== "minutely"));

describe("periods affected by a changed total", () => {
  it("are found through the day or through the hour, whichever the period's sum is made of, and never through both", () => {
    fc.assert(
      fc.property(summedKinds, moments, calendars, (kind, at, calendar) => {
        const budget = aBudget({ period: kind, calendar });
        const period = periodAt(kind, at, calendar);
        const { days, hours } = coverOf(period);
        const [date, hour] = [utcDateOf(at), utcHourOf(at)];
        const ids = (bucket: Parameters<typeof affectedPeriods>[1]) =>
          affectedPeriods(budget, bucket).map(({ id }) => id);
        expect(ids({ kind: "day", date }).includes(period.id)).toBe(days.includes(date));
        expect(ids({ kind: "hour", hour }).includes(period.id)).toBe(hours.some((one) => one.hour === hour));
        expect(days.includes(date)).not.toBe(hours.some((one) => one.hour === hour));
      }),
      { numRuns: 150 },
    );
  });

  it("of an hour may be two, where a period ends within it", () => {
    const budget = aBudget({ period: "daily", calendar: { timeZone: "Asia/Kathmandu" } });
    const hour = utcHourOf(parseInstant("2026-11-21T18:00:00Z"));
    expect(affectedPeriods(budget, { kind: "hour", hour }).map(({ id }) => id)).toEqual([
      "2026-11-21",
      "2026-11-22",
    ]);
    expect(affectedPeriods(budget, { kind: "day", date: utcDateOf(now) })).toEqual([]);
  });

  it("of a day are all hours of it for an hourly budget, found by the hour", () => {
    const hourly = aBudget({ period: "hourly" });
    expect(affectedPeriods(hourly, { kind: "day", date: utcDateOf(now) })).toEqual([]);
    const [period] = affectedPeriods(hourly, { kind: "hour", hour: utcHourOf(now) });
    expect(period && Date.parse(period.end) - Date.parse(period.start)).toBe(HOUR_MS);
  });

  it("are none for a budget by the minute", () => {
    const minutely = aBudget({ period: "minutely", enforcement: "hard" });
    expect(affectedPeriods(minutely, { kind: "day", date: utcDateOf(now) })).toEqual([]);
    expect(affectedPeriods(minutely, { kind: "hour", hour: utcHourOf(now) })).toEqual([]);
  });
});
