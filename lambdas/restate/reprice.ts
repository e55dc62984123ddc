import type { Instant, PricedMetric, Reprice } from "@ai-usage/core";
import type { PriceSource } from "@ai-usage/ingest";
import { pricingOf, type QuoteOptions, quote } from "@ai-usage/pricing";

/** Prices stored metrics by the prices that are known at `now`. */
export async function repriceWith(prices: PriceSource, now: Instant): Promise<Reprice> {
  const { book, adjustments } = await prices.current(now);
  return (priced: PricedMetric) => {
    const { metric, customScopes, volume, formerPricings = [] } = priced;
    const options: QuoteOptions = { adjustments, customScopes };
    // Its place in a month's volume was allotted to it once: what came before it does not change any more.
    const places = [volume, ...formerPricings.map((former) => former.volume)];
    const placeIn = (volumeId: string) => places.find((place) => place?.volumeId === volumeId);
    const volumeBefore = (volumeId: string) => placeIn(volumeId)?.before ?? 0;
    const quoted = quote(book, metric, { ...options, volumeBefore });
    const [counted] = quoted.volumes;
    if (counted === undefined || placeIn(counted.volumeId) !== undefined)
      return { pricing: pricingOf(quoted) };
    return {
      volume: counted,
      priceAt: (before) => pricingOf(quote(book, metric, { ...options, volumeBefore: () => before })),
    };
  };
}
