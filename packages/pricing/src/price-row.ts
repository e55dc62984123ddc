import type { Instant, UsageKind } from "@ai-usage/core";
import type { Attodollars } from "./attodollars.ts";

/** Price of one unit by kind. A kind that is absent has no known price, which is not a price of zero. */
export type Rates = Readonly<Partial<Record<UsageKind, Attodollars>>>;

/** A call whose prompt is at least this long is billed at these rates, all of it. */
export interface PriceTier {
  readonly promptTokensMin: number;
  readonly rates: Rates;
}

/** What one model (or one operation) costs between two moments. */
export interface PriceRow {
  /** `openai/gpt-4o/2024-10-02`; `initial` in place of the date when the price holds from the model's beginning. */
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  /** Included. Absent: from the beginning. */
  readonly effectiveFrom?: Instant;
  /** Not included. Absent: until further notice. */
  readonly effectiveTo?: Instant;
  readonly rates: Rates;
  /** By rising prompt length; empty for a flat price. */
  readonly tiers: readonly PriceTier[];
  /** The page, or the contract, that the figures are from. */
  readonly source: string;
  readonly checkedOn?: string;
  /** The figures were read in a copy of the provider's own page. */
  readonly verified: boolean;
}

export function isEffective(row: PriceRow, at: Instant): boolean {
  return (
    (row.effectiveFrom === undefined || row.effectiveFrom <= at) &&
    (row.effectiveTo === undefined || at < row.effectiveTo)
  );
}

export function ratesFor(row: PriceRow, promptTokens: number): Rates {
  let rates = row.rates;
  for (const tier of row.tiers) if (promptTokens >= tier.promptTokensMin) rates = tier.rates;
  return rates;
}
