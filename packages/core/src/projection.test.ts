import { describe, expect, it } from "vitest";
import { Amount } from "./budget.ts";
import { periodAt, UTC_CALENDAR } from "./period.ts";
import { project } from "./projection.ts";
import { parseInstant } from "./time.ts";

const usd = (text: string) => Amount.parse(text);
const november = periodAt("monthly", parseInstant("2026-11-01T00:00:00Z"), UTC_CALENDAR);

function projectionAt(
  now: string,
  given: { spent: string; limit?: string; recentFrom?: string; recent?: string },
) {
  const at = parseInstant(now);
  const start = given.recentFrom === undefined ? november.start : parseInstant(given.recentFrom);
  const found = project({
    period: november,
    spent: usd(given.spent),
    limit: usd(given.limit ?? "100"),
    recent: { range: { start, end: at }, spent: usd(given.recent ?? given.spent) },
    now: at,
  });
  return found && JSON.parse(JSON.stringify(found));
}

describe("projection", () => {
  it("goes on as it went of late", () => {
    expect(projectionAt("2026-11-16T00:00:00Z", { spent: "36" })).toEqual({ spent: "72", perHour: "0.1" });
    const late = { spent: "30", recentFrom: "2026-11-09T00:00:00Z", recent: "7" };
    expect(projectionAt("2026-11-16T00:00:00Z", late).spent).toBe("45");
  });

  it("says when the limit is reached, if that is before the period ends", () => {
    expect(projectionAt("2026-11-11T00:00:00Z", { spent: "50" }).exhaustedAt).toBe(
      "2026-11-21T00:00:00.000Z",
    );
    // Exactly at the end is not before it.
    expect(projectionAt("2026-11-16T00:00:00Z", { spent: "50" }).exhaustedAt).toBeUndefined();
    expect(projectionAt("2026-11-16T00:00:00Z", { spent: "49" }).exhaustedAt).toBeUndefined();
  });

  it("says now where the limit has been reached", () => {
    expect(projectionAt("2026-11-16T00:00:00Z", { spent: "100" }).exhaustedAt).toBe(
      "2026-11-16T00:00:00.000Z",
    );
  });

  it("says that nothing more comes where nothing came of late", () => {
    const quiet = { spent: "80", recentFrom: "2026-11-09T00:00:00Z", recent: "0" };
    expect(projectionAt("2026-11-16T00:00:00Z", quiet)).toEqual({ spent: "80", perHour: "0" });
  });

  it("waits for a twentieth of the period, and for a quarter of an hour", () => {
    expect(projectionAt("2026-11-02T11:59:59Z", { spent: "36" })).toBeUndefined();
    expect(projectionAt("2026-11-02T12:00:00Z", { spent: "36" }).spent).toBe("720");
    const hour = periodAt("hourly", parseInstant("2026-11-21T10:00:00Z"), UTC_CALENDAR);
    const inHour = (now: string) =>
      project({
        period: hour,
        spent: usd("1"),
        limit: usd("100"),
        recent: { range: { start: hour.start, end: parseInstant(now) }, spent: usd("1") },
        now: parseInstant(now),
      })?.spent.toString();
    expect(inHour("2026-11-21T10:14:59.999Z")).toBeUndefined();
    expect(inHour("2026-11-21T10:15:00Z")).toBe("4");
  });
});
