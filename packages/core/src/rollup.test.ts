import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aPricedMetric } from "./fixtures.ts";
import type { PricedMetric } from "./metric.ts";
import { Money } from "./money.ts";
import { type Contribution, contributionsOf, counterKey, totalsOf } from "./rollup.ts";
import { instantFromEpochMs, parseInstant } from "./time.ts";
import { addTotals, isZeroTotals, type Totals, zeroTotals } from "./totals.ts";

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const named = ({ counter, slot }: Contribution) => `${counterKey(counter)} ${slot}`;

describe("totals of a metric", () => {
  it("count its calls, tokens by side and latency, and its cost", () => {
    const usage = {
      input: 1,
      cache_read: 2,
      cache_write_5m: 4,
      output: 8,
      reasoning: 16,
      image: 3,
      request: 5,
    };
    const totals = totalsOf(aPricedMetric({ usage, callCount: 3, latencyMs: 250, error: "Timeout" }, "0.25"));
    expect(plain(totals)).toEqual({
      cost: "0.25",
      calls: 3,
      unpricedCalls: 0,
      failedCalls: 3,
      inputTokens: 7,
      outputTokens: 24,
      latencyMs: 250,
    });
  });

  it("count an unpriced call as such, with no cost", () => {
    const totals = totalsOf(aPricedMetric({ callCount: 2 }, { status: "unpriced", reason: "no price" }));
    expect([totals.unpricedCalls, totals.cost.toString()]).toEqual([2, "0"]);
    const free = totalsOf(aPricedMetric({}, { status: "priced", cost: Money.zero, priceId: "free" }));
    expect([free.unpricedCalls, free.cost.toString()]).toEqual([0, "0"]);
  });
});

describe("contributions", () => {
  it("go to the cube, and to the day and the quarter of the hour of each scope", () => {
    const after = aPricedMetric({ team: "growth" }, "0.5", ["department:r&d"]);
    expect(contributionsOf({ after }).map(named)).toEqual([
      "cube#2026-11-21#openai#gpt-4o#chat.completions all",
      ...["global:all", "service:openai", "model:gpt-4o", "team:growth", "department:r&d"].flatMap(
        (scope) => [`day#${scope}#2026-11-21 all`, `hour#${scope}#2026-11-21T10 1`],
      ),
    ]);
  });

  it("are none when a metric is rewritten without change", () => {
    const metric = aPricedMetric({ userId: "ann" });
    expect(contributionsOf({ before: metric, after: metric })).toEqual([]);
    expect(contributionsOf({})).toEqual([]);
  });

  it("are the difference when a price is restated, and nothing else", () => {
    const deltas = contributionsOf({ before: aPricedMetric({}, "0.5"), after: aPricedMetric({}, "0.8") });
    expect(deltas).toHaveLength(7);
    for (const { delta } of deltas)
      expect(plain(delta)).toEqual(plain({ ...zeroTotals, cost: Money.parse("0.3") }));
  });

  it("fill in the cost of a call that was unpriced", () => {
    const before = aPricedMetric({}, { status: "unpriced", reason: "no price" });
    const [cube] = contributionsOf({ before, after: aPricedMetric({}, "0.8") });
    expect(plain(cube?.delta)).toEqual(plain({ ...zeroTotals, cost: Money.parse("0.8"), unpricedCalls: -1 }));
  });

  it("take back in one quarter and give in another when the time is rewritten", () => {
    const before = aPricedMetric({ timestamp: parseInstant("2026-11-21T10:14:59.999Z") });
    const after = aPricedMetric({ timestamp: parseInstant("2026-11-21T10:15:00Z") });
    const ofGlobal = contributionsOf({ before, after }).filter(
      ({ counter }) => "scope" in counter && counter.scope === "global:all",
    );
    expect(ofGlobal.map((one) => [named(one), one.delta.calls])).toEqual([
      ["hour#global:all#2026-11-21T10 0", -1],
      ["hour#global:all#2026-11-21T10 1", 1],
    ]);
  });
});

const names = fc.constantFrom("a", "b");
const priced: fc.Arbitrary<PricedMetric> = fc
  .record({
    service: names,
    model: fc.option(names, { nil: undefined }),
    operation: names,
    userId: fc.option(names, { nil: undefined }),
    team: fc.option(names, { nil: undefined }),
    callCount: fc.integer({ min: 1, max: 5 }),
    minute: fc.integer({ min: 0, max: 3 * 24 * 60 }),
    cost: fc.option(fc.bigInt({ min: 0n, max: 10n ** 12n }), { nil: undefined }),
    input: fc.integer({ min: 0, max: 1000 }),
  })
  .map(({ minute, cost, input, ...fields }) =>
    aPricedMetric(
      {
        ...fields,
        timestamp: instantFromEpochMs(Date.UTC(2026, 10, 20) + minute * 60_000),
        usage: { input },
      },
      cost === undefined
        ? { status: "unpriced", reason: "no price" }
        : Money.zero.plus(Money.parse("0.000000000001").times(cost)).toString(),
    ),
  );

function sumsOf(contributions: readonly Contribution[]): Map<string, Totals> {
  const sums = new Map<string, Totals>();
  for (const one of contributions)
    sums.set(named(one), addTotals(sums.get(named(one)) ?? zeroTotals, one.delta));
  return new Map([...sums].filter(([, sum]) => !isZeroTotals(sum)));
}

describe("contributions of any history", () => {
  it("add up to those of the last content", () => {
    fc.assert(
      fc.property(fc.array(fc.option(priced, { nil: undefined }), { maxLength: 6 }), (contents) => {
        const changes = contents.map((after, index) => ({ before: contents[index - 1], after }));
        const sums = sumsOf(changes.flatMap(contributionsOf));
        const expected = sumsOf(contributionsOf({ after: contents.at(-1) }));
        expect(plain([...sums].sort())).toEqual(plain([...expected].sort()));
      }),
    );
  });

  it("give every scope of a day what its quarters give together", () => {
    fc.assert(
      fc.property(fc.array(priced, { maxLength: 10 }), (metrics) => {
        const all = metrics.flatMap((after) => contributionsOf({ after }));
        const callsOf = (kind: "day" | "hour" | "cube", within: string) =>
          all
            .filter(
              ({ counter }) => counter.kind === kind && (!("scope" in counter) || counter.scope === within),
            )
            .reduce((sum, { delta }) => sum + delta.calls, 0);
        for (const scope of ["global:all", "service:a", "user:b"]) {
          expect(callsOf("hour", scope)).toBe(callsOf("day", scope));
        }
        expect(callsOf("cube", "")).toBe(callsOf("day", "global:all"));
      }),
    );
  });

  it("are at most one for each slot of a counter", () => {
    fc.assert(
      fc.property(
        fc.option(priced, { nil: undefined }),
        fc.option(priced, { nil: undefined }),
        (before, after) => {
          const all = contributionsOf({ before, after }).map(named);
          expect(new Set(all).size).toBe(all.length);
        },
      ),
    );
  });
});
