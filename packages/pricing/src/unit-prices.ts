import { type AIUsageMetric, scopesOf, type UnitPrices, type UsageUnit } from "@ai-usage/core";
import { type Attodollars, ONE } from "./attodollars.ts";
import { factsOf } from "./call-price.ts";
import { adjustedUnitPrice, adjustmentsFor, concernsModel } from "./price-adjustment.ts";
import type { PriceBook } from "./price-book.ts";
import type { Rate } from "./price-sheet.ts";
import type { QuoteOptions } from "./quote.ts";

/**
 * The prices of a call's units at its time with the discounts and margins that hold for it, whatever it will use: of them
 * `quote` makes the same cost, to the last digit. Prices by a month's volume are left out, and those with a least quantity,
 * and those that have to be rounded after they are multiplied.
 */
export function unitPricesOf(
  book: PriceBook,
  call: AIUsageMetric,
  { adjustments = [], customScopes = [] }: Pick<QuoteOptions, "adjustments" | "customScopes"> = {},
): UnitPrices {
  const { service, operation, timestamp: at, model = call.requested?.model } = call;
  const choice = book.find(service, model ?? operation).choiceAt(at, factsOf(call));
  const { rates } = choice.sheetFor({ at, usage: {}, callCount: 1 });
  const holding = adjustmentsFor(adjustments, scopesOf(call, customScopes), at).filter((adjustment) =>
    concernsModel(adjustment, model),
  );
  const prices = new Map<UsageUnit, Attodollars>();
  for (const [unit, rate] of rates) {
    const price = isLinear(rate) ? adjustedUnitPrice(rate.unitPrice, holding) : undefined;
    if (price !== undefined) prices.set(unit, price);
  }
  // It is part of every call: without it, nothing can be told of any.
  if (rates.has("request") && !prices.has("request")) return NOTHING_TOLD;
  const { promptTokensMax } = choice;
  return promptTokensMax === undefined ? { prices } : { prices, promptTokensMax };
}

const NOTHING_TOLD: UnitPrices = { prices: new Map() };

/** Twice as much costs twice as much. A factor that is exact is in the price already. */
function isLinear({ volume, minimum, factor }: Rate): boolean {
  return volume === undefined && minimum === 0 && factor === ONE;
}
