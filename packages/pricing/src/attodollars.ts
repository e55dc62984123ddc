import { MONEY_SCALE, Money } from "@ai-usage/core";

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
 * @param per 1 or 1,000,000
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
  if (amount === 0n) return Money.zero;
  const digits = amount.toString().padStart(MONEY_SCALE + 1, "0");
  return Money.parse(`${digits.slice(0, -MONEY_SCALE)}.${digits.slice(-MONEY_SCALE)}`);
}
