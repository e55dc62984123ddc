import { type AIUsageMetric, type Instant, parseInstant } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { builtInPriceBook } from "./built-in.ts";
import { aMetric } from "./fixtures.ts";
import { type QuoteOptions, quote } from "./quote.ts";

const book = builtInPriceBook();

/** What it is and how it is reckoned, the call, and what it costs in US dollars. Prices in names are per million. */
export type WorkedCase = [what: string, metric: Partial<AIUsageMetric>, cost: string, options?: QuoteOptions];

/** Worked by hand from the figures on `page`. */
export function worked(page: string, service: string, cases: WorkedCase[]): void {
  describe(page, () => {
    it.each(cases)("%s", (_, metric, cost, options) => {
      const quoted = quote(book, aMetric({ service, ...metric }), options);
      expect(quoted.reason).toBeUndefined();
      expect(quoted.cost?.toString()).toBe(cost);
    });
  });
}

/** Calls that have no cost, and what of them has no price. */
export function unpriced(
  page: string,
  service: string,
  cases: [what: string, metric: Partial<AIUsageMetric>, units: string[]][],
): void {
  describe(`${page}, where it says nothing`, () => {
    it.each(cases)("%s", (_, metric, units) => {
      const quoted = quote(book, aMetric({ service, ...metric }));
      expect(quoted).toMatchObject({ pricingStatus: "unpriced", unpricedUnits: units });
      expect(quoted.cost).toBeUndefined();
    });
  });
}

/** Noon of a day, UTC. */
export function on(day: string): { timestamp: Instant } {
  return at(`${day}T12:00:00Z`);
}

export function at(instant: string): { timestamp: Instant } {
  return { timestamp: parseInstant(instant) };
}

/** The last millisecond before a day, UTC. */
export function before(day: string): { timestamp: Instant } {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  return at(new Date(midnight - 1).toISOString());
}

/** The first moment of a day, UTC. */
export function from(day: string): { timestamp: Instant } {
  return at(`${day}T00:00:00Z`);
}
