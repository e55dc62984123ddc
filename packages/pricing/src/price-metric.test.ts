import { Money } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { builtInPriceBook } from "./built-in.ts";
import { aMetric } from "./fixtures.ts";
import { priceMetric } from "./price-metric.ts";

const book = builtInPriceBook();
const price = (given: Parameters<typeof aMetric>[0]) =>
  JSON.parse(JSON.stringify(priceMetric(book, aMetric(given))));

describe("pricing a metric", () => {
  it("takes the provider's own figure before the book's", () => {
    const reportedCost = Money.parse("0.0123");
    expect(price({ model: "gpt-4o", usage: { input: 1_000 }, reportedCost })).toEqual({
      status: "reported",
      cost: "0.0123",
    });
    expect(price({ model: "gpt-99", reportedCost: Money.zero })).toEqual({ status: "reported", cost: "0" });
  });

  it("names the row that it priced by", () => {
    expect(price({ model: "gpt-4o", usage: { input: 1_000, output: 100 } })).toEqual({
      status: "priced",
      cost: "0.0035",
      priceId: "openai/gpt-4o/2024-10-02",
    });
  });

  it("leaves a model without a price unpriced", () => {
    expect(price({ model: "gpt-99", usage: { input: 1 } })).toEqual({
      status: "unpriced",
      reason: "no price is known for openai gpt-99 on 2026-11-21",
    });
  });

  it("leaves a call unpriced when a kind that it used has no price", () => {
    expect(
      price({
        service: "anthropic",
        model: "claude-3-sonnet-20240229",
        usage: { input: 9, cache_write_5m: 4 },
      }),
    ).toEqual({
      status: "unpriced",
      reason: "anthropic/claude-3-sonnet/initial has no price for cache_write_5m",
    });
  });

  it("does not take missing usage for zero usage", () => {
    expect(price({ model: "gpt-4o" })).toMatchObject({ status: "unpriced" });
    expect(price({ model: "gpt-4o", usage: { input: 0, output: 0 } })).toMatchObject({
      status: "priced",
      cost: "0",
    });
  });

  it("knows a price of zero from no price", () => {
    expect(price({ model: "omni-moderation-latest", usage: { input: 700 } })).toMatchObject({
      status: "priced",
      cost: "0",
    });
  });

  it("charges nothing for a failed call that used nothing, whatever it was", () => {
    const free = { status: "priced", cost: "0", priceId: "rule/failed-call" };
    expect(price({ model: "gpt-4o", error: "RateLimitError" })).toEqual(free);
    expect(price({ model: "gpt-99", error: "RateLimitError", usage: { input: 0 } })).toEqual(free);
    expect(
      price({ service: "google_places", operation: "place_details", error: "OVER_QUERY_LIMIT" }),
    ).toEqual(free);
  });

  it("charges a failed call for what it used", () => {
    expect(price({ model: "gpt-4o", error: "StreamAborted", usage: { input: 1_000 } })).toMatchObject({
      cost: "0.0025",
    });
  });
});
