import type { Money, UsageUnit } from "@ai-usage/core";
import {
  type Attodollars,
  type Factor,
  moneyFromAttodollars,
  multiplyAmount,
  multiplyFactors,
  ONE,
} from "./attodollars.ts";
import {
  compareSpecificity,
  type DynamicFacts,
  isDynamic,
  matchesDynamic,
  matchesStatic,
  matchesTier,
  type RowConditions,
  STANDARD_TIER,
  type StaticFacts,
} from "./price-conditions.ts";
import { isTokenUnit, type PriceRow, pricedUnits, pricesTokens } from "./price-row.ts";
import type { VolumePricing } from "./volume.ts";

/** What a call pays for one unit. */
export interface Rate {
  readonly row: PriceRow;
  /** Rows whose factors on the row's price hold, regional ones for example. */
  readonly multiplierIds: readonly string[];
  /** Of the row, before `factor`. */
  readonly unitPrice: Attodollars;
  readonly factor: Factor;
  /** After `factor`, for display rounded to 10⁻¹⁸ dollars. */
  readonly shownUnitPrice: Money;
  readonly volume?: VolumePricing;
  /** Least quantity billed for one call. */
  readonly minimum: number;
}

/** Every price that holds for a call. */
export interface PriceSheet {
  readonly rates: ReadonlyMap<UsageUnit, Rate>;
  /** The row that prices the tokens. */
  readonly tokenRow?: PriceRow;
}

/** Rows of the models that a name may mean, the one that wins first; all hold at the time and match the static facts. */
export type Candidates = readonly (readonly PriceRow[])[];

/** The rows of a model that can price calls of these facts at a time, ordered by how exactly they match. */
export class PriceChoice {
  readonly #candidates: Candidates;
  readonly #tier: string;
  /** What of the conditions differs from call to call. */
  readonly #dynamic: readonly RowConditions[];
  readonly #sheets = new Map<string, PriceSheet>();

  constructor(candidates: Candidates, facts: StaticFacts) {
    this.#tier = facts.tier;
    this.#candidates = candidates.map((rows) =>
      rows
        .filter((row) => matchesStatic(row.conditions, facts))
        .sort((a, b) => compareSpecificity(a.conditions, b.conditions)),
    );
    this.#dynamic = this.#candidates.flatMap((rows) => rows.map((row) => row.conditions)).filter(isDynamic);
  }

  /** How long a prompt may be, in tokens, before other rows hold; nothing where its length does not matter. */
  get promptTokensMax(): number | undefined {
    let max = Number.POSITIVE_INFINITY;
    for (const { prompt } of this.#dynamic) {
      if (prompt !== undefined && prompt.tokensMin > 0) max = Math.min(max, prompt.tokensMin - 1);
    }
    return Number.isFinite(max) ? max : undefined;
  }

  /** The prices for one call; the same object for calls that the same rows price. */
  sheetFor(facts: DynamicFacts): PriceSheet {
    let key = "";
    for (const conditions of this.#dynamic) key += matchesDynamic(conditions, facts) ? "1" : "0";
    const known = this.#sheets.get(key);
    if (known !== undefined) return known;
    const matching = this.#candidates.map((rows) =>
      rows.filter((row) => matchesDynamic(row.conditions, facts)),
    );
    const sheet = sheetOf(matching, this.#tier);
    this.#sheets.set(key, sheet);
    return sheet;
  }
}

function sheetOf(candidates: Candidates, tier: string): PriceSheet {
  const rates = new Map<UsageUnit, Rate>();
  let tokenRow: PriceRow | undefined;
  for (const rows of candidates) {
    const prices = pricesFor(rows, tier);
    if (tokenRow === undefined && prices.tokenRow !== undefined) {
      tokenRow = prices.tokenRow;
      for (const [unit, rate] of prices.tokenRates ?? []) rates.set(unit, rate);
    }
    for (const [unit, rate] of prices.unitRates) if (!rates.has(unit)) rates.set(unit, rate);
  }
  return { rates, ...(tokenRow && { tokenRow }) };
}

/** A tier without prices of its own costs what the standard tier costs, times the tier's factor if there is one. */
function pricesFor(rows: readonly PriceRow[], tier: string) {
  const prices = rows.filter(({ multiply }) => multiply === undefined);
  const factors = rows.filter(({ multiply }) => multiply !== undefined);
  const ofTier = factors.filter(({ conditions: { tiers } }) => isOneOf(tiers, tier));
  const others = factors.filter(({ conditions: { tiers } }) => tiers === undefined || tiers === "any");
  const inTier = prices.filter((row) => matchesTier(row.conditions, tier));
  const standard = prices.filter((row) => matchesTier(row.conditions, STANDARD_TIER));
  const own = inTier.find(pricesTokens);
  const bridge =
    own === undefined ? ofTier.find(({ multiplies }) => multiplies.includes("tokens")) : undefined;
  const tokenRow = bridge === undefined ? own : standard.find(pricesTokens);
  return {
    tokenRow,
    tokenRates: tokenRow && tokenRates(tokenRow, bridge ? [bridge, ...others] : others),
    unitRates: unitRates(inTier, standard, ofTier, others),
  };
}

function isOneOf(tiers: RowConditions["tiers"], tier: string): boolean {
  return tiers !== undefined && tiers !== "any" && tiers.includes(tier);
}

/** What a token is billed as where the row has no price for its kind: so do all providers in the book. */
const billedAs = {
  reasoning: "output",
  image_input: "input",
  video_input: "input",
  image_cache_read: "cache_read",
} as const satisfies Partial<Record<UsageUnit, UsageUnit>>;

function tokenRates(row: PriceRow, factors: readonly PriceRow[]): Map<UsageUnit, Rate> {
  const rates = new Map<UsageUnit, Rate>();
  for (const unit of pricedUnits(row)) if (isTokenUnit(unit)) rates.set(unit, rateOf(row, unit, factors));
  for (const [unit, other] of Object.entries(billedAs)) {
    const rate = rates.get(other);
    if (rate !== undefined && !rates.has(unit as UsageUnit)) rates.set(unit as UsageUnit, rate);
  }
  return rates;
}

/** Of everything else: each from the most exact row that prices it. */
function unitRates(
  inTier: readonly PriceRow[],
  standard: readonly PriceRow[],
  ofTier: readonly PriceRow[],
  others: readonly PriceRow[],
): Map<UsageUnit, Rate> {
  const rates = new Map<UsageUnit, Rate>();
  const isOpen = (unit: UsageUnit) => !isTokenUnit(unit) && !rates.has(unit);
  for (const row of inTier) {
    for (const unit of pricedUnits(row)) if (isOpen(unit)) rates.set(unit, rateOf(row, unit, others));
  }
  for (const row of standard) {
    for (const unit of pricedUnits(row)) {
      const bridge = isOpen(unit) ? ofTier.find((factor) => isFactorOn(factor, unit)) : undefined;
      if (bridge !== undefined) rates.set(unit, rateOf(row, unit, [bridge, ...others]));
    }
  }
  return rates;
}

function isFactorOn({ multiplies }: PriceRow, unit: UsageUnit): boolean {
  return multiplies.includes(unit) || (isTokenUnit(unit) && multiplies.includes("tokens"));
}

function rateOf(row: PriceRow, unit: UsageUnit, factors: readonly PriceRow[]): Rate {
  const multipliers = factors.filter((one) => isFactorOn(one, unit));
  const factor = multipliers.reduce((product, { multiply = ONE }) => multiplyFactors(product, multiply), ONE);
  const unitPrice = row.rates[unit] ?? 0n;
  const volume = row.volume?.unit === unit ? row.volume : undefined;
  const product = multiplyAmount(unitPrice, factor);
  // Multiplied in where that is exact; a price by volume is multiplied step by step.
  const isExact = volume === undefined && (unitPrice * factor.numerator) % factor.denominator === 0n;
  return {
    row,
    multiplierIds: multipliers.map(({ id }) => id),
    ...(isExact ? { unitPrice: product, factor: ONE } : { unitPrice, factor }),
    shownUnitPrice: moneyFromAttodollars(product),
    ...(volume && { volume }),
    minimum: row.minimum[unit] ?? 0,
  };
}
