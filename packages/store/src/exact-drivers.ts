import {
  Amount,
  type BudgetUnit,
  type Cover,
  coverOf,
  type DriverDimension,
  type DriverGroup,
  dimensionOf,
  GLOBAL_SCOPE,
  type Instant,
  largestDrivers,
  measureOf,
  type NamedDimension,
  type Scope,
  scopeOf,
  scopeValueOf,
  type TimeRange,
  utcDateOf,
} from "@ai-usage/core";
import pMap from "p-map";
import { ItemReader } from "./item.ts";
import { dateTotalsPartition, dateTotalsRange, valueOfDateTotal } from "./keys.ts";
import { queryItems } from "./query.ts";
import { monthsOf, readCube, readScopeTotals } from "./read-totals.ts";
import type { Table } from "./table.ts";

const CONCURRENT_QUERIES = 8;
/** Of more totals than this, none is read: a message need not know them that exactly. */
const TOTALS_MAX = 3_000;
const VALUES_MAX = 300;

interface DriversQuestion {
  readonly scope: Scope;
  readonly unit: BudgetUnit;
  readonly range: TimeRange;
  readonly dimensions: readonly DriverDimension[];
  readonly now: Instant;
}

/**
 * Who drove the spending of a scope, by stored totals, in those of the dimensions that they tell: of everything by model,
 * user, job and feature, unless there are too many; of a service or a model by what the cube has, on whole UTC days.
 */
export async function exactDrivers(table: Table, question: DriversQuestion): Promise<DriverGroup[]> {
  const { scope, unit, range, dimensions } = question;
  const cover = coverOf(range);
  const amountsOf = (dimension: DriverDimension) => {
    if (isCubeDimension(dimension) && cover.hours.length === 0)
      return cubeAmounts(table, question, cover, dimension);
    return dimension === "operation" || scope !== GLOBAL_SCOPE
      ? undefined
      : dimensionAmounts(table, question, cover, dimension);
  };
  const inCube = scope === GLOBAL_SCOPE || dimensionOf(scope) === "service" || dimensionOf(scope) === "model";
  if (!inCube) return [];
  const [whole, ...found] = await Promise.all([
    readScopeTotals(table, scope, cover),
    ...dimensions.map(amountsOf),
  ]);
  return found.flatMap((amounts, index) => {
    const dimension = dimensions[index];
    if (amounts === undefined || dimension === undefined) return [];
    return [{ dimension, drivers: largestDrivers(amounts, measureOf(unit, whole)) }];
  });
}

const isCubeDimension = (dimension: DriverDimension): dimension is "model" | "operation" =>
  dimension === "model" || dimension === "operation";

async function cubeAmounts(
  table: Table,
  { scope, unit, now }: DriversQuestion,
  cover: Cover,
  dimension: "model" | "operation",
): Promise<Map<string, Amount>> {
  const cells = await readCube(
    table,
    cover.days.filter((date) => date <= utcDateOf(now)),
  );
  const amounts = new Map<string, Amount>();
  for (const cell of cells) {
    const isOfScope =
      scope === GLOBAL_SCOPE ||
      scope === scopeOf("service", cell.service) ||
      scope === scopeOf("model", cell.model);
    if (!isOfScope) continue;
    const name = cell[dimension];
    amounts.set(name, (amounts.get(name) ?? Amount.zero).plus(measureOf(unit, cell.totals)));
  }
  return amounts;
}

/** @returns nothing when there are too many to read */
async function dimensionAmounts(
  table: Table,
  { unit, range }: DriversQuestion,
  cover: Cover,
  dimension: NamedDimension,
): Promise<Map<string, Amount> | undefined> {
  const scopes = await fewActiveScopes(table, dimension, range);
  if (scopes === undefined) return undefined;
  const totals = await pMap(scopes, (scope) => readScopeTotals(table, scope, cover), {
    concurrency: CONCURRENT_QUERIES,
  });
  return new Map(
    totals.map((one, index) => [scopeValueOf(scopes[index] ?? GLOBAL_SCOPE), measureOf(unit, one)]),
  );
}

async function fewActiveScopes(
  table: Table,
  dimension: NamedDimension,
  range: TimeRange,
): Promise<Scope[] | undefined> {
  const [first, last] = [utcDateOf(range.start), utcDateOf(range.end)];
  const values = new Set<string>();
  let totals = 0;
  for (const month of monthsOf({ first, last })) {
    const items = await queryItems(table, {
      partition: dateTotalsPartition(dimension, month),
      between: dateTotalsRange(first, last),
      index: "GSI2",
      limit: TOTALS_MAX + 1,
    });
    totals += items.length;
    for (const item of items) values.add(valueOfDateTotal(new ItemReader(item).text("GSI2SK")));
    if (totals > TOTALS_MAX || values.size > VALUES_MAX) return undefined;
  }
  return [...values].map((value) => scopeOf(dimension, value));
}
