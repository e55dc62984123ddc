import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dueAlerts } from "./alert.ts";
import { type Budget, budgetStatus, defaultLevelOf, reachedThresholds } from "./budget.ts";
import { aBudget } from "./fixtures.ts";
import { Money } from "./money.ts";
import { coverOf, periodAt, periodKinds } from "./period.ts";
import { HOUR_MS, instantFromEpochMs, parseInstant, utcDateOf, utcHourOf } from "./time.ts";
import { affectedPeriods } from "./watch.ts";

const usd = (text: string) => Money.parse(text);
const now = parseInstant("2026-11-21T12:00:00Z");
const status = (spent: string, budget: Budget = aBudget()) =>
  budgetStatus({
    budget,
    period: periodAt(budget.period, now, budget.timeZone),
    spent: usd(spent),
    unpricedCalls: 0,
    now,
  });
const alertsAt = (spent: string, budget: Budget = aBudget()) =>
  dueAlerts({ budget, period: periodAt(budget.period, now, budget.timeZone), spent: usd(spent), now });

describe("threshold", () => {
  it("is reached exactly on it, and not a hair below", () => {
    const percents = (spent: string) =>
      reachedThresholds(aBudget(), usd(spent)).map(({ percent }) => percent);
    expect(percents("0")).toEqual([]);
    expect(percents("49.999999999999999999")).toEqual([]);
    expect(percents("50")).toEqual(["50"]);
    expect(percents("99.999999999999999999")).toEqual(["50", "80", "95"]);
    expect(percents("100")).toEqual(["50", "80", "95", "100"]);
  });

  it("gets the level of the highest default that it reaches", () => {
    expect(["1", "50", "79.99", "80", "95", "99.99", "100", "150"].map(defaultLevelOf)).toEqual([
      "INFO",
      "INFO",
      "INFO",
      "WARNING",
      "CRITICAL",
      "CRITICAL",
      "EXCEEDED",
      "EXCEEDED",
    ]);
  });
});

describe("budget status", () => {
  it("divides the amount into what is spent and what remains", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 200_000_000n }), (millionths) => {
        const spent = usd("0.000001").times(millionths);
        const { remaining, overage, exceeded } = status(spent.toString());
        expect(spent.plus(remaining).toString()).toBe("100");
        expect(exceeded).toBe(millionths >= 100_000_000n);
        expect(overage.toString()).toBe(remaining.isNegative() ? remaining.negated().toString() : "0");
      }),
    );
  });

  it("is exceeded from the last cent on, and over only beyond it", () => {
    expect(status("99.99")).toMatchObject({ exceeded: false, percentUsed: "99.99" });
    expect(status("100")).toMatchObject({ exceeded: true, percentUsed: "100" });
    expect(status("100").overage.toString()).toBe("0");
    expect(status("100.25").overage.toString()).toBe("0.25");
    expect(status("100.25").remaining.toString()).toBe("-0.25");
  });

  it("knows how long its period has to go", () => {
    expect(status("0").hoursUntilReset).toBe(228);
    expect(status("0", aBudget({ period: "daily", timeZone: "Asia/Kathmandu" })).hoursUntilReset).toBe(6.25);
  });
});

describe("due alerts", () => {
  it("are none before the first threshold", () => {
    expect(alertsAt("49.99")).toEqual([]);
  });

  it("of a jump are all that it passed, the highest first and it alone to be told", () => {
    expect(
      alertsAt("97").map(({ thresholdPercent, level, notify }) => [thresholdPercent, level, notify]),
    ).toEqual([
      ["95", "CRITICAL", true],
      ["80", "WARNING", false],
      ["50", "INFO", false],
    ]);
  });

  it("say what was crossed, by how much, and when", () => {
    const [alert] = alertsAt("50.5");
    expect(JSON.parse(JSON.stringify(alert))).toEqual({
      alertId: "bud_1.2026-11.50.r1",
      kind: "budget_threshold",
      budgetId: "bud_1",
      budgetName: "growth",
      scope: "team:growth",
      level: "INFO",
      thresholdPercent: "50",
      thresholdAmount: "50",
      amount: "100",
      spent: "50.5",
      period: {
        kind: "monthly",
        id: "2026-11",
        start: "2026-11-01T00:00:00.000Z",
        end: "2026-12-01T00:00:00.000Z",
      },
      timeZone: "UTC",
      raisedAt: now,
      state: "open",
      notify: true,
    });
  });

  it("have an id for each budget, period, threshold and revision of the limit", () => {
    const ids = [
      aBudget(),
      aBudget({ budgetId: "bud_2" }),
      aBudget({ period: "weekly" }),
      aBudget({ revision: 2 }),
    ].flatMap((budget) => alertsAt("100", budget).map(({ alertId }) => alertId));
    expect(new Set(ids).size).toBe(16);
    expect(alertsAt("70").map(({ alertId }) => alertId)).toEqual(
      alertsAt("60").map(({ alertId }) => alertId),
    );
  });
});

const zones = fc.oneof(
  fc.constantFrom("UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"),
  fc.constantFrom(...Intl.supportedValuesOf("timeZone")),
);
const moments = fc
  .integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2028, 0, 1) })
  .map((epochMs) => instantFromEpochMs(epochMs));

describe("periods affected by a changed total", () => {
  it("are found through the day or through the hour, whichever the period's sum is made of, and never through both", () => {
    fc.assert(
      fc.property(fc.constantFrom(...periodKinds), moments, zones, (kind, at, timeZone) => {
        const budget = aBudget({ period: kind, timeZone });
        const period = periodAt(kind, at, timeZone);
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
    const budget = aBudget({ period: "daily", timeZone: "Asia/Kathmandu" });
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
});
