import { describe, expect, it } from "vitest";
import type { Digest, QuietHours } from "./channel.ts";
import { nextDigestAt, quietUntil } from "./channel-hours.ts";
import { parseInstant } from "./time.ts";

const night: QuietHours = { timeZone: "Europe/Berlin", from: "22:00", to: "07:00" };
const until = (quiet: QuietHours, at: string) => quietUntil(quiet, parseInstant(at));

describe("quiet hours", () => {
  it("go over midnight, hold their beginning and not their end", () => {
    expect(until(night, "2026-11-21T21:59:59.999+01:00")).toBeUndefined();
    const end = parseInstant("2026-11-22T07:00:00+01:00");
    expect(until(night, "2026-11-21T22:00:00+01:00")).toBe(end);
    expect(until(night, "2026-11-22T00:00:00+01:00")).toBe(end);
    expect(until(night, "2026-11-22T06:59:59.999+01:00")).toBe(end);
    expect(until(night, "2026-11-22T07:00:00+01:00")).toBeUndefined();
  });

  it("may lie within a day", () => {
    const lunch: QuietHours = { timeZone: "Asia/Kathmandu", from: "12:15", to: "13:00" };
    expect(until(lunch, "2026-11-21T12:30:00+05:45")).toBe(parseInstant("2026-11-21T13:00:00+05:45"));
    expect(until(lunch, "2026-11-21T13:30:00+05:45")).toBeUndefined();
    expect(until(lunch, "2026-11-21T12:00:00+05:45")).toBeUndefined();
  });

  it("end by the clock on the wall when clocks change in them", () => {
    // In the night of 29 March 2026 the clocks of Berlin leave out 02:00 to 03:00; on 25 October they show it twice.
    const spring = parseInstant("2026-03-29T07:00:00+02:00");
    expect(until(night, "2026-03-28T22:00:00+01:00")).toBe(spring);
    expect(Date.parse(spring) - Date.parse("2026-03-28T22:00:00+01:00")).toBe(8 * 3_600_000);
    const autumn = parseInstant("2026-10-25T07:00:00+01:00");
    expect(until(night, "2026-10-24T22:00:00+02:00")).toBe(autumn);
    expect(Date.parse(autumn) - Date.parse("2026-10-24T22:00:00+02:00")).toBe(10 * 3_600_000);
    expect(until(night, "2026-10-25T02:30:00+01:00")).toBe(autumn);
  });

  it("may begin or end in what a clock leaves out", () => {
    const early: QuietHours = { timeZone: "Europe/Berlin", from: "02:30", to: "04:00" };
    expect(until(early, "2026-03-29T03:15:00+02:00")).toBeUndefined();
    expect(until(early, "2026-03-29T03:30:00+02:00")).toBe(parseInstant("2026-03-29T04:00:00+02:00"));
  });

  it("are of the day that they begin on", () => {
    const friday: QuietHours = { ...night, days: ["friday"] };
    expect(until(friday, "2026-11-20T23:00:00+01:00")).toBe(parseInstant("2026-11-21T07:00:00+01:00"));
    expect(until(friday, "2026-11-21T06:00:00+01:00")).toBe(parseInstant("2026-11-21T07:00:00+01:00"));
    expect(until(friday, "2026-11-21T23:00:00+01:00")).toBeUndefined();
  });

  it("that follow each other are one", () => {
    const weekend: QuietHours = { timeZone: "UTC", from: "00:00", to: "00:00", days: ["saturday", "sunday"] };
    expect(until(weekend, "2026-11-21T09:00:00Z")).toBe(parseInstant("2026-11-23T00:00:00Z"));
    expect(until(weekend, "2026-11-20T23:59:59Z")).toBeUndefined();
    expect(until(weekend, "2026-11-23T00:00:00Z")).toBeUndefined();
  });

  it("that never end are looked at for a week, and no longer", () => {
    const always: QuietHours = { timeZone: "UTC", from: "09:00", to: "09:00" };
    expect(until(always, "2026-11-21T12:00:00Z")).toBe(parseInstant("2026-11-29T09:00:00Z"));
  });
});

describe("digest", () => {
  const digest = (given: Partial<Digest> = {}): Digest => ({
    every: "daily",
    at: "09:00",
    timeZone: "America/New_York",
    upToLevel: "WARNING",
    ...given,
  });
  const next = (given: Partial<Digest>, at: string) => nextDigestAt(digest(given), parseInstant(at));

  it("goes out at its time of the day, by its own clocks, and the next day when that has come", () => {
    expect(next({}, "2026-11-21T08:59:59-05:00")).toBe(parseInstant("2026-11-21T09:00:00-05:00"));
    expect(next({}, "2026-11-21T09:00:00-05:00")).toBe(parseInstant("2026-11-22T09:00:00-05:00"));
    // The clocks of New York are put back on 1 November 2026.
    expect(next({}, "2026-10-31T10:00:00-04:00")).toBe(parseInstant("2026-11-01T09:00:00-05:00"));
  });

  it("goes out every full hour of its clocks", () => {
    const hourly = { every: "hourly", timeZone: "Asia/Kathmandu" } as const;
    expect(next(hourly, "2026-11-21T10:15:00Z")).toBe(parseInstant("2026-11-21T11:15:00Z"));
    expect(next(hourly, "2026-11-21T11:14:59.999Z")).toBe(parseInstant("2026-11-21T11:15:00Z"));
  });
});
