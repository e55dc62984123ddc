import { sideOf, type UsageUnit } from "@ai-usage/core";
import { type Attodollars, type Factor, moneyFromAttodollars } from "../attodollars.ts";
import type { RowConditions, TimeWindow } from "../price-conditions.ts";
import type { ProviderMultiplier } from "../price-file.ts";
import type { PriceRow } from "../price-row.ts";
import type { VolumePricing } from "../volume.ts";

/** One thing that a row states. Facts of two lists with the same `what` and `when` are about the same price. */
export interface PriceFact {
  /** A unit of usage, or `factor on tokens`, `least second`, `refusals before output`. */
  readonly what: string;
  /** Under which conditions, in words; empty: under none. */
  readonly when: string;
  /** US dollars for `per` units, or words. */
  readonly value: string;
  /** 1,000,000 tokens or characters, 1,000 of what is counted by the month, 1 of everything else; absent: no amount. */
  readonly per?: number;
}

export function factsOf(row: PriceRow): PriceFact[] {
  const when = conditionWords(row.conditions);
  const units = (Object.keys(row.rates) as UsageUnit[]).filter((unit) => !isOutputByDefault(row, unit));
  return [
    ...units.map((unit) => ({ what: unit, when, ...listed(unit, row.rates[unit] ?? 0n) })),
    ...(row.volume ? [{ what: row.volume.unit, when, ...stepsOf(row.volume) }] : []),
    ...(row.multiply
      ? [{ what: `factor on ${row.multiplies.join(", ")}`, when, value: factorText(row.multiply) }]
      : []),
    ...Object.entries(row.minimum).map(([unit, least]) => ({
      what: `least ${unit}`,
      when,
      value: String(least),
    })),
    ...(row.freeRefusals ? [{ what: "refusals before output", when, value: "free" }] : []),
  ];
}

export function factsOfMultiplier({ models, row }: ProviderMultiplier): PriceFact[] {
  const of = models === undefined ? "" : ` of ${models.join(", ")}`;
  return factsOf(row).map((fact) => ({ ...fact, what: `${fact.what}${of}` }));
}

/** The reader adds a price of reasoning where the list has none: that is no price of the list. */
function isOutputByDefault({ rates }: PriceRow, unit: UsageUnit): boolean {
  return unit === "reasoning" && rates.reasoning === rates.output;
}

function listed(unit: UsageUnit, price: Attodollars): { value: string; per: number } {
  const per = sideOf(unit) !== "other" || unit === "character" ? 1_000_000 : 1;
  return { value: priceOf(price, per), per };
}

function priceOf(price: Attodollars, per: number): string {
  return moneyFromAttodollars(price * BigInt(per)).toString();
}

function stepsOf({ steps, meter, timeZone }: VolumePricing): { value: string; per: number } {
  const per = 1_000;
  const prices = steps.map(({ upTo, unitPrice }) => {
    const price = priceOf(unitPrice, per);
    return upTo === undefined ? price : `${price} to ${upTo}`;
  });
  return { value: `${prices.join(", then ")} (${meter}, months of ${timeZone})`, per };
}

function factorText({ numerator, denominator }: Factor): string {
  return `× ${Number(numerator) / Number(denominator)}`;
}

function conditionWords(conditions: RowConditions): string {
  const { tiers, regions, sizes, qualities, resolutions, prompt, times } = conditions;
  const named = (name: string, values: readonly string[] | "any" | undefined) =>
    values === undefined ? [] : [`${name} ${values === "any" ? "any" : values.join(" or ")}`];
  return [
    ...named("tier", tiers),
    ...named("region", regions),
    ...named("size", sizes),
    ...named("quality", qualities),
    ...named("resolution", resolutions),
    ...(prompt
      ? [
          `prompt of ${prompt.tokensMin} tokens or more${prompt.counts ? ` (${prompt.counts.join(", ")})` : ""}`,
        ]
      : []),
    ...(times ? [times.map(windowWords).join(" and ")] : []),
  ].join(", ");
}

function windowWords({ weekdays, from, to, timeZone }: TimeWindow): string {
  return `${from}–${to} ${timeZone}${weekdays ? ` on weekdays ${weekdays.join(", ")}` : ""}`;
}
