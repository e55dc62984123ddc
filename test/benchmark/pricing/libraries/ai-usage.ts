import { type AIUsageMetric, costOf, parseInstant } from "@ai-usage/core";
import { builtInPriceBook, priceMetric, quote } from "@ai-usage/pricing";
import type { ModelCall, PriceLibrary } from "../price-library.ts";

const book = builtInPriceBook();

/** With every line of the explanation. */
export const quoted: PriceLibrary = {
  name: "quote",
  prepare(call) {
    const metric = metricOf(call);
    return () => quote(book, metric).cost?.toString();
  },
};

/** What ingest stores of a call's price. */
export const priced: PriceLibrary = {
  name: "priceMetric",
  prepare(call) {
    const metric = metricOf(call);
    return () => costOf(priceMetric(book, metric))?.toString();
  },
};

function metricOf({ provider, model, at, tokens, served }: ModelCall): AIUsageMetric {
  return {
    requestId: "benchmark",
    service: provider,
    model,
    operation: "chat",
    timestamp: parseInstant(at),
    usage: {
      input: tokens.input,
      ...(tokens.cacheRead !== undefined && { cache_read: tokens.cacheRead }),
      ...(tokens.cacheWrite !== undefined && { cache_write_5m: tokens.cacheWrite }),
      output: tokens.output,
    },
    callCount: 1,
    ...(served && { served }),
    metadata: {},
  };
}
