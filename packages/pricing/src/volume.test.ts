import { instantFromEpochMs, localDateOf, Money, parseInstant } from "@ai-usage/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { moneyFromAttodollars } from "./attodollars.ts";
import { aBook, aCall } from "./fixtures.ts";
import { quote } from "./quote.ts";
import { slicesOf, type VolumePricing, volumeIdOf } from "./volume.ts";

const CENT = 10n ** 16n;

/** 10 free, then 3 cents up to 100, then 2 cents. */
const graduated: VolumePricing = {
  unit: "request",
  meter: "lookups",
  timeZone: "America/Los_Angeles",
  steps: [{ upTo: 10, unitPrice: 0n }, { upTo: 100, unitPrice: 3n * CENT }, { unitPrice: 2n * CENT }],
};

const costOf = (volume: VolumePricing, before: number, quantity: number): bigint =>
  slicesOf(volume, before, quantity).reduce(
    (sum, slice) => sum + slice.unitPrice * BigInt(slice.quantity),
    0n,
  );

describe("price by volume", () => {
  it.each([
    [0, 10, [[10, 0n]]],
    [9, 1, [[1, 0n]]],
    [10, 1, [[1, 3n]]],
    [
      9,
      2,
      [
        [1, 0n],
        [1, 3n],
      ],
    ],
    [99, 1, [[1, 3n]]],
    [100, 5, [[5, 2n]]],
    [
      5,
      100,
      [
        [5, 0n],
        [90, 3n],
        [5, 2n],
      ],
    ],
    [1_000_000, 1, [[1, 2n]]],
    [10, 0, []],
  ])("after %i, has slices for %i more: each in one step", (before, quantity, expected) => {
    expect(slicesOf(graduated, before, quantity)).toEqual(
      expected.map(([count, cents]) => ({ quantity: count, unitPrice: BigInt(cents ?? 0) * CENT })),
    );
  });

  const steps = fc
    .tuple(
      fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 5 }),
      fc.array(fc.bigInt({ min: 0n, max: 1_000n }), { minLength: 6, maxLength: 6 }),
    )
    .map(([ends, prices]) => [
      ...ends.sort((a, b) => a - b).map((upTo, index) => ({ upTo, unitPrice: prices[index] ?? 0n })),
      { unitPrice: prices[5] ?? 0n },
    ]);
  const events = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 8 });

  it("comes to the same in whatever parts and order the volume arrives", () => {
    fc.assert(
      fc.property(
        steps,
        events.chain((parts) =>
          fc.tuple(fc.constant(parts), fc.shuffledSubarray(parts, { minLength: parts.length })),
        ),
        (drawn, [parts, shuffled]) => {
          const volume = { ...graduated, steps: drawn };
          const inTurn = (quantities: readonly number[]) => {
            let [before, cost] = [0, 0n];
            for (const quantity of quantities) {
              cost += costOf(volume, before, quantity);
              before += quantity;
            }
            return cost;
          };
          const whole = costOf(
            volume,
            0,
            parts.reduce((sum, one) => sum + one, 0),
          );
          expect(inTurn(parts)).toBe(whole);
          expect(inTurn(shuffled)).toBe(whole);
        },
      ),
    );
  });

  it("has slices that make up the whole, and as many as steps at most", () => {
    fc.assert(
      fc.property(steps, fc.nat(100), fc.nat(100), (drawn, before, quantity) => {
        const slices = slicesOf({ ...graduated, steps: drawn }, before, quantity);
        expect(slices.reduce((sum, slice) => sum + slice.quantity, 0)).toBe(quantity);
        expect(slices.every((slice) => slice.quantity > 0)).toBe(true);
        expect(slices.length).toBeLessThanOrEqual(drawn.length);
      }),
    );
  });
});

describe("volume of a month", () => {
  const idAt = (time: string, timeZone = "America/Los_Angeles") =>
    volumeIdOf("acme", { ...graduated, timeZone }, { at: parseInstant(time) });

  it("is of a meter, a billing account and a month", () => {
    expect(idAt("2026-11-21T10:00:00Z")).toBe("acme#lookups#default#2026-11");
    const at = parseInstant("2026-11-21T10:00:00Z");
    expect(volumeIdOf("acme", graduated, { at, billingAccount: "subsidiary" })).toBe(
      "acme#lookups#subsidiary#2026-11",
    );
  });

  it.each([
    ["2026-10-31T23:59:59.999-07:00", "2026-10"],
    ["2026-11-01T00:00:00.000-07:00", "2026-11"],
    ["2026-11-30T23:59:59.999-08:00", "2026-11"],
    ["2026-12-01T00:00:00.000-08:00", "2026-12"],
    ["2026-03-01T07:59:59.999Z", "2026-02"],
    ["2026-03-01T08:00:00.000Z", "2026-03"],
    ["2026-04-01T06:59:59.999Z", "2026-03"],
    ["2026-04-01T07:00:00.000Z", "2026-04"],
  ])("at %s is %s by the clocks of Los Angeles, in summer and in winter", (time, month) => {
    expect(idAt(time).slice(-7)).toBe(month);
  });

  it("is by the calendar of its own zone, whichever was asked for before", () => {
    const zones = fc.constantFrom(
      "UTC",
      "America/Los_Angeles",
      "Asia/Kathmandu",
      "Pacific/Apia",
      "Asia/Beirut",
    );
    const nearMonths = fc
      .tuple(fc.integer({ min: 0, max: 24 }), fc.integer({ min: -20 * 3_600_000, max: 20 * 3_600_000 }))
      .map(([month, offset]) => instantFromEpochMs(Date.UTC(2025, month, 1) + offset));
    fc.assert(
      fc.property(fc.array(fc.tuple(zones, nearMonths), { maxLength: 6 }), (asked) => {
        for (const [zone, at] of asked)
          expect(idAt(at, zone)).toBe(`acme#lookups#default#${localDateOf(at, zone).slice(0, 7)}`);
      }),
    );
  });
});

describe("a call priced by volume", () => {
  const book = aBook({
    volume: {
      unit: "request",
      meter: "lookups",
      period: "month",
      time_zone: "America/Los_Angeles",
      steps: [{ up_to: 10, per_unit: "0" }, { up_to: 100, per_thousand: "30" }, { per_thousand: "20" }],
    },
    variants: [{ when: { region: "us" }, multiply: "1.1", multiplies: ["request"] }],
  });

  it("has a line for each step that it lies in", () => {
    const quoted = quote(book, aCall({ usage: { request: 100 } }), { volumeBefore: () => 5 });
    expect(
      quoted.lines.map(({ quantity, unitPrice, amount }) => [quantity, String(unitPrice), String(amount)]),
    ).toEqual([
      [5, "0", "0"],
      [90, "0.03", "2.7"],
      [5, "0.02", "0.1"],
    ]);
    expect(quoted.cost?.toString()).toBe("2.8");
    expect(quoted.volumes).toEqual([
      { volumeId: "acme#lookups#default#2026-11", unit: "request", quantity: 100 },
    ]);
  });

  it("is the first of its month where nothing is said of what came before", () => {
    expect(quote(book, aCall({ usage: { request: 11 } })).cost?.toString()).toBe("0.03");
  });

  it("asks for its own volume", () => {
    const counts = new Map([["acme#lookups#sub#2026-11", 100]]);
    const volumeBefore = (volumeId: string) => counts.get(volumeId) ?? 0;
    const costFor = (billingAccount?: string) =>
      quote(book, aCall({ usage: { request: 1 }, billingAccount }), { volumeBefore }).cost?.toString();
    expect([costFor(), costFor("sub")]).toEqual(["0", "0.02"]);
  });

  it("counts each call where it does not say how many requests there were", () => {
    const quoted = quote(book, aCall({ callCount: 12 }));
    expect(quoted.volumes[0]?.quantity).toBe(12);
    expect(quoted.cost?.toString()).toBe("0.06");
  });

  it("has the factor that holds for it in every step", () => {
    const call = aCall({ usage: { request: 100 }, served: { region: "us" } });
    const quoted = quote(book, call, { volumeBefore: () => 5 });
    expect(quoted.lines.map(({ unitPrice }) => String(unitPrice))).toEqual(["0", "0.033", "0.022"]);
    expect(quoted.cost?.toString()).toBe("3.08");
  });

  it("costs 481.70 with 200,000 of Google's autocompletes, whatever is counted together", () => {
    const steps = [
      { up_to: 10_000, per_thousand: "0" },
      { up_to: 100_000, per_thousand: "2.83" },
      { up_to: 500_000, per_thousand: "2.27" },
      { per_thousand: "1" },
    ];
    const places = aBook({
      volume: { unit: "request", meter: "m", period: "month", time_zone: "UTC", steps },
    });
    const sumIn = (size: number) => {
      const costs: Money[] = [];
      for (let before = 0; before < 200_000; before += size) {
        const request = Math.min(size, 200_000 - before);
        const { cost } = quote(places, aCall({ usage: { request } }), { volumeBefore: () => before });
        costs.push(cost ?? moneyFromAttodollars(-1n));
      }
      return Money.sum(costs).toString();
    };
    expect([1, 7, 9_999, 200_000].map(sumIn)).toEqual(Array(4).fill("481.7"));
  });
});
