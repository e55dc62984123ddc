import type { AIUsageMetric } from "@ai-usage/core";
import type { Bill } from "./bill.ts";
import { isServedAs } from "./model-name.ts";
import type { PriceBook } from "./price-book.ts";
import { tierName } from "./price-conditions.ts";
import type { PriceRow } from "./price-row.ts";

/** What whoever reads a price should know of it. */
export function warningsOf(
  book: PriceBook,
  metric: AIUsageMetric,
  parts: readonly { readonly bill: Bill }[],
): readonly string[] {
  const about = warningsAbout(metric);
  const provider = book.providerOf(metric.service);
  const rows = new Set<PriceRow>();
  for (const { bill } of parts) {
    for (const { rate } of bill.lines)
      if (isUnchecked(rate.row) || rate.row.provider !== provider) rows.add(rate.row);
  }
  if (rows.size === 0) return about;
  return [
    ...about,
    ...[...rows].map((row) =>
      row.provider === provider
        ? `the price ${row.id} was not checked against the provider's own page`
        : `priced as ${row.provider} lists it, since ${metric.service} has no price of its own here: ${row.id}`,
    ),
  ];
}

/** A deployment knows its own prices from elsewhere. */
function isUnchecked({ origin, verified }: PriceRow): boolean {
  return origin !== "own" && !verified;
}

function warningsAbout({ model, served, requested, usageProblems = [] }: AIUsageMetric): readonly string[] {
  if (requested === undefined && usageProblems.length === 0) return NONE;
  const asked = requested ?? {};
  return [
    ...usageProblems.map((problem) => `the provider's counts do not add up: ${problem}`),
    ...otherThanAsked("model", asked.model, model, isServedAs),
    ...otherThanAsked("tier", asked.tier, served?.tier, (a, b) => tierName(a) === tierName(b)),
    ...otherThanAsked("region", asked.region, served?.region, (a, b) => a.toLowerCase() === b.toLowerCase()),
  ];
}

const NONE: readonly never[] = [];

function otherThanAsked(
  what: string,
  asked: string | undefined,
  served: string | undefined,
  isSame: (asked: string, served: string) => boolean,
): string[] {
  if (asked === undefined || served === undefined || isSame(asked, served)) return [];
  return [`priced by the ${what} that was served, ${served}; ${asked} was asked for`];
}
