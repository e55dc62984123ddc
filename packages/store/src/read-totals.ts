import {
  addTotals,
  type Cover,
  type CubeCell,
  coverOf,
  HOUR_MS,
  type PriceSubject,
  plusMs,
  type Quarter,
  type Scope,
  type ScopeSeries,
  scopeOf,
  startOfUtcHour,
  sumTotals,
  type TimeRange,
  type Totals,
  type UtcDate,
  type UtcHour,
  zeroTotals,
} from "@ai-usage/core";
import pMap from "p-map";
import { fromSumAttributes } from "./counter-item.ts";
import { type Item, ItemReader } from "./item.ts";
import {
  bucketOfTotal,
  cubeCellOf,
  cubeCellRange,
  cubePartition,
  dateTotalsPartition,
  dateTotalsRange,
  dayRange,
  hourRange,
  totalPartition,
  valueOfDateTotal,
} from "./keys.ts";
import { queryItems } from "./query.ts";
import type { Table } from "./table.ts";

const CONCURRENT_QUERIES = 8;

/**
 * Reads what `cover` names, all lineages of a bucket added up: one query for the days, one for each run of hours. Days
 * that it leaves out between others are there, too.
 */
export async function readScopeSeries(table: Table, scope: Scope, cover: Cover): Promise<ScopeSeries> {
  const partition = totalPartition(scope);
  const ranges = [...dayRuns(cover), ...hourRuns(cover)];
  const pages = await Promise.all(ranges.map((between) => queryItems(table, { partition, between })));
  const wanted = new Map(cover.hours.map(({ hour, quarters: wantedQuarters }) => [hour, wantedQuarters]));
  const days = new Map<UtcDate, Totals>();
  const parts = new Map<string, { hour: UtcHour; quarter: Quarter; totals: Totals }>();
  for (const item of pages.flat()) {
    const bucket = bucketOfTotal({ SK: new ItemReader(item).text("SK") });
    if (bucket.kind === "day") {
      days.set(bucket.date, addTotals(days.get(bucket.date) ?? zeroTotals, fromSumAttributes(item, "all")));
      continue;
    }
    for (const quarter of wanted.get(bucket.hour) ?? []) {
      const key = `${bucket.hour}#${quarter}`;
      const totals = addTotals(parts.get(key)?.totals ?? zeroTotals, fromSumAttributes(item, quarter));
      parts.set(key, { hour: bucket.hour, quarter, totals });
    }
  }
  return { days, quarters: [...parts.values()] };
}

export async function readScopeTotals(table: Table, scope: Scope, cover: Cover): Promise<Totals> {
  const series = await readScopeSeries(table, scope, cover);
  let sum = zeroTotals;
  for (const totals of series.days.values()) sum = addTotals(sum, totals);
  for (const { totals } of series.quarters) sum = addTotals(sum, totals);
  return sum;
}

/**
 * Totals of each of `ranges`, which follow each other without overlap, read together: as many queries as one of them
 * takes where they begin with UTC days, and one more for each of their borders elsewhere.
 */
export async function readTotalsOfRanges(
  table: Table,
  scope: Scope,
  ranges: readonly TimeRange[],
): Promise<Totals[]> {
  const covers = ranges.map(coverOf);
  const { days, quarters } = await readScopeSeries(table, scope, joined(covers));
  const byQuarter = new Map(quarters.map(({ hour, quarter, totals }) => [`${hour}#${quarter}`, totals]));
  return covers.map((cover) =>
    sumTotals([
      ...cover.days.map((date) => days.get(date) ?? zeroTotals),
      ...cover.hours.flatMap(({ hour, quarters: wanted }) =>
        wanted.map((quarter) => byQuarter.get(`${hour}#${quarter}`) ?? zeroTotals),
      ),
    ]),
  );
}

function joined(covers: readonly Cover[]): Cover {
  const hours = new Map<UtcHour, Quarter[]>();
  for (const { hour, quarters } of covers.flatMap((cover) => cover.hours))
    hours.set(hour, [...(hours.get(hour) ?? []), ...quarters]);
  return {
    days: covers.flatMap(({ days }) => days),
    hours: [...hours].map(([hour, quarters]) => ({ hour, quarters })),
  };
}

export async function readCube(table: Table, dates: readonly UtcDate[]): Promise<CubeCell[]> {
  const days = await pMap(dates, (date) => readCubeDay(table, date), { concurrency: CONCURRENT_QUERIES });
  return days.flat();
}

async function readCubeDay(table: Table, date: UtcDate): Promise<CubeCell[]> {
  const cells = new Map<string, CubeCell>();
  for (const item of await queryItems(table, { partition: cubePartition(date) })) {
    const cell = cubeCellOf({ SK: new ItemReader(item).text("SK") });
    const key = `${cell.service}#${cell.model}#${cell.operation}`;
    const totals = addTotals(cells.get(key)?.totals ?? zeroTotals, fromSumAttributes(item, "all"));
    cells.set(key, { date, ...cell, totals });
  }
  return [...cells.values()];
}

/** What a subject came to on a day, all lineages added up. */
export async function readCubeCell(table: Table, subject: PriceSubject, date: UtcDate): Promise<Totals> {
  const cell = { partition: cubePartition(date), between: cubeCellRange(subject) };
  const items = await queryItems(table, cell);
  return sumTotals(items.map((item) => fromSumAttributes(item, "all")));
}

/** Values of `dimension` that were active from `first` to `last`: one index query a month, keys only. */
export async function listActiveScopes(
  table: Table,
  dimension: string,
  range: { first: UtcDate; last: UtcDate },
): Promise<Scope[]> {
  const partitions = monthsOf(range).map((month) => dateTotalsPartition(dimension, month));
  const between = dateTotalsRange(range.first, range.last);
  const pages = await pMap(
    partitions,
    (partition) => queryItems(table, { partition, between, index: "GSI2" }),
    { concurrency: CONCURRENT_QUERIES },
  );
  const values = new Set(
    pages.flat().map((item: Item) => valueOfDateTotal(new ItemReader(item).text("GSI2SK"))),
  );
  return [...values].sort().map((value) => scopeOf(dimension, value));
}

/** Totals of every value of a dimension that was active within `cover`. */
export async function readDimensionTotals(
  table: Table,
  dimension: string,
  range: { first: UtcDate; last: UtcDate; cover: Cover },
): Promise<Map<Scope, Totals>> {
  const scopes = await listActiveScopes(table, dimension, range);
  const totals = await pMap(scopes, (scope) => readScopeTotals(table, scope, range.cover), {
    concurrency: CONCURRENT_QUERIES,
  });
  return new Map(scopes.map((scope, index) => [scope, totals[index] ?? zeroTotals]));
}

export function monthsOf({ first, last }: { first: UtcDate; last: UtcDate }): UtcDate[] {
  const months: UtcDate[] = [];
  for (let month = first.slice(0, 7); month <= last.slice(0, 7); month = monthAfter(month)) {
    months.push(`${month}-01` as UtcDate);
  }
  return months;
}

function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
}

function dayRuns(cover: Cover): [string, string][] {
  const [first] = cover.days;
  const last = cover.days.at(-1);
  return first && last ? [dayRange(first, last)] : [];
}

/** Runs of hours that follow each other: those around whole days are two. */
function hourRuns(cover: Cover): [string, string][] {
  const runs: [first: UtcHour, last: UtcHour][] = [];
  for (const { hour } of cover.hours) {
    const run = runs.at(-1);
    if (run && startOfUtcHour(hour) === plusMs(startOfUtcHour(run[1]), HOUR_MS)) run[1] = hour;
    else runs.push([hour, hour]);
  }
  return runs.map(([first, last]) => hourRange(first, last));
}
