import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  datesBetween,
  instantFromEpochMs,
  isTimeZone,
  localClockOf,
  localDateOf,
  localHourOf,
  parseInstant,
  parseTimeZone,
  parseUtcDate,
  plusDays,
  QUARTER_MS,
  quarterOf,
  startOfLocalDate,
  utcDateOf,
  utcHourOf,
} from "./time.ts";

describe("instant", () => {
  it.each([
    ["2026-11-21T10:15:00Z", "2026-11-21T10:15:00.000Z"],
    ["2026-11-21T10:15:00.123456789Z", "2026-11-21T10:15:00.123Z"],
    ["2026-11-21T10:15:00+05:45", "2026-11-21T04:30:00.000Z"],
    ["2026-11-21T00:15:00-03:30", "2026-11-21T03:45:00.000Z"],
    ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"],
    ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
  ])("reads %s as %s", (text, expected) => {
    expect(parseInstant(text)).toBe(expected);
  });

  it.each([
    "2026-11-21",
    "2026-11-21T10:15:00",
    "2026-02-30T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-11-21T25:00:00Z",
    "0000-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999Z",
    "10000-01-01T00:00:00Z",
    "+010000-01-01T00:00:00Z",
    "yesterday",
    "1763719200",
    "",
  ])("refuses %j", (text) => {
    expect(() => parseInstant(text)).toThrow(RangeError);
  });

  it("knows its UTC day, hour and quarter", () => {
    const at = parseInstant("2026-11-21T10:44:59.999Z");
    expect([utcDateOf(at), utcHourOf(at), quarterOf(at)]).toEqual(["2026-11-21", "2026-11-21T10", 2]);
    expect(
      ["10:00", "10:15", "10:30", "10:45"].map((clock) => quarterOf(parseInstant(`2026-11-21T${clock}Z`))),
    ).toEqual([0, 1, 2, 3]);
  });
});

describe("calendar day", () => {
  it("is written yyyy-mm-dd and exists", () => {
    expect(parseUtcDate("2024-02-29")).toBe("2024-02-29");
    for (const text of ["2026-02-29", "2026-2-1", "20260201", "2026-02-01T00:00", "+002026-02-01", "today"]) {
      expect(() => parseUtcDate(text), text).toThrow(RangeError);
    }
  });

  it("counts on across months, years and leap days", () => {
    expect(datesBetween("2023-12-30", "2024-01-02")).toEqual([
      "2023-12-30",
      "2023-12-31",
      "2024-01-01",
      "2024-01-02",
    ]);
    expect(plusDays("2024-02-28", 2)).toBe("2024-03-01");
    expect(datesBetween("2026-01-02", "2026-01-01")).toEqual([]);
  });
});

describe("time zone", () => {
  it("is an IANA name in any case", () => {
    expect(parseTimeZone("europe/berlin")).toBe("Europe/Berlin");
    expect(parseTimeZone("utc")).toBe("UTC");
    expect(isTimeZone("Asia/Kathmandu")).toBe(true);
    expect(["", "Mars/Olympus", "+05:45", "2026-01-01T00:00[Europe/Berlin]"].some(isTimeZone)).toBe(false);
  });

  it("has its own day and hour", () => {
    const at = parseInstant("2026-11-21T18:20:00Z");
    expect([localDateOf(at, "Asia/Kathmandu"), localHourOf(at, "Asia/Kathmandu")]).toEqual(["2026-11-22", 0]);
    expect([localDateOf(at, "UTC"), localHourOf(at, "UTC")]).toEqual(["2026-11-21", 18]);
  });

  it("has clocks of its own, which go forward and back", () => {
    const clockAt = (text: string, zone: string) => {
      const { weekday, time } = localClockOf(parseInstant(text), zone);
      return `${weekday} ${time}`;
    };
    expect(clockAt("2026-11-23T00:00:00Z", "UTC")).toBe("1 00:00");
    expect(clockAt("2026-11-22T23:59:59.999Z", "UTC")).toBe("7 23:59");
    expect(clockAt("2026-11-22T18:15:00Z", "Asia/Kathmandu")).toBe("1 00:00");
    expect(clockAt("1970-01-01T00:00:00Z", "America/New_York")).toBe("3 19:00");
    const newYork = [
      ["2026-03-08T06:59:59.999Z", "7 01:59"],
      ["2026-03-08T07:00:00Z", "7 03:00"],
      ["2026-11-01T05:59:59.999Z", "7 01:59"],
      ["2026-11-01T06:00:00Z", "7 01:00"],
    ] as const;
    for (const asked of [newYork, [...newYork].reverse()]) {
      for (const [text, clock] of asked) expect(clockAt(text, "America/New_York"), text).toBe(clock);
    }
  });

  it("has clocks that show its own day and hour, in whatever order they are looked at", () => {
    const zones = fc.constantFrom(
      "UTC",
      "America/New_York",
      "Australia/Lord_Howe",
      "Asia/Kathmandu",
      "Africa/Casablanca",
    );
    const moments = fc
      .integer({ min: 0, max: Date.UTC(2040, 0, 1) })
      .map((epochMs) => instantFromEpochMs(epochMs));
    fc.assert(
      fc.property(fc.array(fc.tuple(moments, zones), { maxLength: 8 }), (asked) => {
        for (const [at, zone] of asked) {
          const { weekday, time } = localClockOf(at, zone);
          expect(Number(time.slice(0, 2))).toBe(localHourOf(at, zone));
          expect(weekday % 7).toBe(new Date(localDateOf(at, zone)).getUTCDay());
        }
      }),
      { numRuns: 300 },
    );
  });

  it("begins its days when its clocks say, also when there is no midnight", () => {
    expect(startOfLocalDate("2026-11-21", "Asia/Kathmandu")).toBe("2026-11-20T18:15:00.000Z");
    // In Lebanon clocks go from 00:00 to 01:00 on the last Sunday of March.
    expect(startOfLocalDate("2026-03-29", "Asia/Beirut")).toBe("2026-03-28T22:00:00.000Z");
    expect(localHourOf(startOfLocalDate("2026-03-29", "Asia/Beirut"), "Asia/Beirut")).toBe(1);
  });

  it("has begun every day on a quarter of an hour since 2000, so that quarters make any zone's day", () => {
    const zones = Intl.supportedValuesOf("timeZone");
    const days = fc.integer({ min: 0, max: 40 * 365 }).map((count) => plusDays("2000-01-01", count));
    fc.assert(
      fc.property(fc.constantFrom(...zones), days, (zone, day) => {
        expect(Date.parse(startOfLocalDate(day, zone)) % QUARTER_MS).toBe(0);
      }),
      { numRuns: 800 },
    );
  });
});
