import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Calendar,
  type Cover,
  coverOf,
  coversDay,
  hourCoverOf,
  type PeriodKind,
  periodAt,
  periodBefore,
  periodKinds,
  periodOfId,
  periodsOverlapping,
  UTC_CALENDAR,
  weekdays,
} from "./period.ts";
import {
  DAY_MS,
  epochMsOf,
  HOUR_MS,
  instantFromEpochMs,
  parseInstant,
  plusMs,
  QUARTER_MS,
  startOfUtcDate,
  startOfUtcHour,
  utcDateOf,
} from "./time.ts";

const periodOf = (kind: PeriodKind, at: string, timeZone = "UTC", calendar: Partial<Calendar> = {}) => {
  const { id, start, end } = periodAt(kind, parseInstant(at), { timeZone, ...calendar });
  return [id, start.slice(0, 16), end.slice(0, 16)];
};
const hoursLong = (kind: PeriodKind, at: string, timeZone: string) => {
  const { start, end } = periodAt(kind, parseInstant(at), { timeZone });
  return (epochMsOf(end) - epochMsOf(start)) / HOUR_MS;
};

describe("daily period", () => {
  it("is a calendar day of its zone", () => {
    expect(periodOf("daily", "2026-11-21T23:59:59.999Z")).toEqual([
      "2026-11-21",
      "2026-11-21T00:00",
      "2026-11-22T00:00",
    ]);
    expect(periodOf("daily", "2026-11-21T18:15:00Z", "Asia/Kathmandu")).toEqual([
      "2026-11-22",
      "2026-11-21T18:15",
      "2026-11-22T18:15",
    ]);
  });

  it("has 23 hours when New York's clocks go forward and 25 when they go back", () => {
    expect(hoursLong("daily", "2026-03-08T12:00:00Z", "America/New_York")).toBe(23);
    expect(hoursLong("daily", "2026-11-01T12:00:00Z", "America/New_York")).toBe(25);
    expect(hoursLong("daily", "2026-11-02T12:00:00Z", "America/New_York")).toBe(24);
  });

  it("begins at one o'clock where clocks skip midnight", () => {
    expect(periodOf("daily", "2026-03-29T10:00:00Z", "Asia/Beirut")).toEqual([
      "2026-03-29",
      "2026-03-28T22:00",
      "2026-03-29T21:00",
    ]);
  });
});

describe("hourly period", () => {
  it("is an hour of its zone's clocks, named by its start in UTC", () => {
    expect(periodOf("hourly", "2026-11-21T10:14:59Z", "Asia/Kathmandu")).toEqual([
      "20261121T0915Z",
      "2026-11-21T09:15",
      "2026-11-21T10:15",
    ]);
  });

  it("keeps the two hours apart that New York's clocks show twice", () => {
    expect(periodOf("hourly", "2026-11-01T05:30:00Z", "America/New_York")[0]).toBe("20261101T0500Z");
    expect(periodOf("hourly", "2026-11-01T06:30:00Z", "America/New_York")[0]).toBe("20261101T0600Z");
  });

  it("goes from one to three o'clock when New York's clocks go forward", () => {
    expect(periodOf("hourly", "2026-03-08T06:59:00Z", "America/New_York")[2]).toBe("2026-03-08T07:00");
    expect(periodOf("hourly", "2026-03-08T07:00:00Z", "America/New_York")[1]).toBe("2026-03-08T07:00");
  });

  it("is cut where clocks move by half an hour, so that hours do not overlap", () => {
    const zone = "Australia/Lord_Howe";
    expect(periodOf("hourly", "2026-04-04T14:45:00Z", zone).slice(1)).toEqual([
      "2026-04-04T14:00",
      "2026-04-04T15:00",
    ]);
    expect(periodOf("hourly", "2026-04-04T15:00:00Z", zone).slice(1)).toEqual([
      "2026-04-04T15:00",
      "2026-04-04T15:30",
    ]);
    expect(periodOf("hourly", "2026-10-03T15:29:00Z", zone).slice(1)).toEqual([
      "2026-10-03T14:30",
      "2026-10-03T15:30",
    ]);
    expect(periodOf("hourly", "2026-10-03T15:45:00Z", zone).slice(1)).toEqual([
      "2026-10-03T15:30",
      "2026-10-03T16:00",
    ]);
  });
});

describe("minutely period", () => {
  it("is a minute, named by its start in UTC", () => {
    expect(periodOf("minutely", "2026-11-21T10:14:59.999Z", "Asia/Kathmandu")).toEqual([
      "20261121T1014Z",
      "2026-11-21T10:14",
      "2026-11-21T10:15",
    ]);
    expect(periodOf("minutely", "2026-11-21T10:15:00Z")[0]).toBe("20261121T1015Z");
  });

  it("runs on where New York's clocks are put back, and where they are put forward", () => {
    expect(periodOf("minutely", "2026-11-01T05:59:30Z", "America/New_York")[2]).toBe("2026-11-01T06:00");
    expect(periodOf("minutely", "2026-11-01T06:00:30Z", "America/New_York")[0]).toBe("20261101T0600Z");
    expect(periodOf("minutely", "2026-03-08T06:59:30Z", "America/New_York")[2]).toBe("2026-03-08T07:00");
  });
});

describe("longer period", () => {
  it("of a week begins on Monday and is named as in ISO 8601, also at the year's edge", () => {
    expect(periodOf("weekly", "2026-11-22T12:00:00Z")).toEqual([
      "2026-W47",
      "2026-11-16T00:00",
      "2026-11-23T00:00",
    ]);
    expect(periodOf("weekly", "2027-01-03T23:00:00Z")[0]).toBe("2026-W53");
    expect(periodOf("weekly", "2027-01-04T00:00:00Z")[0]).toBe("2027-W01");
    expect(periodOf("weekly", "2024-12-30T00:00:00Z")[0]).toBe("2025-W01");
  });

  it("of a month is cut at the quarter of an hour where Nepal's begins", () => {
    expect(periodOf("monthly", "2026-11-30T18:14:00Z", "Asia/Kathmandu")).toEqual([
      "2026-11",
      "2026-10-31T18:15",
      "2026-11-30T18:15",
    ]);
    expect(periodOf("monthly", "2026-11-30T18:15:00Z", "Asia/Kathmandu")[0]).toBe("2026-12");
  });

  it("of a month follows the clocks of New York at both ends", () => {
    expect(periodOf("monthly", "2026-11-10T00:00:00Z", "America/New_York")).toEqual([
      "2026-11",
      "2026-11-01T04:00",
      "2026-12-01T05:00",
    ]);
  });

  it("of a quarter and a year begins with their first month", () => {
    expect(periodOf("quarterly", "2026-11-22T00:00:00Z")).toEqual([
      "2026-Q4",
      "2026-10-01T00:00",
      "2027-01-01T00:00",
    ]);
    expect(periodOf("quarterly", "2026-03-31T23:59:00Z")[0]).toBe("2026-Q1");
    expect(periodOf("quarterly", "2026-04-01T00:00:00Z")[0]).toBe("2026-Q2");
    expect(periodOf("yearly", "2026-12-31T23:30:00Z", "Europe/Berlin")).toEqual([
      "2027",
      "2026-12-31T23:00",
      "2027-12-31T23:00",
    ]);
  });
});

describe("week that begins on another day", () => {
  it("is named by its first day", () => {
    const sunday = { weekStartsOn: "sunday" } as const;
    expect(periodOf("weekly", "2026-11-24T12:00:00Z", "UTC", sunday)).toEqual([
      "W2026-11-22",
      "2026-11-22T00:00",
      "2026-11-29T00:00",
    ]);
    expect(periodOf("weekly", "2026-11-28T23:59:59.999Z", "UTC", sunday)[0]).toBe("W2026-11-22");
    expect(periodOf("weekly", "2026-11-29T00:00:00Z", "UTC", sunday)[0]).toBe("W2026-11-29");
    expect(periodOf("weekly", "2026-11-22T12:00:00Z", "UTC", { weekStartsOn: "monday" })[0]).toBe("2026-W47");
  });

  it("follows the clocks of its zone over their change", () => {
    const saturday = { weekStartsOn: "saturday" } as const;
    expect(periodOf("weekly", "2026-11-01T12:00:00Z", "America/New_York", saturday)).toEqual([
      "W2026-10-31",
      "2026-10-31T04:00",
      "2026-11-07T05:00",
    ]);
  });
});

describe("fiscal year that begins in another month", () => {
  const april = { yearStartsIn: 4 };

  it("is named by the month that it begins in, and its quarters after it", () => {
    expect(periodOf("yearly", "2026-11-21T12:00:00Z", "UTC", april)).toEqual([
      "FY2026-04",
      "2026-04-01T00:00",
      "2027-04-01T00:00",
    ]);
    expect(periodOf("quarterly", "2026-04-01T00:00:00Z", "UTC", april)).toEqual([
      "FY2026-04-Q1",
      "2026-04-01T00:00",
      "2026-07-01T00:00",
    ]);
    expect(periodOf("quarterly", "2027-02-28T12:00:00Z", "UTC", april)).toEqual([
      "FY2026-04-Q4",
      "2027-01-01T00:00",
      "2027-04-01T00:00",
    ]);
    expect(periodOf("monthly", "2027-02-28T12:00:00Z", "UTC", april)[0]).toBe("2027-02");
  });

  it("goes on into the next calendar year until then", () => {
    expect(periodOf("yearly", "2027-03-31T23:59:59.999Z", "UTC", april)[0]).toBe("FY2026-04");
    expect(periodOf("yearly", "2027-03-31T18:15:00Z", "Asia/Kathmandu", april)[0]).toBe("FY2027-04");
  });
});

describe("id of a period", () => {
  it.each([
    ["hourly", "20261121T0915Z", "Asia/Kathmandu", "2026-11-21T09:15:00.000Z"],
    ["hourly", "20260404T1500Z", "Australia/Lord_Howe", "2026-04-04T15:00:00.000Z"],
    ["daily", "2026-03-29", "Asia/Beirut", "2026-03-28T22:00:00.000Z"],
    ["daily", "2011-12-31", "Pacific/Apia", "2011-12-30T10:00:00.000Z"],
    ["weekly", "2026-W53", "UTC", "2026-12-28T00:00:00.000Z"],
    ["weekly", "2025-W01", "UTC", "2024-12-30T00:00:00.000Z"],
    ["weekly", "2011-W52", "Pacific/Apia", "2011-12-26T10:00:00.000Z"],
    ["monthly", "2026-11", "America/New_York", "2026-11-01T04:00:00.000Z"],
    ["monthly", "1995-01", "Pacific/Kiritimati", "1994-12-31T10:00:00.000Z"],
    ["quarterly", "2026-Q4", "UTC", "2026-10-01T00:00:00.000Z"],
    ["yearly", "2027", "Europe/Berlin", "2026-12-31T23:00:00.000Z"],
  ] as const)("%s %s in %s names the one that begins at %s", (kind, id, zone, start) => {
    expect(periodOfId(kind, id, { timeZone: zone })).toMatchObject({ kind, id, start });
  });

  it.each([
    ["hourly", "yesterday"],
    ["daily", "2026-02-30"],
    ["daily", "2026-11-21T00"],
    ["weekly", "week 7"],
    ["weekly", "2025-W53"],
    ["monthly", "2026-13"],
    ["quarterly", "2026-Q"],
    ["yearly", ""],
  ] as const)("%s is not %j", (kind, id) => {
    expect(() => periodOfId(kind, id, UTC_CALENDAR)).toThrow(RangeError);
  });

  it.each([
    ["weekly", "W2026-11-22", { timeZone: "UTC", weekStartsOn: "sunday" }, "2026-11-22T00:00:00.000Z"],
    ["yearly", "FY2026-04", { timeZone: "UTC", yearStartsIn: 4 }, "2026-04-01T00:00:00.000Z"],
    ["quarterly", "FY2026-04-Q1", { timeZone: "UTC", yearStartsIn: 4 }, "2026-04-01T00:00:00.000Z"],
    [
      "quarterly",
      "FY2026-10-Q4",
      { timeZone: "Asia/Kathmandu", yearStartsIn: 10 },
      "2027-06-30T18:15:00.000Z",
    ],
    ["minutely", "20261101T0530Z", { timeZone: "America/New_York" }, "2026-11-01T05:30:00.000Z"],
  ] as const)(
    "%s %s by a calendar of one's own names the one that begins then",
    (kind, id, calendar, start) => {
      expect(periodOfId(kind, id, calendar)).toMatchObject({ kind, id, start });
    },
  );

  it("is not of another calendar", () => {
    const sunday: Calendar = { timeZone: "UTC", weekStartsOn: "sunday" };
    expect(() => periodOfId("weekly", "2026-W47", sunday)).toThrow(RangeError);
    expect(() => periodOfId("weekly", "W2026-11-23", sunday)).toThrow(RangeError);
    expect(() => periodOfId("weekly", "W2026-11-22", UTC_CALENDAR)).toThrow(RangeError);
    expect(() => periodOfId("yearly", "FY2026-04", UTC_CALENDAR)).toThrow(RangeError);
    expect(() => periodOfId("yearly", "2026", { timeZone: "UTC", yearStartsIn: 4 })).toThrow(RangeError);
    expect(() => periodOfId("quarterly", "FY2026-04-Q5", { timeZone: "UTC", yearStartsIn: 4 })).toThrow(
      RangeError,
    );
  });

  it("is not of a day that a zone left out", () => {
    expect(() => periodOfId("daily", "2011-12-30", { timeZone: "Pacific/Apia" })).toThrow(RangeError);
  });
});

const zones = fc.oneof(
  fc.constantFrom(
    "UTC",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Asia/Beirut",
    "Pacific/Chatham",
  ),
  fc.constantFrom(...Intl.supportedValuesOf("timeZone")),
);
const instants = fc
  .integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2032, 0, 1) })
  .map((epochMs) => instantFromEpochMs(epochMs));
/** The Lord Howe night and its like are rare: half of the instants lie within two hours of a change of clocks. */
const changes = [
  Date.UTC(2026, 3, 4, 15),
  Date.UTC(2026, 9, 3, 15),
  Date.UTC(2026, 2, 8, 7),
  Date.UTC(2026, 10, 1, 6),
];
const instantsNearChanges = fc
  .tuple(fc.constantFrom(...changes), fc.integer({ min: -2 * HOUR_MS, max: 2 * HOUR_MS }))
  .map(([change, offset]) => instantFromEpochMs(change + offset));
const moments = fc.oneof(instants, instantsNearChanges);
const calendars: fc.Arbitrary<Calendar> = fc.record(
  {
    timeZone: zones,
    weekStartsOn: fc.constantFrom(...weekdays),
    yearStartsIn: fc.integer({ min: 1, max: 12 }),
  },
  { requiredKeys: ["timeZone"] },
);
const kinds = fc.constantFrom(...periodKinds);
/** Totals are by the quarter of an hour: of minutes they know nothing. */
const summedKinds = fc.constantFrom(...periodKinds.filter((kind) => kind !== "minutely"));

describe("period of any calendar", () => {
  it("holds its instant, is the period of each of its ends, and meets the next without gap or overlap", () => {
    fc.assert(
      fc.property(kinds, moments, calendars, (kind, at, calendar) => {
        const period = periodAt(kind, at, calendar);
        expect(period.start <= at && at < period.end).toBe(true);
        expect(periodAt(kind, period.start, calendar)).toEqual(period);
        expect(periodAt(kind, plusMs(period.end, -1), calendar)).toEqual(period);
        const next = periodAt(kind, period.end, calendar);
        expect(next.start).toBe(period.end);
        expect(next.id).not.toBe(period.id);
        expect(periodBefore(next, calendar)).toEqual(period);
      }),
      { numRuns: 400 },
    );
  });

  it("is the one that its id names", () => {
    fc.assert(
      fc.property(kinds, moments, calendars, (kind, at, calendar) => {
        const period = periodAt(kind, at, calendar);
        expect(periodOfId(kind, period.id, calendar)).toEqual(period);
      }),
      { numRuns: 600 },
    );
  });

  it("is among those that overlap a stretch of time around it", () => {
    fc.assert(
      fc.property(
        kinds,
        moments,
        calendars,
        fc.integer({ min: 1, max: 3 * 24 }),
        (kind, at, calendar, units) => {
          const unitMs = kind === "minutely" ? HOUR_MS / 60 : HOUR_MS;
          const range = { start: plusMs(at, -units * unitMs), end: plusMs(at, unitMs) };
          const overlapping = periodsOverlapping(kind, range, calendar);
          expect(overlapping).toContainEqual(periodAt(kind, at, calendar));
          for (const [index, period] of overlapping.entries()) {
            expect(period.start).toBe(index === 0 ? period.start : overlapping[index - 1]?.end);
            expect(period.start < range.end && period.end > range.start).toBe(true);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** Quarters of an hour that a cover stands for, as milliseconds since 1970, each as often as it is counted. */
function quartersOf({ days, hours }: Cover): number[] {
  const ofDays = days.flatMap((date) => {
    const start = epochMsOf(startOfUtcDate(date));
    return Array.from({ length: DAY_MS / QUARTER_MS }, (_, index) => start + index * QUARTER_MS);
  });
  const ofHours = hours.flatMap(({ hour, quarters }) =>
    quarters.map((quarter) => epochMsOf(startOfUtcHour(hour)) + quarter * QUARTER_MS),
  );
  return [...ofDays, ...ofHours].sort((a, b) => a - b);
}

function quartersBetween(start: number, end: number): number[] {
  return Array.from({ length: (end - start) / QUARTER_MS }, (_, index) => start + index * QUARTER_MS);
}

describe("cover", () => {
  it("takes whole UTC days as days and the ends by hours and quarters", () => {
    const range = { start: parseInstant("2026-11-20T22:45:00Z"), end: parseInstant("2026-11-23T01:15:00Z") };
    expect(coverOf(range)).toEqual({
      days: ["2026-11-21", "2026-11-22"],
      hours: [
        { hour: "2026-11-20T22", quarters: [3] },
        { hour: "2026-11-20T23", quarters: [0, 1, 2, 3] },
        { hour: "2026-11-23T00", quarters: [0, 1, 2, 3] },
        { hour: "2026-11-23T01", quarters: [0] },
      ],
    });
    expect(hourCoverOf(range).days).toEqual([]);
  });

  it("counts each quarter of any zone's period once, and none besides", () => {
    fc.assert(
      fc.property(summedKinds, moments, calendars, (kind, at, calendar) => {
        const period = periodAt(kind === "yearly" ? "monthly" : kind, at, calendar);
        const quarters = quartersBetween(epochMsOf(period.start), epochMsOf(period.end));
        // As text: comparing thousands of numbers one by one takes the longest part of this test.
        expect(quartersOf(coverOf(period)).join()).toBe(quarters.join());
        expect(quartersOf(hourCoverOf(period)).join()).toBe(quarters.join());
      }),
      { numRuns: 50 },
    );
  });

  it("takes a day as a day exactly where coversDay says so", () => {
    fc.assert(
      fc.property(summedKinds, moments, calendars, (kind, at, calendar) => {
        const period = periodAt(kind, at, calendar);
        expect(coverOf(period).days.includes(utcDateOf(at))).toBe(coversDay(period, utcDateOf(at)));
      }),
      { numRuns: 100 },
    );
  });

  it("refuses ends that quarters cannot make", () => {
    const [start, end] = [parseInstant("2026-11-21T10:00:00Z"), parseInstant("2026-11-21T10:20:00Z")];
    expect(() => coverOf({ start, end })).toThrow(RangeError);
    expect(coverOf({ start, end: start })).toEqual({ days: [], hours: [] });
  });
});
