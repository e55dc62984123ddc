import {
  type AIUsageMetric,
  hasUsage,
  Money,
  type Pricing,
  type Usage,
  usageKindNames,
  utcDateOf,
} from "@ai-usage/core";
import { moneyFromAttodollars } from "./attodollars.ts";
import type { PriceBook } from "./price-book.ts";
import { billFor } from "./quote.ts";

/** Names the rule, not a price row, by which a failed call that used nothing costs nothing. */
export const FAILED_CALL_PRICE_ID = "rule/failed-call";

/**
 * What a metric costs by the price that held when the call was made. The provider's own figure wins over the book.
 * Whatever is not known makes the metric unpriced; it never counts as zero.
 */
export function priceMetric(book: PriceBook, metric: AIUsageMetric): Pricing {
  const { service, model, operation, timestamp, usage, callCount } = metric;
  if (metric.reportedCost !== undefined) return { status: "reported", cost: metric.reportedCost };
  if (metric.error !== undefined && !hasUsage(usage)) {
    return { status: "priced", cost: Money.zero, priceId: FAILED_CALL_PRICE_ID };
  }

  const row = book.find({ service, model, operation, at: timestamp });
  if (row === undefined) {
    return unpriced(`no price is known for ${service} ${model ?? operation} on ${utcDateOf(timestamp)}`);
  }
  if (!isReported(usage) && row.rates.request === undefined) {
    return unpriced(`no usage was reported, and ${row.id} has no price per request`);
  }
  const { unpricedKinds, total } = billFor(row, usage, callCount);
  if (unpricedKinds.length > 0) return unpriced(`${row.id} has no price for ${unpricedKinds.join(", ")}`);
  return { status: "priced", cost: moneyFromAttodollars(total), priceId: row.id };
}

/** A count of zero is an answer; no count at all is not. */
function isReported(usage: Usage): boolean {
  return usageKindNames.some((kind) => usage[kind] !== undefined);
}

function unpriced(reason: string): Pricing {
  return { status: "unpriced", reason };
}
