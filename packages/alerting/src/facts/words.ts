import {
  Amount,
  type BudgetUnit,
  dimensionOf,
  epochMsOf,
  formatAmount,
  GLOBAL_SCOPE,
  type Instant,
  type Scope,
  scopeValueOf,
  startOfUtcDate,
  type UtcDate,
} from "@ai-usage/core";

/** Whose matter it is, as the subject of a sentence: `Team growth`, `Model gpt-4o`. */
export function whoseOf(scope: Scope): string {
  if (scope === GLOBAL_SCOPE) return "The whole organisation";
  const dimension = dimensionOf(scope).replaceAll("_", " ");
  return `${dimension.charAt(0).toUpperCase()}${dimension.slice(1)} ${scopeValueOf(scope)}`;
}

/** Whose budget it is, after {@link whoseOf}. */
export const possessiveOf = (scope: Scope): string => (dimensionOf(scope) === "user" ? "their" : "its");

/** For people: of tokens and requests, whole ones. */
export function amountText(unit: BudgetUnit, amount: Amount): string {
  if (unit === "usd") return formatAmount(unit, amount);
  const [whole = "0"] = amount.toString().split(".");
  return formatAmount(unit, Amount.parse(whole));
}

/** What is done with a budget of `unit`. */
export const spentWord = (unit: BudgetUnit): string => (unit === "usd" ? "spent" : "used");

/** What a budget of `unit` is called: `budget`, `token budget`, `request budget`. */
export function budgetWord(unit: BudgetUnit): string {
  return unit === "usd" ? "budget" : `${unit.slice(0, -1)} budget`;
}

export function clock(at: Instant, timeZone: string): string {
  return `${time(at, timeZone)} (${timeZone})`;
}

/** The same where it is said beside it which clock it is. */
export function time(at: Instant, timeZone: string): string {
  const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone });
  return format.format(new Date(at));
}

export function day(date: UtcDate): string {
  const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });
  return `${format.format(new Date(startOfUtcDate(date)))} (UTC)`;
}

const lengths = [
  ["day", 24 * 60],
  ["hour", 60],
  ["minute", 1],
] as const;

/** The two largest parts of the time from one moment to another: `8 days 6 hours`, `45 minutes`. */
export function duration(from: Instant, to: Instant): string {
  let minutes = Math.max(0, Math.floor((epochMsOf(to) - epochMsOf(from)) / 60_000));
  const parts: string[] = [];
  for (const [name, length] of lengths) {
    const count = Math.floor(minutes / length);
    minutes -= count * length;
    if (count > 0) parts.push(`${count} ${count === 1 ? name : `${name}s`}`);
    else if (parts.length > 0) break;
  }
  return parts.slice(0, 2).join(" ") || "less than a minute";
}

/** How often `usual` is in `actual`: `12 times`, `3.5 times`. */
export function timesText(actual: Amount, usual: Amount): string {
  const times = Number(actual.percentOf(usual)) / 100;
  const shown = times >= 10 ? Math.floor(times) : Math.floor(times * 10) / 10;
  return `${shown.toLocaleString("en-US")} times`;
}

export function countText(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? singular : plural}`;
}

/** Where a period is heading, in percent of the limit. */
export function headingText(percent: number): string {
  return `Heading for ${percent.toLocaleString("en-US")} % by the end of the period`;
}
