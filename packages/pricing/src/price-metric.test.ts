import { type AIUsageMetric, Money, type PriceAdjustment, parseScope } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { aBook, aCall } from "./fixtures.ts";
import { priceMetric, pricingOf } from "./price-metric.ts";
import { quote } from "./quote.ts";

const book = aBook({ per_million: { input: "2.5", output: "10" }, free_refusals: true });
const price = (given: Partial<AIUsageMetric>, adjustments: readonly PriceAdjustment[] = []) =>
  JSON.parse(JSON.stringify(priceMetric(book, aCall(given), { adjustments })));
const discount: PriceAdjustment = {
  adjustmentId: "adj_1",
  kind: "discount",
  scope: parseScope("service:acme"),
  percent: "20",
};

describe("pricing a metric", () => {
  it("names the row that it priced by", () => {
    expect(price({ usage: { input: 1_000, output: 100 } })).toEqual({
      status: "priced",
      cost: "0.0035",
      priceId: "acme/nova-1/initial",
    });
  });

  it("keeps the list price beside a cost with a discount, and only then", () => {
    expect(price({ usage: { input: 1_000 } }, [discount])).toEqual({
      status: "priced",
      cost: "0.002",
      listCost: "0.0025",
      priceId: "acme/nova-1/initial",
    });
    const elsewhere = { ...discount, scope: parseScope("service:bolt") };
    expect(price({ usage: { input: 1_000 } }, [elsewhere])).not.toHaveProperty("listCost");
  });

  it("keeps what of a cost is of the other models", () => {
    const alsoUsed = [
      { model: "x/nova-1", usage: { input: 2_000 } },
      { model: "y/nova-1", usage: { output: 0 } },
    ];
    expect(price({ usage: { input: 1_000 }, alsoUsed }, [discount])).toEqual({
      status: "priced",
      cost: "0.006",
      listCost: "0.0075",
      alsoUsedCosts: ["0.004", "0"],
      priceId: "acme/nova-1/initial",
    });
  });

  it("takes the provider's own figure before the book's, and keeps both where there are two", () => {
    const reportedCost = Money.parse("0.0123");
    expect(price({ usage: { input: 1_000 }, reportedCost })).toEqual({
      status: "reported",
      cost: "0.0123",
      bookCost: "0.0025",
      priceId: "acme/nova-1/initial",
    });
    expect(price({ usage: { image: 1 }, reportedCost })).toEqual({ status: "reported", cost: "0.0123" });
    expect(price({ model: "nova-9", reportedCost: Money.zero })).toEqual({ status: "reported", cost: "0" });
  });

  it("leaves a call unpriced, with the reason and the units that have no price", () => {
    expect(price({ model: "nova-9", usage: { input: 1 } })).toEqual({
      status: "unpriced",
      reason: "no price is known for acme nova-9",
      units: ["input"],
    });
    expect(price({ usage: { input: 9, cache_write_5m: 4 } })).toEqual({
      status: "unpriced",
      reason: "acme/nova-1/initial has no price for cache_write_5m",
      units: ["cache_write_5m"],
    });
  });

  it("does not take missing usage for zero usage", () => {
    expect(price({})).toMatchObject({ status: "unpriced", units: [] });
    expect(price({ usage: { input: 0, output: 0 } })).toMatchObject({ status: "priced", cost: "0" });
  });

  it("charges nothing for a failed call that used nothing, and for a refusal that is free", () => {
    expect(price({ model: "nova-9", error: "RateLimitError" })).toEqual({
      status: "priced",
      cost: "0",
      priceId: "rule/failed-call",
    });
    expect(price({ usage: { input: 9 }, refusal: "before_output" })).toEqual({
      status: "priced",
      cost: "0",
      priceId: "rule/free-refusal",
    });
  });

  it("is of its quote, without the lines", () => {
    const call = aCall({ usage: { input: 1_000 } });
    expect(priceMetric(book, call)).toEqual(pricingOf(quote(book, call)));
  });
});
