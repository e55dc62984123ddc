import { type FormerPricing, type Pricing, pricingStatuses, type VolumePosition } from "@ai-usage/core";
import { type Item, type ItemReader, moneyAttribute } from "./item.ts";

/** Every attribute that a price may have: what is not of the new one is removed when a metric is priced anew. */
export const pricingAttributes = [
  "pricing_status",
  "cost_usd",
  "price_id",
  "list_cost_usd",
  "also_used_costs_usd",
  "book_cost_usd",
  "unpriced_reason",
  "unpriced_units",
] as const;

/** What a price is stored as, on a metric and among its former ones. */
export function toPricingAttributes(pricing: Pricing): Item {
  const { status } = pricing;
  switch (status) {
    case "priced":
      return {
        pricing_status: status,
        cost_usd: moneyAttribute(pricing.cost),
        price_id: pricing.priceId,
        list_cost_usd: pricing.listCost && moneyAttribute(pricing.listCost),
        also_used_costs_usd: pricing.alsoUsedCosts?.map(String),
      };
    case "reported":
      return {
        pricing_status: status,
        cost_usd: moneyAttribute(pricing.cost),
        price_id: pricing.priceId,
        book_cost_usd: pricing.bookCost && moneyAttribute(pricing.bookCost),
      };
    case "unpriced":
      return {
        pricing_status: status,
        unpriced_reason: pricing.reason,
        unpriced_units: pricing.units.length > 0 ? pricing.units : undefined,
      };
    default:
      return status satisfies never;
  }
}

/** @throws InvalidItemError naming the attribute that is not what a price has */
export function readPricing(read: ItemReader): Pricing {
  const status = read.word("pricing_status", pricingStatuses);
  switch (status) {
    case "priced":
      return {
        status,
        cost: read.money("cost_usd"),
        priceId: read.text("price_id"),
        ...(read.has("list_cost_usd") && { listCost: read.money("list_cost_usd") }),
        ...(read.has("also_used_costs_usd") && { alsoUsedCosts: read.moneyTexts("also_used_costs_usd") }),
      };
    case "reported":
      return {
        status,
        cost: read.money("cost_usd"),
        ...(read.has("book_cost_usd") && { bookCost: read.money("book_cost_usd") }),
        ...(read.has("price_id") && { priceId: read.text("price_id") }),
      };
    case "unpriced":
      return {
        status,
        reason: read.text("unpriced_reason"),
        units: read.has("unpriced_units") ? read.texts("unpriced_units") : [],
      };
    default:
      return status satisfies never;
  }
}

export function toFormerPricing({ pricing, restatementId, until, volume }: FormerPricing): Item {
  return {
    ...toPricingAttributes(pricing),
    restatement_id: restatementId,
    until,
    ...(volume && toVolumeAttributes(volume)),
  };
}

export function readFormerPricing(read: ItemReader): FormerPricing {
  return {
    pricing: readPricing(read),
    restatementId: read.text("restatement_id"),
    until: read.instant("until"),
    ...readVolume(read),
  };
}

export const toVolumeAttributes = ({ volumeId, before }: VolumePosition): Item => ({
  volume_id: volumeId,
  volume_before: before,
});

export function readVolume(read: ItemReader): { volume?: VolumePosition } {
  if (!read.has("volume_id")) return {};
  return { volume: { volumeId: read.text("volume_id"), before: read.integer("volume_before") } };
}
