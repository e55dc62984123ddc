import { costOfUsage, type FixedPoint, parseFixedPoint, type UnitPrices } from "@ai-usage/core/exact";
import { isUsageUnit, type Usage, type UsageUnit } from "@ai-usage/core/usage";

/** US dollars for one of a unit, as exact text: `{ input: "0.0000025", output: "0.00001" }`, as a lease's `unit_prices`. */
export type PriceTexts = Readonly<Partial<Record<UsageUnit, string>>>;

/** @returns undefined when one of them is no price: no plain decimal number of 0 or more, or of an unknown unit */
export function unitPricesOf(texts: PriceTexts, promptTokensMax?: number): UnitPrices | undefined {
  const prices = new Map<UsageUnit, FixedPoint>();
  for (const [unit, text] of Object.entries(texts)) {
    const price = amountOf(text);
    if (price === undefined || !isUsageUnit(unit)) return undefined;
    prices.set(unit, price);
  }
  return promptTokensMax === undefined ? { prices } : { prices, promptTokensMax };
}

/** @returns undefined where the prices do not tell */
export function costOf(texts: PriceTexts, usage: Usage, promptTokensMax?: number): FixedPoint | undefined {
  const prices = unitPricesOf(texts, promptTokensMax);
  return prices && costOfUsage(prices, usage);
}

/** @returns undefined for what is no amount of 0 or more in plain decimal notation */
export function amountOf(text: unknown): FixedPoint | undefined {
  const amount = typeof text === "string" ? parseFixedPoint(text) : undefined;
  return amount === undefined || amount < 0n ? undefined : amount;
}

/** @throws RangeError when it is no amount: an option that cannot be */
export function requireAmount(name: string, text: string): FixedPoint {
  const amount = amountOf(text);
  if (amount === undefined) throw new RangeError(`${name} must be a decimal number of 0 or more, as text`);
  return amount;
}
