import type { Instant, PricedMetric, Reprice } from "@ai-usage/core";
import { pricingOf, type QuoteOptions, quote } from "@ai-usage/pricing";
import type { PriceSource } from "../price-source.ts";

/** Prices stored metrics by the prices that are known at `now`. */
export async function repriceWith(prices: PriceSource, now: Instant): Promise<Reprice> {
  const { book, adjustments } = await prices.current(now);
  return (priced: PricedMetric) => {
    const { metric, customScopes, volume } = priced;
    const options: QuoteOptions = { adjustments, customScopes };
    // Its place in the month's volume was allotted to it once: what came before it does not change any more.
    const volumeBefore = (volumeId: string) => (volume?.volumeId === volumeId ? volume.before : 0);
    const quoted = quote(book, metric, { ...options, volumeBefore });
    const [counted] = quoted.volumes;
    if (counted === undefined || counted.volumeId === volume?.volumeId) return { pricing: pricingOf(quoted) };
    return {
      volume: counted,
      priceAt: (before) => pricingOf(quote(book, metric, { ...options, volumeBefore: () => before })),
    };
  };
}
