import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aPricedMetric } from "./fixtures.ts";
import type { PricedMetric, Pricing } from "./metric.ts";
import { Money } from "./money.ts";
import { type Contribution, contributionsOf, counterKey, totalsByScope, totalsOf } from "./rollup.ts";
import { dimensionOf } from "./scope.ts";
import { instantFromEpochMs, parseInstant } from "./time.ts";
import { addTotals, isZeroTotals, negateTotals, sumTotals, type Totals, zeroTotals } from "./totals.ts";

const unpriced = { status: "unpriced", reason: "no price", units: [] } as const;
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
    const totals = totalsOf(aPricedMetric({ callCount: 2 }, unpriced));
    expect([totals.unpricedCalls, totals.cost.toString()]).toEqual([2, "0"]);
    const free = totalsOf(aPricedMetric({}, { status: "priced", cost: Money.zero, priceId: "free" }));
    expect([free.unpricedCalls, free.cost.toString()]).toEqual([0, "0"]);
  });

  it("count the tokens of all models that ran in it, and one call", () => {
    const alsoUsed = [
      { model: "mini", usage: { input: 10, reasoning: 20 } },
      { model: "max", usage: { cache_write_1h: 100, citation: 200, image: 1 } },
    ];
    const totals = totalsOf(aPricedMetric({ usage: { input: 1, output: 2 }, alsoUsed }));
    expect([totals.calls, totals.inputTokens, totals.outputTokens]).toEqual([1, 111, 222]);
  });
});

describe("totals of a call in which several models ran", () => {
  const call = (pricing: Pricing) =>
    aPricedMetric(
      {
        usage: { input: 1, output: 2 },
        alsoUsed: [
          { model: "mini", usage: { input: 10, output: 20 } },
          { model: "gpt-4o", usage: { input: 100 } },
        ],
        team: "growth",
        callCount: 2,
        latencyMs: 7,
      },
      pricing,
    );
  const money = (text: string) => Money.parse(text);
  const priced: Pricing = {
    status: "priced",
    cost: money("1"),
    priceId: "row",
    alsoUsedCosts: [money("0.3"), money("0.2")],
  };
  const figures = ({ cost, calls, inputTokens, outputTokens, latencyMs }: Totals) =>
    [cost.toString(), calls, inputTokens, outputTokens, latencyMs] as const;
  const ofScopes = (pricing: Pricing) =>
    Object.fromEntries([...totalsByScope(call(pricing))].map(([scope, totals]) => [scope, figures(totals)]));

  it("are a model's part of it for the model, and the whole for everything else", () => {
    expect(ofScopes(priced)).toEqual({
      "global:all": ["1", 2, 111, 22, 7],
      "service:openai": ["1", 2, 111, 22, 7],
      "team:growth": ["1", 2, 111, 22, 7],
      "model:gpt-4o": ["0.7", 2, 101, 2, 7],
      "model:mini": ["0.3", 0, 10, 20, 0],
    });
  });

  it("are the first model's where it is not known what is of which", () => {
    const reported: Pricing = { status: "reported", cost: money("1") };
    expect(ofScopes(reported)).toMatchObject({
      "model:gpt-4o": ["1", 2, 101, 2, 7],
      "model:mini": ["0", 0, 10, 20, 0],
    });
    const unpricedCalls = [...totalsByScope(call(unpriced))].map(([scope, totals]) => [
      scope,
      totals.unpricedCalls,
    ]);
    expect(Object.fromEntries(unpricedCalls)).toMatchObject({
      "model:gpt-4o": 2,
      "model:mini": 0,
      "team:growth": 2,
    });
  });

  it("go into a cell of the cube for each model", () => {
    const cells = contributionsOf({ after: call(priced) }).filter(({ counter }) => counter.kind === "cube");
    expect(cells.map(({ counter, delta }) => [counterKey(counter), ...figures(delta)])).toEqual([
      ["cube#2026-11-21#openai#gpt-4o#chat.completions", "0.7", 2, 101, 2, 7],
      ["cube#2026-11-21#openai#mini#chat.completions", "0.3", 0, 10, 20, 0],
    ]);
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
    const before = aPricedMetric({}, unpriced);
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
const amounts = fc
  .bigInt({ min: 0n, max: 10n ** 12n })
  .map((count) => Money.parse("0.000000000001").times(count));
const usages = fc.record({ input: fc.nat(1_000), reasoning: fc.nat(1_000) });
const pricings: fc.Arbitrary<Pricing> = fc.oneof(
  fc.constant(unpriced),
  fc.record({ status: fc.constant("reported" as const), cost: amounts }),
  fc.tuple(amounts, fc.array(amounts, { minLength: 3, maxLength: 3 })).map(([own, alsoUsedCosts]) => ({
    status: "priced" as const,
    cost: Money.sum([own, ...alsoUsedCosts]),
    priceId: "row",
    alsoUsedCosts,
  })),
);
const priced: fc.Arbitrary<PricedMetric> = fc
  .record({
    service: names,
    model: fc.option(names, { nil: undefined }),
    alsoUsed: fc.option(
      fc.array(fc.record({ model: fc.constantFrom("a", "b", "c"), usage: usages }), {
        minLength: 1,
        maxLength: 3,
      }),
      { nil: undefined },
    ),
    operation: names,
    userId: fc.option(names, { nil: undefined }),
    team: fc.option(names, { nil: undefined }),
    callCount: fc.integer({ min: 1, max: 5 }),
    latencyMs: fc.option(fc.nat(1_000), { nil: undefined }),
    error: fc.option(names, { nil: undefined }),
    usage: usages,
    minute: fc.integer({ min: 0, max: 3 * 24 * 60 }),
    pricing: pricings,
  })
  .map(({ minute, pricing, ...fields }) => {
    const timestamp = instantFromEpochMs(Date.UTC(2026, 10, 20) + minute * 60_000);
    return aPricedMetric({ ...fields, timestamp }, withCostsOf(pricing, fields.alsoUsed?.length ?? 0));
  });

/** As many costs of other models as there are other models. */
function withCostsOf(pricing: Pricing, models: number): Pricing {
  if (pricing.status !== "priced") return pricing;
  return { ...pricing, alsoUsedCosts: pricing.alsoUsedCosts?.slice(0, models) };
}

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

  it("of a change are those of what is there after it, less those of before", () => {
    fc.assert(
      fc.property(priced, priced, (before, after) => {
        const taken = contributionsOf({ after: before }).map((one) => ({
          ...one,
          delta: negateTotals(one.delta),
        }));
        const expected = sumsOf([...taken, ...contributionsOf({ after })]);
        expect(plain([...sumsOf(contributionsOf({ before, after }))].sort())).toEqual(
          plain([...expected].sort()),
        );
      }),
    );
  });

  it("give the cells of the cube and the models together what they give all", () => {
    fc.assert(
      fc.property(fc.array(priced, { maxLength: 10 }), (metrics) => {
        const all = metrics.flatMap((after) => contributionsOf({ after }));
        const together = (chosen: readonly Contribution[]) =>
          plain(sumTotals(chosen.map(({ delta }) => delta)));
        const ofDays = (dimension: string) =>
          all.filter(({ counter }) => counter.kind === "day" && dimensionOf(counter.scope) === dimension);
        const whole = together(ofDays("global"));
        expect(together(all.filter(({ counter }) => counter.kind === "cube"))).toEqual(whole);
        expect(together(ofDays("service"))).toEqual(whole);
        const withoutModel = all.filter(({ counter }) => counter.kind === "cube" && counter.model === "");
        expect(together([...ofDays("model"), ...withoutModel])).toEqual(whole);
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
