import { divideHalfEven, MONEY_SCALE, Money } from "@ai-usage/core";

/**
 * 10⁻¹⁸ US dollars. Every price per unit that a file may state is a whole number of them, so a quantity times a price
 * is an exact integer product and no rounding happens anywhere between the price list and the cost of a call.
 */
export type Attodollars = bigint;

const PLAIN_DECIMAL = /^(\d{1,9})(?:\.(\d+))?$/;

/** Per single unit; keeps any quantity a metric may carry inside the digits that `Money` has. */
const UNIT_PRICE_MAX: Attodollars = 1_000n * 10n ** BigInt(MONEY_SCALE);

/**
 * The price of one unit, from the price of `per` units as the provider lists it.
 *
 * @param per 1, 1,000 or 1,000,000
 * @returns undefined when the text is no plain decimal, has digits that a price per unit would lose, or is over $1,000 a unit
 */
export function parseUnitPrice(text: string, per: number): Attodollars | undefined {
  const places = MONEY_SCALE - Math.log10(per);
  const [, whole, fraction = ""] = PLAIN_DECIMAL.exec(text) ?? [];
  if (whole === undefined || fraction.length > places) return undefined;
  const price = BigInt(whole + fraction.padEnd(places, "0"));
  return price <= UNIT_PRICE_MAX ? price : undefined;
}

export function moneyFromAttodollars(amount: Attodollars): Money {
  return Money.ofSmallestUnits(amount);
}

/** A positive decimal, exact: `numerator / denominator`, the latter a power of ten. */
export interface Factor {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const ONE: Factor = { numerator: 1n, denominator: 1n };

const FACTOR = /^(\d{1,3})(?:\.(\d{1,6}))?$/;

/** @returns undefined when the text is no plain decimal of at most six places, or zero */
export function parseFactor(text: string): Factor | undefined {
  const [, whole, fraction = ""] = FACTOR.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const numerator = BigInt(whole + fraction);
  return numerator === 0n ? undefined : { numerator, denominator: 10n ** BigInt(fraction.length) };
}

export function multiplyFactors(a: Factor, b: Factor): Factor {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

/** `amount × factor`, rounded half to even when it is no whole number of attodollars. */
export function multiplyAmount(amount: Attodollars, { numerator, denominator }: Factor): Attodollars {
  if (denominator === 1n) return amount * numerator;
  return divideHalfEven(amount * numerator, denominator);
}
