import { type NamedDimension, type Scope, scopeValueOf } from "./scope.ts";
import {
  localDateOf,
  localHourOf,
  plusMs,
  QUARTER_MS,
  type Quarter,
  startOfUtcDate,
  startOfUtcHour,
  type UtcDate,
  type UtcHour,
} from "./time.ts";
import { addTotals, subtractTotals, sumTotals, type Totals, zeroTotals } from "./totals.ts";
import type { Aggregation, UsagePlan, UsageQuestion } from "./usage-question.ts";

/** One cell of the cube: what one service, model and operation came to on one UTC day. */
export interface CubeCell {
  readonly date: UtcDate;
  readonly service: string;
  /** Empty where the service has no models. */
  readonly model: string;
  readonly operation: string;
  readonly totals: Totals;
}

/** Totals of a scope over a stretch of time, in the buckets they are stored in. */
export interface ScopeSeries {
  readonly days: ReadonlyMap<UtcDate, Totals>;
  readonly quarters: readonly {
    readonly hour: UtcHour;
    readonly quarter: Quarter;
    readonly totals: Totals;
  }[];
}

/** What the plan of a question said to read. */
export interface UsageData {
  readonly cube?: readonly CubeCell[];
  readonly series?: ScopeSeries;
  readonly dimensions: ReadonlyMap<NamedDimension, ReadonlyMap<Scope, Totals>>;
}

/** A line of an answer: totals, and which services, models and operations are in them where that is known. */
export interface UsageGroup {
  readonly totals: Totals;
  readonly services?: readonly string[];
  readonly models?: readonly string[];
  readonly operations?: readonly string[];
}

export interface UsageReport {
  readonly summary: Totals;
  /** Groups of each aggregation asked for, in the order of their names. */
  readonly groups: ReadonlyMap<Aggregation, ReadonlyMap<string, UsageGroup>>;
}

/** Calls without a value in a dimension: the groups of every aggregation add up to the summary. */
export const NO_VALUE = "(none)";

export function usageReport(question: UsageQuestion, plan: UsagePlan, data: UsageData): UsageReport {
  const cells = data.cube?.filter((cell) => matches(cell, question.filter));
  const summary = cells ? sumTotals(cells.map(({ totals }) => totals)) : seriesTotals(data.series);
  const groups = new Map<Aggregation, ReadonlyMap<string, UsageGroup>>();
  for (const aggregation of question.aggregations) {
    groups.set(aggregation, groupsOf(aggregation, question, plan, { ...data, cube: cells }, summary));
  }
  return { summary, groups };
}

function groupsOf(
  aggregation: Aggregation,
  question: UsageQuestion,
  plan: UsagePlan,
  data: UsageData,
  summary: Totals,
): ReadonlyMap<string, UsageGroup> {
  const dimension = plan.dimensions.find((one) => one === aggregation);
  if (dimension) return dimensionGroups(data.dimensions.get(dimension) ?? new Map(), summary);
  if (aggregation === "hour") {
    return seriesGroups(data.series, (at) => String(localHourOf(at, question.timeZone)).padStart(2, "0"));
  }
  if (data.cube) return cubeGroups(data.cube, aggregation);
  return seriesGroups(data.series, (at) => localDateOf(at, question.timeZone));
}

function matches(cell: CubeCell, filter: UsageQuestion["filter"]): boolean {
  return (
    (filter.service === undefined || filter.service === cell.service) &&
    (filter.model === undefined || filter.model === cell.model) &&
    (filter.operation === undefined || filter.operation === cell.operation)
  );
}

function cubeGroups(cells: readonly CubeCell[], aggregation: Aggregation): Map<string, UsageGroup> {
  const byName = new Map<string, CubeCell[]>();
  for (const cell of cells) {
    const name = cellName(cell, aggregation);
    byName.set(name, [...(byName.get(name) ?? []), cell]);
  }
  return sortedMap(
    [...byName].map(([name, members]) => [
      name,
      {
        totals: sumTotals(members.map(({ totals }) => totals)),
        services: distinct(members.map(({ service }) => service)),
        models: distinct(members.map(({ model }) => model).filter((model) => model !== "")),
        operations: distinct(members.map(({ operation }) => operation)),
      },
    ]),
  );
}

function cellName(cell: CubeCell, aggregation: Aggregation): string {
  switch (aggregation) {
    case "service":
      return cell.service;
    case "model":
      return cell.model || NO_VALUE;
    case "operation":
      return cell.operation;
    default:
      return cell.date;
  }
}

function seriesGroups(
  series: ScopeSeries | undefined,
  nameOf: (at: ReturnType<typeof startOfUtcDate>) => string,
): Map<string, UsageGroup> {
  const sums = new Map<string, Totals>();
  const add = (name: string, totals: Totals) =>
    sums.set(name, addTotals(sums.get(name) ?? zeroTotals, totals));
  for (const [date, totals] of series?.days ?? []) add(nameOf(startOfUtcDate(date)), totals);
  for (const { hour, quarter, totals } of series?.quarters ?? []) {
    if (totals.calls !== 0) add(nameOf(plusMs(startOfUtcHour(hour), quarter * QUARTER_MS)), totals);
  }
  return sortedMap([...sums].map(([name, totals]) => [name, { totals }]));
}

function dimensionGroups(byScope: ReadonlyMap<Scope, Totals>, summary: Totals): Map<string, UsageGroup> {
  const groups: [string, UsageGroup][] = [...byScope]
    .filter(([scope, totals]) => totals.calls !== 0 && scopeValueOf(scope) !== NO_VALUE)
    .map(([scope, totals]) => [scopeValueOf(scope), { totals }]);
  const rest = subtractTotals(summary, sumTotals(groups.map(([, { totals }]) => totals)));
  if (rest.calls > 0) groups.push([NO_VALUE, { totals: rest }]);
  return sortedMap(groups);
}

function seriesTotals(series: ScopeSeries | undefined): Totals {
  if (!series) return zeroTotals;
  return sumTotals([...series.days.values(), ...series.quarters.map(({ totals }) => totals)]);
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

function sortedMap<T>(entries: readonly [string, T][]): Map<string, T> {
  return new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
