import {
  type PriceFileConditions,
  type PriceFileRow,
  type PriceFileVolume,
  type PriceFileWindow,
  quantitiesOf,
  sideOf,
  type UsageUnit,
} from "@ai-usage/core";
import { type Factor, moneyFromAttodollars, ONE } from "./attodollars.ts";
import { type RowConditions, type TimeWindow, weekdayNames } from "./price-conditions.ts";
import type { PriceRow } from "./price-row.ts";
import type { VolumePricing } from "./volume.ts";

/**
 * A row as a price file states it, in one form of all that say the same: `"tier": ["batch"]` is `"tier": "batch"`,
 * a midnight is a day. Reading it gives the same row again, but for an end that follows from the next row's beginning.
 */
export function toRowJson(row: PriceRow): PriceFileRow {
  const when = toConditionsJson(row.conditions);
  return {
    ...(row.effectiveFrom && { effective_from: momentText(row.effectiveFrom) }),
    ...(row.effectiveTo && { effective_to: momentText(row.effectiveTo) }),
    ...(Object.keys(when).length > 0 && { when }),
    ...pricesJson(row),
    ...(row.multiply && { multiply: factorText(row.multiply) }),
    ...(row.multiply && row.multiplies.join() !== "tokens" && { multiplies: row.multiplies }),
    ...(Object.keys(row.minimum).length > 0 && { minimum: Object.fromEntries(quantitiesOf(row.minimum)) }),
    ...(row.freeRefusals && { free_refusals: true }),
    ...(row.volume && { volume: volumeJson(row.volume) }),
    source: row.source,
    ...(row.checkedOn && { checked_on: row.checkedOn }),
    verified: row.verified,
    ...(row.note && { note: row.note }),
  };
}

export function toConditionsJson(conditions: RowConditions): PriceFileConditions {
  const { tiers, regions, sizes, qualities, resolutions, prompt, times } = conditions;
  return {
    ...(tiers && { tier: tiers === "any" ? "*" : oneOrMore(tiers) }),
    ...(regions && { region: oneOrMore(regions) }),
    ...(sizes && { size: oneOrMore(sizes) }),
    ...(qualities && { quality: oneOrMore(qualities) }),
    ...(resolutions && { resolution: oneOrMore(resolutions) }),
    ...(prompt && lengthJson(prompt.tokensMin)),
    ...(prompt?.counts && { prompt_counts: distinct(prompt.counts) }),
    ...(times && { time: times.map(windowJson) }),
  };
}

function pricesJson({ rates }: PriceRow): Pick<PriceFileRow, "per_million" | "per_unit"> {
  const per_million: Record<string, string> = {};
  const per_unit: Record<string, string> = {};
  for (const [name, rate = 0n] of Object.entries(rates)) {
    const byMillion = sideOf(name as UsageUnit) !== "other" || name === "character";
    if (byMillion) per_million[name] = moneyFromAttodollars(rate * 1_000_000n).toString();
    else per_unit[name] = moneyFromAttodollars(rate).toString();
  }
  return {
    ...(Object.keys(per_million).length > 0 && { per_million }),
    ...(Object.keys(per_unit).length > 0 && { per_unit }),
  };
}

function volumeJson({ unit, meter, timeZone, steps }: VolumePricing): PriceFileVolume {
  return {
    unit,
    meter,
    period: "month",
    time_zone: timeZone,
    steps: steps.map(({ upTo, unitPrice }) => ({
      ...(upTo !== undefined && { up_to: upTo }),
      per_thousand: moneyFromAttodollars(unitPrice * 1_000n).toString(),
    })),
  };
}

/** "More than 272,000" and "at least 200,000" are how providers put it: whichever is the round number. */
function lengthJson(tokensMin: number): Pick<PriceFileConditions, "prompt_over" | "prompt_from"> {
  return tokensMin > 1 && (tokensMin - 1) % 1_000 === 0
    ? { prompt_over: tokensMin - 1 }
    : { prompt_from: tokensMin };
}

function windowJson({ weekdays, from, to, timeZone }: TimeWindow): PriceFileWindow {
  const days = weekdays && [...new Set(weekdays)].sort().map((day) => weekdayNames[day - 1] ?? "");
  return { ...(days && { days }), from, to, time_zone: timeZone };
}

function oneOrMore(texts: readonly string[]): string | readonly string[] {
  const [first = "", ...others] = distinct(texts);
  return others.length === 0 ? first : [first, ...others];
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

export function momentText(moment: string): string {
  return moment.endsWith("T00:00:00.000Z") ? moment.slice(0, 10) : moment;
}

/** Denominators are powers of ten. */
function factorText({ numerator, denominator }: Factor = ONE): string {
  const places = denominator.toString().length - 1;
  const digits = numerator.toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, "");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
