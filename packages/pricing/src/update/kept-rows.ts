import type { UsageUnit } from "@ai-usage/core";
import { canMeet, compareSpecificity } from "../price-conditions.ts";
import { isTokenUnit, type PriceRow, pricedUnits, type Rates } from "../price-row.ts";

/** What of a row does not stand beside the list's for the same calls, with nothing to tell which is the more exact. */
export function withoutListed(row: PriceRow, listed: readonly PriceRow[]): PriceRow | undefined {
  let left: PriceRow | undefined = row;
  for (const other of listed) if (left !== undefined && meets(left, other)) left = withoutOther(left, other);
  return left;
}

function meets(row: PriceRow, other: PriceRow): boolean {
  if ((row.multiply === undefined) !== (other.multiply === undefined)) return false;
  const isGeneral = ({ conditions: { tiers } }: PriceRow) => tiers === undefined || tiers === "any";
  if (row.multiply !== undefined && (isGeneral(row) || isGeneral(other))) return false;
  return (
    compareSpecificity(row.conditions, other.conditions) === 0 && canMeet(row.conditions, other.conditions)
  );
}

/** For the tiers that the other row is not for; or if it is for all of them, for other units. */
function withoutOther(row: PriceRow, other: PriceRow): PriceRow | undefined {
  const { tiers } = row.conditions;
  const ofOther = other.conditions.tiers;
  if (Array.isArray(tiers) && Array.isArray(ofOther)) {
    const rest = tiers.filter((tier) => !ofOther.includes(tier));
    return rest.length > 0 ? { ...row, conditions: { ...row.conditions, tiers: rest } } : undefined;
  }
  const units = pricedUnits(other);
  const isFree = (unit: UsageUnit) => (isTokenUnit(unit) ? !units.some(isTokenUnit) : !units.includes(unit));
  const { volume, ...others } = row;
  const rest = {
    ...others,
    rates: pickRates(row.rates, isFree),
    ...(volume && isFree(volume.unit) && { volume }),
  };
  return pricedUnits(rest).length > 0 ? rest : undefined;
}

export function pickRates(rates: Rates, isPicked: (unit: UsageUnit) => boolean): Rates {
  return Object.fromEntries(Object.entries(rates).filter(([unit]) => isPicked(unit as UsageUnit)));
}
