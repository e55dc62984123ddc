import type { AIUsageMetric, Pricing } from "@ai-usage/core";
import type { PriceBook } from "./price-book.ts";
import { type Quote, type QuoteOptions, quote } from "./quote.ts";

/** What is stored of a metric's price: its {@link quote} without the lines. */
export function priceMetric(book: PriceBook, metric: AIUsageMetric, options: QuoteOptions = {}): Pricing {
  return pricingOf(quote(book, metric, options));
}

export function pricingOf(quoted: Quote): Pricing {
  const {
    pricingStatus: status,
    cost,
    listCost,
    priceId,
    reason = "",
    unpricedUnits,
    alsoUsedCosts,
  } = quoted;
  switch (status) {
    case "unpriced":
      return { status, reason, units: unpricedUnits };
    case "reported":
      return {
        status,
        cost: definite(cost),
        ...(listCost && { bookCost: listCost }),
        ...(priceId !== undefined && { priceId }),
      };
    case "priced": {
      return {
        status,
        cost: definite(cost),
        priceId: definite(priceId),
        ...(quoted.adjustments.length > 0 && listCost && { listCost }),
        ...(alsoUsedCosts.length > 0 && { alsoUsedCosts }),
      };
    }
    default:
      return status satisfies never;
  }
}

function definite<T>(value: T | undefined): T {
  if (value === undefined)
    throw new Error("a quote that is priced or reported has a cost, and a priced one its row");
  return value;
}
