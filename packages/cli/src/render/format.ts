import { Amount, type BudgetUnit, formatAmount, Money } from "@ai-usage/client";

/** `$1,234.50`, with more places under a cent. */
export function money(exact: string): string {
  return Money.parse(exact).format();
}

/** As `money`, in the unit of a budget: `1,200 tokens`. */
export function quantity(unit: BudgetUnit, exact: string): string {
  return formatAmount(unit, Amount.parse(exact));
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

export function percent(value: string): string {
  return `${value} %`;
}

/** A percentage in a column of them: two places always. */
export function share(value: string): string {
  const [whole, places = ""] = value.split(".");
  return `${whole}.${places.padEnd(2, "0")} %`;
}

/** `2026-11-22 10:15:00Z` */
export function moment(at: string): string {
  return at.replace("T", " ").replace(/\.\d+Z$/, "Z");
}

/** Hours as people say them: `3d 4h`, `4h 30m`, `12m`. */
export function timeLeft(hours: number): string {
  const minutes = Math.round(hours * 60);
  const [d, h, m] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  if (d > 0) return h > 0 ? `${d}d ${h}h` : `${d}d`;
  if (h > 0) return m > 0 ? `${h}h ${m}m` : `${h}h`;
  return `${m}m`;
}

/** Text from elsewhere, without the characters that steer a terminal. */
export function printable(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "?");
}
