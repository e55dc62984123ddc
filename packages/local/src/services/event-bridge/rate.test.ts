import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { everyPeriod, parseRate } from "./rate.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

describe("rate expression", () => {
  it("is a number of minutes, hours or days", () => {
    expect(parseRate("rate(1 minute)")).toBe(MINUTE_MS);
    expect(parseRate("rate(5 minutes)")).toBe(5 * MINUTE_MS);
    expect(parseRate("rate(1 hour)")).toBe(60 * MINUTE_MS);
    expect(parseRate("rate(12 hours)")).toBe(DAY_MS / 2);
    expect(parseRate("rate(30 days)")).toBe(30 * DAY_MS);
  });

  it.each([
    "rate(1 minutes)",
    "rate(5 minute)",
    "rate(0 minutes)",
    "rate(1.5 hours)",
    "rate(-1 hours)",
    "rate(30 seconds)",
    "rate(5)",
    "every 5 minutes",
    "cron(0 6 * * ? *)",
    "",
  ])("is not %j, which EventBridge refuses or which is something else", (expression) => {
    expect(parseRate(expression)).toBeUndefined();
  });
});

describe("period", () => {
  const start = Date.parse("2026-11-22T10:00:00Z");
  let calls: string[];
  const count = (periodMs: number) => everyPeriod(periodMs, (due) => calls.push(due.toISOString()));

  beforeEach(() => {
    calls = [];
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: start });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("ends for the first time one period after the start, then again and again", () => {
    count(5 * MINUTE_MS);
    vi.advanceTimersByTime(5 * MINUTE_MS - 1);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual(["2026-11-22T10:05:00.000Z"]);
    vi.advanceTimersByTime(10 * MINUTE_MS);
    expect(calls.slice(1)).toEqual(["2026-11-22T10:10:00.000Z", "2026-11-22T10:15:00.000Z"]);
  });

  it("may be longer than a timer of Node", () => {
    count(30 * DAY_MS);
    vi.advanceTimersByTime(30 * DAY_MS - 1);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual(["2026-12-22T10:00:00.000Z"]);
  });

  it("makes one call for all that ended while the machine slept, and stays in step", () => {
    count(5 * MINUTE_MS);
    // Asleep for twelve minutes, in which the clock goes on and timers do not.
    vi.setSystemTime(start + 12 * MINUTE_MS);
    vi.advanceTimersByTime(5 * MINUTE_MS);
    expect(calls).toEqual(["2026-11-22T10:05:00.000Z"]);
    vi.advanceTimersByTime(3 * MINUTE_MS);
    expect(calls.slice(1)).toEqual(["2026-11-22T10:20:00.000Z"]);
  });

  it("does not end once it is stopped", () => {
    const stop = count(MINUTE_MS);
    vi.advanceTimersByTime(MINUTE_MS);
    stop();
    vi.advanceTimersByTime(DAY_MS);
    expect(calls).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not keep the process alive", () => {
    vi.useRealTimers();
    const timersThatKeepAlive = () =>
      process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
    const before = timersThatKeepAlive();
    const stop = count(MINUTE_MS);
    expect(timersThatKeepAlive()).toBe(before);
    stop();
  });
});
