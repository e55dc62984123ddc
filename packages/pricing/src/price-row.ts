import { type Instant, sideOf, type UsageUnit } from "@ai-usage/core";
import type { Attodollars, Factor } from "./attodollars.ts";
import type { RowConditions } from "./price-conditions.ts";
import type { VolumePricing } from "./volume.ts";

/** Price of one unit. A unit that is absent has no known price, which is not a price of zero. */
export type Rates = Readonly<Partial<Record<UsageUnit, Attodollars>>>;

/**
 * `published`: from a provider's page · `seed`: from a public collection · `own`: a deployment's, whose provenance may
 * be short. The ids of the last two say so.
 */
export type PriceOrigin = "published" | "seed" | "own";

/** What one model (or one operation) costs under some conditions, between two moments; or a factor on that. */
export interface PriceRow {
  /** `openai/gpt-4o/2024-10-02`; `initial` in place of the date when it holds from the model's beginning; then the conditions. */
  readonly id: string;
  readonly origin: PriceOrigin;
  readonly provider: string;
  readonly model: string;
  /** Included. Absent: from the beginning. */
  readonly effectiveFrom?: Instant;
  /** Not included. Absent: until further notice. */
  readonly effectiveTo?: Instant;
  readonly conditions: RowConditions;
  readonly rates: Rates;
  readonly volume?: VolumePricing;
  /** A factor on other rows' prices, in place of prices. */
  readonly multiply?: Factor;
  /** What it is a factor on. */
  readonly multiplies: readonly ("tokens" | UsageUnit)[];
  /** Least quantity that is billed for one call. */
  readonly minimum: Readonly<Partial<Record<UsageUnit, number>>>;
  /** A call that the model refuses before any output is not billed. */
  readonly freeRefusals: boolean;
  /** The page, or the contract, that the figures are from. */
  readonly source: string;
  readonly checkedOn?: string;
  /** The figures were read in a copy of the provider's own page. */
  readonly verified: boolean;
  readonly note?: string;
}

/** What a row has prices of; what it is a factor on is no part of that. */
export function pricedUnits({ rates, volume }: PriceRow): UsageUnit[] {
  const units = Object.keys(rates) as UsageUnit[];
  return volume === undefined ? units : [...units, volume.unit];
}

export const isTokenUnit = (unit: UsageUnit): boolean => sideOf(unit) !== "other";

export function pricesTokens(row: PriceRow): boolean {
  return pricedUnits(row).some(isTokenUnit);
}

export function isEffective(row: Pick<PriceRow, "effectiveFrom" | "effectiveTo">, at: Instant): boolean {
  return (
    (row.effectiveFrom === undefined || row.effectiveFrom <= at) &&
    (row.effectiveTo === undefined || at < row.effectiveTo)
  );
}
