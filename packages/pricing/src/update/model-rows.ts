import type { Instant, OwnPrice, PriceFileRow, UsageUnit } from "@ai-usage/core";
import { InvalidPriceFileError } from "../errors.ts";
import type { Candidate, PricedName } from "../price-book.ts";
import { isEffective, isTokenUnit, type PriceRow, pricedUnits } from "../price-row.ts";
import { toRowJson } from "../row-json.ts";
import type { ComparedConditions } from "./compare-model.ts";
import { pickRates, withoutListed } from "./kept-rows.ts";
import { conditionsKey } from "./paid-prices.ts";

/**
 * The rows that a deployment has to set so that a model costs what a list says. A row of one's own stands for all tokens
 * of a call, so the model is taken over whole: what the list is silent about goes on as it was.
 *
 * @param own prices that are set for the model
 */
export function rowsToSet(
  paid: PricedName,
  compared: readonly ComparedConditions[],
  own: readonly OwnPrice[],
): PriceFileRow[] {
  const [since] = compared.flatMap((one) => (one.isNew ? [] : startsOf(one))).sort();
  const base = since === undefined ? undefined : baseOf(paid, since);
  const isOwn = base?.model.rows.some(({ origin }) => origin === "own") ?? false;
  const rows = compared.flatMap((one) => listedRows(one, base, isOwn ? undefined : since));
  const carried =
    base === undefined || isOwn || since === undefined ? [] : carriedRows(base, compared, since);
  const beside = carried.flatMap((row) => withoutListed(row, rows) ?? []);
  const set = merged([...[...rows, ...beside].map(toRowJson), ...atOwnStarts(rows, own)]);
  return [...set, ...shortened(own, compared)];
}

function startsOf({ differences }: ComparedConditions): Instant[] {
  return differences.flatMap(({ from }) => from ?? []);
}

/** Whose prices are paid from `since` on: of the models that the name may mean, the first that has any. */
function baseOf({ candidates }: PricedName, since: Instant): Candidate | undefined {
  return candidates.find(({ model }) =>
    model.rows.some((row) => row.multiply === undefined && goesBeyond(row, since)),
  );
}

const goesBeyond = ({ effectiveTo }: PriceRow, since: Instant): boolean =>
  effectiveTo === undefined || effectiveTo > since;

function clipped(
  rows: readonly PriceRow[],
  since: Instant,
): (PriceRow & { readonly effectiveFrom: Instant })[] {
  return rows
    .filter((row) => goesBeyond(row, since))
    .map((row) => ({
      ...row,
      effectiveFrom: row.effectiveFrom !== undefined && row.effectiveFrom > since ? row.effectiveFrom : since,
    }));
}

/** @param since when the model is taken over: then also what does not differ is set */
function listedRows(
  compared: ComparedConditions,
  base: Candidate | undefined,
  since: Instant | undefined,
): PriceRow[] {
  const { rows, differences, isNew } = compared;
  if (isNew) return differences.length > 0 ? [...rows] : [];
  const [from = since] = startsOf(compared).sort();
  if (from === undefined) return [];
  return clipped(rows, from).flatMap((row) => withBase(row, base, compared) ?? []);
}

/**
 * With the units that are paid under the same conditions and that the list is silent about; without those that cost the
 * same already by a row under other conditions.
 */
function withBase(
  row: PriceRow & { readonly effectiveFrom: Instant },
  base: Candidate | undefined,
  { key, differences }: ComparedConditions,
): PriceRow | undefined {
  if (base === undefined || row.multiply !== undefined) return row;
  const alike = base.model.rows.filter(
    (other) =>
      other.multiply === undefined &&
      conditionsKey(other.conditions) === key &&
      isEffective(other, row.effectiveFrom),
  );
  const isNeeded = (unit: UsageUnit) =>
    isTokenUnit(unit) ||
    differences.some((difference) => difference.unit === unit) ||
    alike.some((other) => pricedUnits(other).includes(unit));
  const { volume, ...others } = row;
  const needed = {
    ...others,
    rates: Object.assign({}, ...alike.map((other) => other.rates), pickRates(row.rates, isNeeded)),
    ...(volume && isNeeded(volume.unit) && { volume }),
  };
  return pricedUnits(needed).length > 0 ? needed : undefined;
}

/** Rows under conditions that the list is silent about. */
function carriedRows(
  { model, multipliers }: Candidate,
  compared: readonly ComparedConditions[],
  since: Instant,
): PriceRow[] {
  const keys = new Set(compared.map(({ key }) => key));
  const others = [...model.rows, ...multipliers].filter((row) => !keys.has(conditionsKey(row.conditions)));
  return clipped(others, since);
}

/** A price of one's own under the same conditions that begins later would end a new one: it is replaced as well. */
function atOwnStarts(rows: readonly PriceRow[], own: readonly OwnPrice[]): PriceFileRow[] {
  return rows.map(toRowJson).flatMap((row) => {
    const { effective_from: from, effective_to: to } = row;
    if (from === undefined) return [];
    return own
      .filter((price) => JSON.stringify(price.row.when) === JSON.stringify(row.when))
      .flatMap((price) => price.row.effective_from ?? [])
      .filter((start) => start > from && (to === undefined || start < to))
      .map((start) => ({ ...row, effective_from: start }));
  });
}

/** A price of one's own that would go on beside a new one ends where that begins. */
function shortened(own: readonly OwnPrice[], compared: readonly ComparedConditions[]): PriceFileRow[] {
  return compared.flatMap((one) => {
    const [since] = startsOf(one).sort();
    const {
      isNew,
      rows: [listed],
    } = one;
    if (isNew || since === undefined || listed === undefined) return [];
    const { effective_from: from = "", when } = toRowJson({ ...listed, effectiveFrom: since });
    return own
      .filter((price) => JSON.stringify(price.row.when) === JSON.stringify(when))
      .filter(({ row }) => (row.effective_from ?? "") < from && row.effective_to && row.effective_to > from)
      .map(({ row }) => ({ ...row, effective_to: from }));
  });
}

/** A list may put the units of one price into several rows; here there is one of a beginning and conditions. */
function merged(rows: readonly PriceFileRow[]): PriceFileRow[] {
  const byIdentity = new Map<string, PriceFileRow>();
  for (const row of rows) {
    const identity = identityOf(row.when, row.effective_from);
    const known = byIdentity.get(identity);
    if (known !== undefined && (known.multiply === undefined) !== (row.multiply === undefined)) {
      const message = `has a price and a factor under the same conditions ${JSON.stringify(row.when ?? {})}`;
      throw new InvalidPriceFileError([{ where: "rows", message }]);
    }
    const per_million = { ...known?.per_million, ...row.per_million };
    const per_unit = { ...known?.per_unit, ...row.per_unit };
    byIdentity.set(identity, {
      ...known,
      ...row,
      ...(Object.keys(per_million).length > 0 && { per_million }),
      ...(Object.keys(per_unit).length > 0 && { per_unit }),
    });
  }
  return [...byIdentity.values()].map((row) => withoutKnownEnd(row, byIdentity));
}

/** An end that follows from the next row is not stated: so another can be set between them. */
function withoutKnownEnd(row: PriceFileRow, byIdentity: ReadonlyMap<string, PriceFileRow>): PriceFileRow {
  const { effective_to: end, ...open } = row;
  return end !== undefined && byIdentity.has(identityOf(row.when, end)) ? open : row;
}

function identityOf(when: PriceFileRow["when"], from: string | undefined): string {
  return JSON.stringify([when, from]);
}
