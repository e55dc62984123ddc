import { type FixedPoint, fixedPointText } from "@ai-usage/core/exact";
import { tokensOf, type Usage } from "@ai-usage/core/usage";
import { amountOf, costOf, type PriceTexts } from "../exact-cost.ts";
import type { ModelCandidate } from "./model-candidate.ts";

export interface PricesOptions {
  readonly apiUrl: string;
  /** With the role `read`. */
  readonly token: string;
  /** What a call is expected to use: it decides which prices hold, where long prompts have others. */
  readonly usage: Usage;
  /** Discounts and margins that hold for it are in the prices. */
  readonly team?: string;
  readonly feature?: string;
}

/** Of an answer of `POST /prices/quote`, what is read here. */
interface Quote {
  readonly cost_usd: string | null;
  readonly list_cost_usd: string | null;
  readonly lines: readonly { readonly unit: string; readonly unit_price_usd: string }[];
}

/**
 * Asks the API for the prices of candidates that give none: as they are now, for calls of about this usage. A prompt that is longer
 * than the one asked for is taken as unpriced. A model without a price, or with one that no price by unit tells exactly (a
 * volume's, say), stays as it is.
 *
 * @throws ApiError, UnreachableError or NoConnectionError of `@ai-usage/client` when the API cannot be asked
 */
export async function withPrices<Candidate extends ModelCandidate>(
  candidates: readonly Candidate[],
  { apiUrl, token, usage, ...whose }: PricesOptions,
): Promise<Candidate[]> {
  if (candidates.every(({ prices }) => prices !== undefined)) return [...candidates];
  const { AIUsageClient } = await import("@ai-usage/client");
  const client = new AIUsageClient({ apiUrl, token });
  return Promise.all(
    candidates.map(async (candidate) => {
      if (candidate.prices !== undefined) return candidate;
      const { service, model } = candidate;
      const quote = await client.quote({ service, model, usage: { ...usage }, ...whose });
      const prices = unitPricesOfQuote(quote, usage);
      return prices === undefined
        ? candidate
        : { ...candidate, prices, promptTokensMax: tokensOf(usage, "input") };
    }),
  );
}

/** The prices by unit that come to what the quote says. */
function unitPricesOfQuote(quote: Quote, usage: Usage): PriceTexts | undefined {
  const cost = amountOf(quote.cost_usd);
  const listCost = amountOf(quote.list_cost_usd);
  if (cost === undefined || listCost === undefined) return undefined;
  const prices: Record<string, string> = {};
  for (const { unit, unit_price_usd } of quote.lines) {
    const price = amountOf(unit_price_usd);
    const adjusted = price === undefined ? undefined : inProportion(price, cost, listCost);
    if (adjusted === undefined) return undefined;
    prices[unit] = fixedPointText(adjusted);
  }
  return costOf(prices, usage) === cost ? prices : undefined;
}

/** Discounts and margins change all prices of a call by the same factor. */
function inProportion(price: FixedPoint, cost: FixedPoint, listCost: FixedPoint): FixedPoint | undefined {
  if (cost === listCost) return price;
  const product = price * cost;
  return listCost === 0n || product % listCost !== 0n ? undefined : product / listCost;
}
