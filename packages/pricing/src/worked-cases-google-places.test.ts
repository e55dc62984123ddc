import { type AIUsageMetric, Money, parseInstant } from "@ai-usage/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import googlePlaces from "../data/google-places.json" with { type: "json" };
import { aMetric } from "./fixtures.ts";
import { PriceBook } from "./price-book.ts";
import { parsePriceFile } from "./price-file.ts";
import { quote } from "./quote.ts";

const file = parsePriceFile(googlePlaces);
const book = PriceBook.build([[file]]);

const anEvent = (given: Partial<AIUsageMetric>) => aMetric({ service: "google_places", ...given });

/** Adds up events in the order in which they come, as the store does: each begins where its volume stands. */
class Account {
  readonly volumes = new Map<string, number>();

  cost(event: AIUsageMetric): Money {
    const { cost, reason, volumes } = quote(book, event, { volumeBefore: (id) => this.volumes.get(id) ?? 0 });
    if (cost === undefined) throw new Error(reason);
    for (const { volumeId, quantity } of volumes) {
      this.volumes.set(volumeId, (this.volumes.get(volumeId) ?? 0) + quantity);
    }
    return cost;
  }

  bill(events: readonly AIUsageMetric[]): string {
    return Money.sum(events.map((event) => this.cost(event))).toString();
  }
}

/** What `count` calls cost that come after `before` others of the month. */
function costAfter(before: number, count: number, given: Partial<AIUsageMetric>): string | undefined {
  return quote(book, anEvent({ usage: { request: count }, ...given }), {
    volumeBefore: () => before,
  }).cost?.toString();
}

describe("https://developers.google.com/maps/billing-and-pricing/pricing, the example of 200,000 autocompletes", () => {
  it("costs 481.70: 10,000 free, 90,000 at 2.83 a thousand, 100,000 at 2.27", () => {
    expect(costAfter(0, 200_000, { operation: "autocomplete" })).toBe("481.7");
  });

  it("shows a line for each step that an event lies in", () => {
    const { lines } = quote(book, anEvent({ operation: "autocomplete", usage: { request: 200_000 } }));
    expect(
      lines.map(({ quantity, unitPrice, amount }) => [quantity, String(unitPrice), String(amount)]),
    ).toEqual([
      [10_000, "0", "0"],
      [90_000, "0.00283", "254.7"],
      [100_000, "0.00227", "227"],
    ]);
  });

  it("costs 481.70 in whatever events they come, in whichever order", () => {
    const sizes = fc
      .array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 40 })
      .map((parts) => {
        const taken: number[] = [];
        for (const part of parts)
          taken.push(Math.min(part, 200_000 - taken.reduce((sum, one) => sum + one, 0)));
        const rest = 200_000 - taken.reduce((sum, one) => sum + one, 0);
        return [...taken, rest].filter((size) => size > 0);
      });
    const moments = fc
      .integer({ min: Date.UTC(2026, 10, 1, 8), max: Date.UTC(2026, 11, 1, 8) - 1 })
      .map((epochMs) => parseInstant(new Date(epochMs).toISOString()));
    fc.assert(
      fc.property(
        sizes.chain((some) => fc.shuffledSubarray(some, { minLength: some.length })),
        fc.infiniteStream(moments),
        fc.infiniteStream(fc.boolean()),
        (shuffled, times, asCalls) => {
          const events = shuffled.map((size) => {
            const counted = asCalls.next().value ? { callCount: size } : { usage: { request: size } };
            return anEvent({ operation: "autocomplete", timestamp: times.next().value, ...counted });
          });
          expect(new Account().bill(events)).toBe("481.7");
        },
      ),
      { numRuns: 300 },
    );
  });
});

type Case = [what: string, before: number, count: number, cost: string];

function worked(operation: string, cases: Case[]): void {
  describe(`https://developers.google.com/maps/billing-and-pricing/pricing, ${operation}`, () => {
    it.each(cases)("%s", (_, before, count, cost) => {
      expect(costAfter(before, count, { operation })).toBe(cost);
    });
  });
}

worked("autocomplete", [
  ["the last that is free", 9_999, 1, "0"],
  ["the first that costs", 10_000, 1, "0.00283"],
  ["the last at 2.83", 99_999, 1, "0.00283"],
  ["the first at 2.27", 100_000, 1, "0.00227"],
  ["one on each side of 100,000", 99_999, 2, "0.0051"],
  ["the last at 2.27", 499_999, 1, "0.00227"],
  ["the first at 1.70", 500_000, 1, "0.0017"],
  ["the last at 1.70", 999_999, 1, "0.0017"],
  ["the first at 0.85", 1_000_000, 1, "0.00085"],
  ["the last at 0.85", 4_999_999, 1, "0.00085"],
  ["the first at 0.21", 5_000_000, 1, "0.00021"],
  ["six million: 254.70 + 908 + 850 + 3,400 + 210", 0, 6_000_000, "5622.7"],
]);

worked("geocoding", [
  ["the month's first 10,000", 0, 10_000, "0"],
  ["the 10,001st: 5.00 a thousand", 10_000, 1, "0.005"],
  ["10,001 to 100,000", 10_000, 90_000, "450"],
  ["half a million: 450 + 1,600", 0, 500_000, "2050"],
  ["from 5,000,001 on: 0.38", 5_000_000, 1_000, "0.38"],
]);

worked("reverse_geocoding", [["has geocoding's price", 100_000, 1_000, "4"]]);

worked("place_details_ids_only", [["is free at any volume", 10_000_000, 1_000, "0"]]);
worked("place_details_essentials", [
  ["10,000 are free", 9_000, 1_001, "0.005"],
  ["from 100,001 on: 4.00", 100_000, 1_000, "4"],
]);
worked("place_details_pro", [
  ["5,000 are free", 4_000, 1_001, "0.017"],
  ["then 17.00, from 100,001 on 13.60", 99_000, 2_000, "30.6"],
  ["from 5,000,001 on: 1.28", 5_000_000, 1_000, "1.28"],
]);
worked("place_details_enterprise", [
  ["1,000 are free", 0, 1_001, "0.02"],
  ["12,000 in a month: 11,000 at 20.00", 0, 12_000, "220"],
  ["from 5,000,001 on: 1.51", 5_000_000, 1_000, "1.51"],
]);
worked("place_details_enterprise_atmosphere", [
  ["1,000 are free", 0, 1_001, "0.025"],
  ["from 1,000,001 on: 7.50", 1_000_000, 1_000, "7.5"],
]);
worked("text_search_pro", [["32.00, the first 5,000 free", 0, 6_000, "32"]]);
worked("nearby_search_enterprise_atmosphere", [["40.00, the first 1,000 free", 0, 2_000, "40"]]);
worked("photos", [["7.00, the first 1,000 free", 0, 2_000, "7"]]);
worked("address_validation", [["17.00, the first 5,000 free", 0, 6_000, "17"]]);

worked("place_details", [
  ["legacy: 17.00, the first 5,000 free", 0, 6_000, "17"],
  ["legacy: 13.60 from 100,001 on, however many", 6_000_000, 1_000, "13.6"],
]);
worked("contact_data", [["legacy: 3.00, the first 1,000 free", 0, 2_000, "3"]]);
worked("find_current_place", [["legacy: 30.00, the first 5,000 free", 0, 6_000, "30"]]);

describe("Google Places by month", () => {
  const geocodings = (timestamp: string, more: Partial<AIUsageMetric> = {}) =>
    anEvent({
      operation: "geocoding",
      usage: { request: 10_000 },
      timestamp: parseInstant(timestamp),
      ...more,
    });

  it("begins anew at midnight Pacific standard time, which is 08:00 in UTC", () => {
    const account = new Account();
    expect(account.bill([geocodings("2026-12-01T07:59:59.999Z")])).toBe("0");
    expect(account.bill([geocodings("2026-12-01T08:00:00Z")])).toBe("0");
    expect(account.bill([geocodings("2026-12-01T08:00:00Z")])).toBe("50");
    expect(account.bill([geocodings("2026-11-30T23:00:00Z")])).toBe("50");
  });

  it("begins anew at midnight Pacific daylight time, which is 07:00 in UTC", () => {
    const account = new Account();
    expect(account.bill([geocodings("2026-10-01T06:59:59.999Z"), geocodings("2026-10-01T07:00:00Z")])).toBe(
      "0",
    );
    expect(account.bill([geocodings("2026-10-01T06:30:00Z"), geocodings("2026-10-31T20:00:00Z")])).toBe(
      "100",
    );
  });

  it("follows the clocks where a month begins before they change and ends after", () => {
    // 2026-11-01: the clocks go back at 02:00, so November begins at 07:00 and ends at 08:00 in UTC.
    const account = new Account();
    expect(account.bill([geocodings("2026-11-01T06:59:59.999Z"), geocodings("2026-11-01T07:00:00Z")])).toBe(
      "0",
    );
    expect(account.bill([geocodings("2026-12-01T07:30:00Z")])).toBe("50");
    // 2027-03-14: they go forward.
    expect(account.bill([geocodings("2027-03-01T08:00:00Z")])).toBe("0");
    expect(account.bill([geocodings("2027-04-01T06:59:59.999Z"), geocodings("2027-04-01T07:00:00Z")])).toBe(
      "50",
    );
  });

  it("counts each operation and each billing account by itself, and all names of an operation together", () => {
    const account = new Account();
    const at = "2026-11-10T00:00:00Z";
    expect(
      account.bill([
        geocodings(at),
        geocodings(at, { operation: "geolocation" }),
        geocodings(at, { billingAccount: "other" }),
      ]),
    ).toBe("0");
    expect(account.bill([geocodings(at, { operation: "reverse_geocode" })])).toBe("50");
  });

  it("has no two operations of one meter", () => {
    const meters = file.models.flatMap(({ rows, id }) =>
      rows.flatMap(({ volume }) => (volume ? [[volume.meter, id]] : [])),
    );
    const models = new Map(meters.map(([meter, id]) => [meter, id]));
    expect(meters.filter(([meter, id]) => models.get(meter ?? "") !== id)).toEqual([]);
  });

  it("has free amounts by category and falling prices", () => {
    const global = file.models.flatMap(({ rows }) =>
      rows.flatMap(({ volume, effectiveTo, conditions }) =>
        volume && effectiveTo === undefined && conditions.regions === undefined ? [volume.steps] : [],
      ),
    );
    expect(global).toHaveLength(31);
    expect(new Set(global.map(([free]) => free?.upTo))).toEqual(new Set([10_000, 5_000, 1_000]));
    for (const [free, ...paid] of global) {
      expect(free?.unitPrice).toBe(0n);
      expect(paid.map(({ unitPrice }) => unitPrice)).toEqual(
        paid.map(({ unitPrice }) => unitPrice).toSorted((a, b) => (a > b ? -1 : 1)),
      );
    }
  });
});

describe("Google Places before March 2025", () => {
  const before = { operation: "autocomplete", timestamp: parseInstant("2024-06-01T00:00:00Z") };

  it("had no free amount but a credit on the bill, and two prices", () => {
    expect(costAfter(0, 200_000, before)).toBe("510");
    expect(costAfter(0, 1_000, { ...before, operation: "place_details" })).toBe("17");
    expect(costAfter(100_000, 1_000, { ...before, operation: "geocoding" })).toBe("4");
  });

  it("ends at midnight Pacific time", () => {
    const at = (timestamp: string) => costAfter(0, 1_000, { ...before, timestamp: parseInstant(timestamp) });
    expect(at("2025-03-01T07:59:59.999Z")).toBe("2.83");
    expect(at("2025-03-01T08:00:00Z")).toBe("0");
  });
});

describe("https://developers.google.com/maps/billing-and-pricing/pricing-india", () => {
  const india = { operation: "autocomplete", served: { region: "india" } };

  it("has larger free amounts and lower prices for accounts with Indian billing", () => {
    expect(costAfter(0, 70_000, india)).toBe("0");
    expect(costAfter(70_000, 1_000, india)).toBe("0.85");
    expect(costAfter(5_000_000, 1_000, india)).toBe("0.21");
    expect(costAfter(35_000, 1_000, { ...india, operation: "text_search_pro" })).toBe("9.6");
  });
});
