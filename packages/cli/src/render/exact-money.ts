import { isUsageUnit, Money, sideOf } from "@ai-usage/client";

/** Every digit of an amount: `$1,234.50`, `$0.0000000125`. With `places` at least. */
export function exactMoney(amount: string, places = 2): string {
  const [whole = "0", fraction = ""] = amount.replace(/^-/, "").split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${amount.startsWith("-") ? "-" : ""}$${grouped}.${fraction.padEnd(places, "0")}`;
}

/** How many places a column of these amounts needs, so that all digits are there and stand below each other. */
export function placesOf(amounts: readonly string[]): number {
  return Math.max(2, ...amounts.map((amount) => amount.split(".")[1]?.length ?? 0));
}

/** `+$0.40`, `-$0.40`; to the cent, as `money` has it. */
export function signedMoney(amount: string): string {
  const money = Money.parse(amount);
  return `${money.isZero() || money.isNegative() ? "" : "+"}${money.format()}`;
}

/** By how much `after` is more than `before`: `+25 %`. Nothing where that is no number. */
export function change(before: string, after: string): string {
  const [was, is] = [Money.parse(before), Money.parse(after)];
  if (was.isZero()) return "";
  const percent = is.minus(was).percentOf(was);
  if (/^-?0$/.test(percent)) return was.equals(is) ? "0 %" : "< 0.01 %";
  return `${percent.startsWith("-") ? "" : "+"}${percent} %`;
}

export function isTokenUnit(unit: string): boolean {
  return isUsageUnit(unit) && sideOf(unit) !== "other";
}

/** Tokens and characters are sold by the million, everything else singly. */
export function isPricedPerMillion(unit: string): boolean {
  return isTokenUnit(unit) || unit === "character" || unit === "cached_token_hour";
}

/** `$2.50 per million`, `$0.04 each`: every digit. */
export function unitPrice(unit: string, priceOfOne: string): string {
  return isPricedPerMillion(unit)
    ? `${exactMoney(Money.parse(priceOfOne).times(1_000_000n).toString())} per million`
    : `${exactMoney(priceOfOne)} each`;
}
