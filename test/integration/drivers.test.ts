import {
  type Alert,
  type AlertDrivers,
  Amount,
  alertIdOf,
  type BudgetUnit,
  type Instant,
  instantFromEpochMs,
  type Period,
  type PricedMetric,
  parseInstant,
  parseScope,
  parseUtcDate,
  periodAt,
  startOfUtcHour,
  type ThresholdAlert,
  type UtcHour,
  unpricedModelAlert,
} from "@ai-usage/core";
import { readDrivers, recordMetrics, rollUp } from "@ai-usage/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aNewBudget } from "../support/budgets.ts";
import { newTable, type TestTable, withTable } from "../support/engine.ts";
import { aPricedMetric, metricOptions, unpriced } from "../support/metrics.ts";
import { readStream, recordsOf } from "../support/stream.ts";

const now = parseInstant("2026-11-22T12:00:00Z");

/** One call every quarter of an hour for three days, by users, jobs and models that take turns. */
const calls: PricedMetric[] = Array.from({ length: 280 }, (_, index) =>
  aPricedMetric(
    {
      requestId: `call-${index}`,
      timestamp: instantFromEpochMs(Date.parse("2026-11-22T11:50:00Z") - index * 15 * 60_000),
      service: index % 3 === 0 ? "anthropic" : "openai",
      model: ["m1", "m2", "m3", "m4"][index % 4],
      operation: index % 5 === 0 ? "embed" : "chat",
      userId: ["ada", "bob", "cyd"][index % 3],
      team: index % 2 === 0 ? "growth" : "support",
      ...(index % 7 === 0 && { jobId: "nightly" }),
    },
    `0.${index + 1}`,
  ),
);

let table: TestTable;
beforeAll(async () => {
  table = await newTable();
  await store(table, calls);
});
afterAll(() => table.drop());

async function store(to: TestTable, metrics: readonly PricedMetric[]): Promise<void> {
  for (let first = 0; first < metrics.length; first += 100) {
    await recordMetrics(to, metrics.slice(first, first + 100), metricOptions);
  }
  await rollUp(to, recordsOf(await readStream(to), "USAGE#"), "shard");
}

function crossed(scope: string, period: Period, unit: BudgetUnit = "usd"): ThresholdAlert {
  const budget = aNewBudget({ scope: parseScope(scope), period: period.kind, unit });
  return {
    alertId: alertIdOf(budget, period, { at: { percent: "80" }, on: "actual", level: "WARNING" }),
    kind: "budget_threshold",
    budgetId: budget.budgetId,
    budgetName: budget.name,
    scope: budget.scope,
    unit,
    level: "WARNING",
    amount: Amount.parse("100"),
    spent: Amount.parse("80"),
    thresholdId: "80",
    thresholdPercent: "80",
    thresholdAmount: Amount.parse("80"),
    period,
    timeZone: "UTC",
    raisedAt: now,
    state: "open",
    notify: true,
  };
}

const month = periodAt("monthly", now, { timeZone: "UTC" });

/** What the drivers of a dimension are by adding the calls up one by one. */
function naive(
  of: (metric: PricedMetric["metric"]) => string | undefined,
  among: readonly PricedMetric[],
): [string, string][] {
  const sums = new Map<string, Amount>();
  for (const { metric, pricing } of among) {
    const name = of(metric);
    if (name === undefined || pricing.status !== "priced") continue;
    sums.set(name, (sums.get(name) ?? Amount.zero).plus(pricing.cost));
  }
  return [...sums]
    .sort(([, a], [, b]) => b.compare(a))
    .slice(0, 3)
    .map(([name, amount]) => [name, amount.toString()]);
}

const within = ({ start, end }: { start: Instant; end: Instant }) =>
  calls.filter(({ metric }) => metric.timestamp >= start && metric.timestamp < end);

const shown = (drivers: AlertDrivers | undefined, dimension: string) => {
  const group = drivers?.groups.find((one) => one.dimension === dimension);
  return (
    group && {
      sampledCalls: group.sampledCalls,
      drivers: group.drivers.map(({ name, amount }) => [name, amount.toString()]),
    }
  );
};

describe("drivers of an alert", () => {
  it.each([
    ["a month in UTC", month],
    ["a day in Kathmandu", periodAt("daily", now, { timeZone: "Asia/Kathmandu" })],
  ])("of everything are exact, over %s", async (_, period) => {
    const drivers = await readDrivers(table, crossed("global:all", period), now);
    const spent = within(period);
    expect(drivers?.range).toMatchObject({ start: period.start, end: period.end });
    expect(shown(drivers, "model")).toEqual({ drivers: naive(({ model }) => model, spent) });
    expect(shown(drivers, "user")).toEqual({ drivers: naive(({ userId }) => userId, spent) });
    expect(shown(drivers, "job")).toEqual({ drivers: naive(({ jobId }) => jobId, spent) });
  });

  it("have shares of all that was spent, with and without a name", async () => {
    const drivers = await readDrivers(table, crossed("global:all", month, "requests"), now);
    const jobs = drivers?.groups.find(({ dimension }) => dimension === "job")?.drivers;
    expect(jobs).toEqual([{ name: "nightly", amount: Amount.parse("40"), share: "14.28" }]);
  });

  it("of a service are exact by model, and a sample by user", async () => {
    const drivers = await readDrivers(table, crossed("service:anthropic", month), now);
    const spent = calls.filter(({ metric }) => metric.service === "anthropic");
    expect(shown(drivers, "model")).toEqual({ drivers: naive(({ model }) => model, spent) });
    const lastDays = spent.filter(({ metric }) => metric.timestamp >= "2026-11-21");
    expect(shown(drivers, "user")).toEqual({
      sampledCalls: lastDays.length,
      drivers: naive(({ userId }) => userId, lastDays),
    });
  });

  it("of a team are a sample of its newest calls", async () => {
    const drivers = await readDrivers(table, crossed("team:growth", month), now);
    const newest = calls.filter(({ metric }) => metric.team === "growth" && metric.timestamp >= "2026-11-21");
    for (const [dimension, of] of [
      ["model", (metric: PricedMetric["metric"]) => metric.model],
      ["user", (metric: PricedMetric["metric"]) => metric.userId],
    ] as const) {
      expect(shown(drivers, dimension)).toEqual({ sampledCalls: newest.length, drivers: naive(of, newest) });
    }
  });

  it("of a job are read from the job", async () => {
    const drivers = await readDrivers(table, crossed("job:nightly", month), now);
    const own = calls.filter(({ metric }) => metric.jobId === "nightly");
    expect(shown(drivers, "user")).toEqual({
      sampledCalls: own.length,
      drivers: naive(({ userId }) => userId, own),
    });
  });

  it("of an hour out of the ordinary are of that hour", async () => {
    const hour = "2026-11-22T10" as UtcHour;
    const {
      thresholdId: _,
      thresholdAmount: __,
      thresholdPercent: ___,
      ...base
    } = crossed("global:all", month);
    const alert: Alert = {
      ...base,
      kind: "cost_spike",
      hour,
      actual: Amount.parse("1"),
      usual: Amount.zero,
      comparedHours: 168,
    };
    const drivers = await readDrivers(table, alert, now);
    const range = { start: startOfUtcHour(hour), end: startOfUtcHour("2026-11-22T11" as UtcHour) };
    expect(drivers?.range).toEqual(range);
    expect(shown(drivers, "model")).toEqual({ drivers: naive(({ model }) => model, within(range)) });
  });

  it("of a year are of its last 31 days", async () => {
    const drivers = await readDrivers(
      table,
      crossed("global:all", periodAt("yearly", now, { timeZone: "UTC" })),
      now,
    );
    expect(drivers?.range.start).toBe("2026-10-23T00:00:00.000Z");
    expect(shown(drivers, "model")).toEqual({ drivers: naive(({ model }) => model, calls) });
  });

  it("are none of what is over, and of what nothing is known of", async () => {
    const { kind: _, ...base } = crossed("team:growth", month);
    const over: Alert = {
      ...base,
      kind: "budget_recovered",
      recoveredAlertId: "x",
      recoveredLevel: "WARNING",
    };
    expect(await readDrivers(table, over, now)).toBeUndefined();
    expect(await readDrivers(table, crossed("team:nobody", month), now)).toMatchObject({ groups: [] });
  });

  it("of calls without a price are who makes them", () =>
    withTable(async (own) => {
      const of = (id: string, userId: string): PricedMetric =>
        unpriced({ requestId: id, model: "new", userId, timestamp: parseInstant("2026-11-20T10:00:00Z") });
      await store(own, [
        of("1", "ada"),
        of("2", "ada"),
        of("3", "bob"),
        aPricedMetric({ requestId: "4", userId: "cyd" }),
      ]);
      const alert = unpricedModelAlert({
        subject: { service: "openai", model: "new", operation: "chat.completions" },
        callDate: parseUtcDate("2026-11-20"),
        unpricedCalls: 3,
        firstDate: parseUtcDate("2026-11-20"),
        now,
      });
      const drivers = await readDrivers(own, alert, now);
      expect(drivers?.unit).toBe("requests");
      expect(shown(drivers, "user")).toEqual({
        sampledCalls: 3,
        drivers: [
          ["ada", "2"],
          ["bob", "1"],
        ],
      });
    }));
});

describe("sample of a scope", () => {
  it("is its 500 newest calls at most, found among those of others", () =>
    withTable(async (own) => {
      const busy = Array.from({ length: 1_300 }, (_, index) =>
        aPricedMetric({
          requestId: `busy-${index}`,
          timestamp: instantFromEpochMs(Date.parse(now) - index * 1_000),
          userId: index < 1_000 ? "recent" : "earlier",
          team: index % 2 === 0 ? "growth" : "support",
          ...(index % 100 === 0 && { environment: "rare" }),
        }),
      );
      await store(own, busy);
      const growth = await readDrivers(own, crossed("team:growth", month), now);
      expect(shown(growth, "user")).toEqual({ sampledCalls: 500, drivers: [["recent", "250"]] });
      const rare = await readDrivers(own, crossed("environment:rare", month), now);
      expect(shown(rare, "user")).toEqual({
        sampledCalls: 13,
        drivers: [
          ["recent", "5"],
          ["earlier", "1.5"],
        ],
      });
    }));
});
