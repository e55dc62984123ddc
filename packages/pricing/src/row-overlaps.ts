import type { Instant, UsageUnit } from "@ai-usage/core";
import type { JsonNode } from "./json-node.ts";
import { canMeet, compareSpecificity, type RowConditions } from "./price-conditions.ts";
import { isTokenUnit, type PriceRow, pricedUnits } from "./price-row.ts";
import { toConditionsJson } from "./row-json.ts";

/**
 * Gives an end to rows without one. They hold until the next one of the same kind begins under the same conditions; a
 * variant no longer than the row that it is of, so that a new price leaves no old ones for long prompts or batches behind.
 *
 * @param groups each a row and its variants
 */
export function endWhereTheNextBegins(groups: readonly (readonly PriceRow[])[]): PriceRow[] {
  const rows = groups.flat();
  const keys = new Map(rows.map((row) => [row, conditionsKey(row)]));
  const nextOf = (row: PriceRow) =>
    rows
      .filter((other) => keys.get(other) === keys.get(row) && isSameKind(row, other))
      .flatMap(({ effectiveFrom }) => effectiveFrom ?? [])
      .filter((from) => from > (row.effectiveFrom ?? ""));
  return groups.flatMap(([row, ...variants]) => {
    if (row === undefined) return [];
    const ended = endedAt(row, nextOf(row));
    const ends = ended.effectiveTo === undefined ? [] : [ended.effectiveTo];
    return [ended, ...variants.map((variant) => endedAt(variant, [...nextOf(variant), ...ends]))];
  });
}

function endedAt(row: PriceRow, ends: readonly Instant[]): PriceRow {
  const [effectiveTo] = ends.filter((end) => end > (row.effectiveFrom ?? "")).sort();
  return row.effectiveTo !== undefined || effectiveTo === undefined ? row : { ...row, effectiveTo };
}

/** What a row states, for tokens together: one row prices them all. */
function subjectsOf(row: PriceRow): readonly ("tokens" | UsageUnit)[] {
  if (row.multiply !== undefined) return row.multiplies;
  return pricedUnits(row).map((unit) => (isTokenUnit(unit) ? "tokens" : unit));
}

function statesTheSame(a: PriceRow, b: PriceRow): boolean {
  const subjects = subjectsOf(b);
  return (
    (a.multiply === undefined) === (b.multiply === undefined) &&
    subjectsOf(a).some((one) => subjects.includes(one))
  );
}

/** A price of searches alone does not end one of tokens and searches. */
function isSameKind(a: PriceRow, b: PriceRow): boolean {
  return statesTheSame(a, b) && subjectsOf(a).includes("tokens") === subjectsOf(b).includes("tokens");
}

/** Two prices of one thing must never hold for one call with nothing to tell which is the more exact. */
export function reportOverlaps(node: JsonNode, rows: readonly PriceRow[]): void {
  rows.forEach((row, index) => {
    for (const other of rows.slice(index + 1)) {
      if (statesTheSame(row, other) && holdTogether(row, other) && isUndecided(row, other))
        node.report(`${row.id} and ${other.id} hold at the same time for the same calls`);
    }
  });
}

/** Factors that are not of a tier may hold side by side, but the same one must not hold twice. */
function isUndecided(a: PriceRow, b: PriceRow): boolean {
  if (a.multiply !== undefined && !(isOfTier(a.conditions) && isOfTier(b.conditions)))
    return conditionsKey(a) === conditionsKey(b);
  return compareSpecificity(a.conditions, b.conditions) === 0 && canMeet(a.conditions, b.conditions);
}

const isOfTier = ({ tiers }: RowConditions): boolean => tiers !== undefined && tiers !== "any";

function conditionsKey({ conditions }: PriceRow): string {
  return JSON.stringify(toConditionsJson(conditions));
}

function holdTogether(a: PriceRow, b: PriceRow): boolean {
  const startsBeforeEnd = (one: PriceRow, other: PriceRow) =>
    other.effectiveTo === undefined || (one.effectiveFrom ?? "") < other.effectiveTo;
  return startsBeforeEnd(a, b) && startsBeforeEnd(b, a);
}
