import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Cover } from "./period.ts";
import {
  GLOBAL_SCOPE,
  type NamedDimension,
  namedDimensions,
  parseScope,
  type Scope,
  scopeOf,
} from "./scope.ts";
import {
  type Instant,
  instantFromEpochMs,
  localDateOf,
  localHourOf,
  quarterOf,
  utcDateOf,
  utcHourOf,
} from "./time.ts";
import { addTotals, sumTotals, type Totals, zeroTotals } from "./totals.ts";
import {
  type Aggregation,
  aggregations,
  planUsage,
  UnanswerableQuestionError,
  type UsageQuestion,
} from "./usage-question.ts";
import { NO_VALUE, type ScopeSeries, type UsageData, usageReport } from "./usage-report.ts";

function aQuestion(given: Partial<UsageQuestion> = {}): UsageQuestion {
  return {
    firstDate: "2026-11-20",
    lastDate: "2026-11-21",
    timeZone: "UTC",
    aggregations: ["day"],
    filter: {},
    ...given,
  };
}

const refusal = (question: UsageQuestion) => {
  try {
    planUsage(question);
  } catch (error) {
    if (error instanceof UnanswerableQuestionError) return [error.field, error.message];
    throw error;
  }
  return undefined;
};

describe("plan of a question", () => {
  it("reads the cube, one item list a day, for what the cube keeps", () => {
    const plan = planUsage(aQuestion({ aggregations: ["day", "service", "model", "operation"] }));
    expect(plan).toMatchObject({ cube: ["2026-11-20", "2026-11-21"], series: undefined, dimensions: [] });
  });

  it("reads the global days alone when nothing is split by more", () => {
    const plan = planUsage(aQuestion({ aggregations: [] }));
    expect(plan.cube).toBeUndefined();
    expect(plan.series).toEqual({
      scope: GLOBAL_SCOPE,
      cover: { days: ["2026-11-20", "2026-11-21"], hours: [] },
    });
  });

  it("reads hours only where hours or another zone's days are asked for", () => {
    const hoursOf = (given: Partial<UsageQuestion>) => planUsage(aQuestion(given)).series?.cover.hours.length;
    expect(hoursOf({ aggregations: ["hour"] })).toBe(48);
    expect(hoursOf({ aggregations: ["day"], timeZone: "America/New_York" })).toBe(48);
    expect(hoursOf({ aggregations: ["user"], timeZone: "America/New_York" })).toBe(24);
    expect(hoursOf({ aggregations: ["day"], filter: { scope: parseScope("user:ann") } })).toBe(0);
  });

  it("takes a single service's hours from its own scope", () => {
    const plan = planUsage(aQuestion({ aggregations: ["day", "hour"], filter: { service: "openai" } }));
    expect([plan.series?.scope, plan.cube?.length]).toEqual(["service:openai", 2]);
  });
});

describe("question that no total answers", () => {
  const team = { scope: parseScope("team:growth") };
  it.each<[string, Partial<UsageQuestion>, string, RegExp]>([
    [
      "a scope split by service",
      { aggregations: ["day", "service"], filter: team },
      "aggregation",
      /kept by day, hour/,
    ],
    ["a scope with a model", { filter: { ...team, model: "m" } }, "model", /team:growth.*one at a time/],
    ["a scope with an operation", { filter: { ...team, operation: "o" } }, "operation", /one at a time/],
    [
      "a service split by user",
      { aggregations: ["user"], filter: { service: "s" } },
      "aggregation",
      /day, service, model, operation, hour/,
    ],
    [
      "a pair of filters in another zone",
      { timeZone: "Asia/Kathmandu", filter: { service: "s", model: "m" } },
      "tz",
      /tz=UTC/,
    ],
    [
      "an operation in another zone",
      { timeZone: "Asia/Kathmandu", filter: { operation: "o" } },
      "tz",
      /tz=UTC/,
    ],
    [
      "a pair of filters by hour",
      { aggregations: ["hour"], filter: { service: "s", model: "m" } },
      "aggregation",
      /one service or one model/,
    ],
    [
      "operations in another zone",
      { aggregations: ["operation"], timeZone: "Asia/Kathmandu" },
      "aggregation",
      /tz=UTC/,
    ],
    [
      "a service split by model in another zone",
      { aggregations: ["model"], timeZone: "Asia/Kathmandu", filter: { service: "s" } },
      "aggregation",
      /service:s in Asia\/Kathmandu are kept by day, hour/,
    ],
    ["401 days", { firstDate: "2025-01-01", lastDate: "2026-02-05" }, "start_date", /400 days/],
    ["8,000 years", { firstDate: "2000-01-01", lastDate: "9999-12-30" }, "start_date", /400 days/],
    [
      "94 days by hour",
      { aggregations: ["hour"], firstDate: "2026-01-01", lastDate: "2026-04-04" },
      "start_date",
      /93 days with aggregation=hour/,
    ],
    [
      "94 days in another zone",
      { timeZone: "Asia/Kathmandu", firstDate: "2026-01-01", lastDate: "2026-04-04" },
      "start_date",
      /93 days with days in Asia\/Kathmandu/,
    ],
  ])("%s is refused with what can be asked", (_, given, field, message) => {
    const started = performance.now();
    const [refusedField, refusedMessage] = refusal(aQuestion(given)) ?? [];
    expect(refusedField).toBe(field);
    expect(refusedMessage).toMatch(message);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("is one day longer than the longest that is answered", () => {
    expect(refusal(aQuestion({ firstDate: "2025-01-01", lastDate: "2026-02-04" }))).toBeUndefined();
    expect(
      refusal(aQuestion({ aggregations: ["hour"], firstDate: "2026-01-01", lastDate: "2026-04-03" })),
    ).toBeUndefined();
  });
});

interface Call {
  readonly at: Instant;
  readonly service: string;
  readonly model?: string;
  readonly operation: string;
  readonly user?: string;
  readonly team?: string;
}

const one = (calls: number): Totals => ({ ...zeroTotals, calls, inputTokens: 10 * calls });
const valueInDimension = (call: Call, dimension: NamedDimension) =>
  ({ ...call, job: undefined, feature: undefined, environment: undefined })[dimension];
const scopesOfCall = (call: Call): Scope[] => [
  GLOBAL_SCOPE,
  ...namedDimensions.flatMap((dimension) => {
    const value = valueInDimension(call, dimension);
    return value === undefined ? [] : [scopeOf(dimension, value)];
  }),
];

/** What stored totals of `calls` hold where the plan looks. */
function dataFor(question: UsageQuestion, calls: readonly Call[]): UsageData {
  const plan = planUsage(question);
  const seriesOf = (scope: Scope, cover: Cover): ScopeSeries => {
    const days = new Map<ReturnType<typeof utcDateOf>, Totals>();
    const quarters: ScopeSeries["quarters"][number][] = [];
    for (const call of calls.filter((call) => scopesOfCall(call).includes(scope))) {
      const [date, hour, quarter] = [utcDateOf(call.at), utcHourOf(call.at), quarterOf(call.at)];
      if (cover.days.includes(date)) days.set(date, addTotals(days.get(date) ?? zeroTotals, one(1)));
      const wanted = cover.hours.find((covered) => covered.hour === hour);
      if (wanted?.quarters.includes(quarter)) quarters.push({ hour, quarter, totals: one(1) });
    }
    return { days, quarters };
  };
  const totalOf = ({ days, quarters }: ScopeSeries) =>
    sumTotals([...days.values(), ...quarters.map(({ totals }) => totals)]);
  return {
    cube:
      plan.cube &&
      calls
        .filter((call) => plan.cube?.includes(utcDateOf(call.at)))
        .map(({ at, service, model = "", operation }) => ({
          date: utcDateOf(at),
          service,
          model,
          operation,
          totals: one(1),
        })),
    series: plan.series && seriesOf(plan.series.scope, plan.series.cover),
    dimensions: new Map(
      plan.dimensions.map((dimension) => {
        const scopes = calls.flatMap((call) =>
          scopesOfCall(call).filter((scope) => scope.startsWith(`${dimension}:`)),
        );
        return [
          dimension,
          new Map(scopes.map((scope) => [scope, totalOf(seriesOf(scope, plan.dimensionCover))])),
        ];
      }),
    ),
  };
}

const answer = (question: UsageQuestion, calls: readonly Call[]) =>
  usageReport(question, planUsage(question), dataFor(question, calls));

const names = fc.constantFrom("a", "b", "c");
const calls: fc.Arbitrary<Call[]> = fc.array(
  fc.record({
    at: fc
      .integer({ min: Date.UTC(2026, 9, 30), max: Date.UTC(2026, 10, 3) })
      .map((epochMs) => instantFromEpochMs(epochMs)),
    service: names,
    model: fc.option(names, { nil: undefined }),
    operation: names,
    user: fc.option(fc.constantFrom("ann", "bob", NO_VALUE), { nil: undefined }),
    team: fc.option(names, { nil: undefined }),
  }),
  { maxLength: 30 },
);

function nameIn(call: Call, aggregation: Aggregation, timeZone: string): string {
  if (aggregation === "day") return localDateOf(call.at, timeZone);
  if (aggregation === "hour") return String(localHourOf(call.at, timeZone)).padStart(2, "0");
  if (aggregation === "operation") return call.operation;
  return valueInDimension(call, aggregation) ?? NO_VALUE;
}

describe("report", () => {
  const questions = fc.record({
    firstDate: fc.constantFrom("2026-10-31", "2026-11-01"),
    lastDate: fc.constantFrom("2026-11-01", "2026-11-02"),
    timeZone: fc.constantFrom("UTC", "Asia/Kathmandu", "America/New_York"),
    aggregations: fc.subarray([...aggregations]),
    filter: fc.oneof(
      fc.constant({}),
      fc.record({ scope: fc.constantFrom(parseScope("user:ann"), parseScope("team:a")) }),
      fc.record({ service: names, model: names, operation: names }, { requiredKeys: [] }),
    ),
  });

  it("groups what the question is about as one sums the calls by hand, and every aggregation adds up to the summary", () => {
    let answered = 0;
    fc.assert(
      fc.property(questions, calls, (question, all) => {
        if (refusal(question) !== undefined) return;
        answered += 1;
        const { firstDate, lastDate, timeZone, filter } = question;
        const meant = all.filter((call) => {
          const date = localDateOf(call.at, timeZone);
          const { scope, ...fields } = filter as UsageQuestion["filter"];
          return (
            firstDate <= date &&
            date <= lastDate &&
            (scope === undefined || scopesOfCall(call).includes(scope)) &&
            Object.entries(fields).every(([name, value]) => call[name as "service"] === value)
          );
        });
        const report = answer(question, all);
        expect(report.summary.calls).toBe(meant.length);
        expect([...report.groups.keys()]).toEqual(question.aggregations);
        for (const [aggregation, groups] of report.groups) {
          const expected = new Map<string, number>();
          for (const call of meant) {
            const name = nameIn(call, aggregation, timeZone);
            expected.set(name, (expected.get(name) ?? 0) + 1);
          }
          const counted = [...groups].map(([name, { totals }]) => [name, totals.calls]);
          expect(counted).toEqual([...expected].sort(([a], [b]) => (a < b ? -1 : 1)));
        }
      }),
      { numRuns: 600 },
    );
    expect(answered).toBeGreaterThan(100);
  });

  it("says which models and operations are in a service's group", () => {
    const at = instantFromEpochMs(Date.UTC(2026, 10, 20, 10));
    const report = answer(aQuestion({ aggregations: ["service"] }), [
      { at, service: "openai", model: "m2", operation: "chat" },
      { at, service: "openai", model: "m1", operation: "chat" },
      { at, service: "places", operation: "search" },
    ]);
    expect(report.groups.get("service")?.get("openai")).toMatchObject({
      models: ["m1", "m2"],
      operations: ["chat"],
    });
    expect(report.groups.get("service")?.get("places")).toMatchObject({ models: [], services: ["places"] });
  });

  it("of nothing is zero", () => {
    const report = answer(aQuestion({ aggregations: ["day", "user", "hour"] }), []);
    expect(report.summary).toEqual(zeroTotals);
    expect([...report.groups.values()].map((groups) => groups.size)).toEqual([0, 0, 0]);
  });
});
