import {
  epochMsOf,
  type Instant,
  instantFromEpochMs,
  type Money,
  sideOf,
  type UsageUnit,
} from "@ai-usage/core";
import { factsOf } from "../compare/price-facts.ts";
import type { PricedName } from "../price-book.ts";
import {
  type DynamicFacts,
  matchesDynamic,
  type RowConditions,
  STANDARD_TIER,
  type StaticFacts,
} from "../price-conditions.ts";
import type { Rate } from "../price-sheet.ts";
import { toConditionsJson } from "../row-json.ts";

/** What a call under some conditions pays, by unit, as lists put it: tokens and characters by the million. */
export type PaidPrices = ReadonlyMap<UsageUnit, PaidPrice>;

interface PaidPrice {
  readonly text: string;
  /** A row says so, and it does not only follow from the price of another unit. */
  readonly isStated: boolean;
  /** Which conditions the price, or a factor in it, is stated under. */
  readonly statedUnder: ReadonlySet<string>;
}

/** Conditions that ask the same have the same key. */
export function conditionsKey(conditions: RowConditions): string {
  return JSON.stringify(toConditionsJson(conditions));
}

/**
 * What a call that meets `conditions` pays from `at` on: an example of such calls is priced.
 * @param until where the conditions have times of day, the example is looked for before
 */
export function paidPrices(
  name: PricedName,
  conditions: RowConditions,
  at: Instant,
  until: Instant | undefined,
): PaidPrices {
  const facts = exampleCall(conditions, at, until);
  const { rates } = name.choiceAt(facts.at, exampleFacts(conditions)).sheetFor(facts);
  const rows = new Map(
    name.candidates.flatMap(({ model, multipliers }) =>
      [...model.rows, ...multipliers].map((row) => [row.id, row] as const),
    ),
  );
  return new Map(
    [...rates].map(([unit, rate]) => {
      const factors = rate.multiplierIds.flatMap((id) => rows.get(id) ?? []);
      const statedUnder = new Set([rate.row, ...factors].map((row) => conditionsKey(row.conditions)));
      const isStated = rate.row.rates[unit] !== undefined || rate.volume !== undefined;
      return [unit, { text: listedPrice(unit, rate), isStated, statedUnder }];
    }),
  );
}

function listedPrice(unit: UsageUnit, { row, volume, shownUnitPrice }: Rate): string {
  if (volume !== undefined) return factsOf(row).find(({ what }) => what === unit)?.value ?? "";
  return listed(unit, shownUnitPrice).toString();
}

function listed(unit: UsageUnit, price: Money): Money {
  return sideOf(unit) !== "other" || unit === "character" ? price.times("1000000") : price;
}

function exampleFacts({ tiers, regions, sizes, qualities, resolutions }: RowConditions): StaticFacts {
  const [region] = regions ?? [];
  const [size] = sizes ?? [];
  const [quality] = qualities ?? [];
  const [resolution] = resolutions ?? [];
  return {
    tier: (tiers === "any" ? undefined : tiers?.[0]) ?? STANDARD_TIER,
    ...(region !== undefined && { region: region.replaceAll("*", "") }),
    ...(size !== undefined && { size }),
    ...(quality !== undefined && { quality }),
    ...(resolution !== undefined && { resolution }),
  };
}

const HALF_HOUR_MS = 30 * 60_000;
const WEEK_MS = 7 * 24 * 60 * 60_000;

function exampleCall(conditions: RowConditions, at: Instant, until: Instant | undefined): DynamicFacts {
  const { prompt, times } = conditions;
  const usage = prompt ? { [prompt.counts?.[0] ?? "input"]: prompt.tokensMin } : {};
  const call = { at, usage, callCount: 1 };
  if (times === undefined) return call;
  const end = Math.min(
    epochMsOf(at) + WEEK_MS,
    until === undefined ? Number.POSITIVE_INFINITY : epochMsOf(until),
  );
  for (let ms = epochMsOf(at); ms < end; ms += HALF_HOUR_MS) {
    const example = { ...call, at: instantFromEpochMs(ms) };
    if (matchesDynamic(conditions, example)) return example;
  }
  return call;
}
