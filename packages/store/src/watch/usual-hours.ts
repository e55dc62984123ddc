import {
  Amount,
  comparedHours,
  HOUR_MS,
  plusMs,
  quarters,
  type Scope,
  startOfUtcHour,
  type UtcHour,
  usualHour,
  utcHourOf,
} from "@ai-usage/core";
import { ItemReader } from "../item.ts";
import { bucketOfTotal, hourRange, totalPartition } from "../keys.ts";
import { queryItems } from "../query.ts";
import { readScopeSeries, readScopeTotals } from "../read-totals.ts";
import type { Table } from "../table.ts";

const KNOWN_HOURS_MAX = 5_000;

/** Sorts before the hours of all years. */
const BEFORE_ALL = "0000-00-00T00" as UtcHour;

type Usual = ReturnType<typeof usualHour>;

/** What hours of scopes cost, and cost as a rule. The latter is found out once for each hour, and remembered. */
export class UsualHours {
  readonly #table: Table;
  readonly #known = new Map<string, Usual>();

  constructor(table: Table) {
    this.#table = table;
  }

  /** Nothing while there is too little to go by. */
  async usualOf(scope: Scope, hour: UtcHour): Promise<Usual> {
    const name = `${scope}#${hour}`;
    if (this.#known.has(name)) return this.#known.get(name);
    const usual = await this.#read(scope, hour);
    if (this.#known.size >= KNOWN_HOURS_MAX) this.#known.clear();
    this.#known.set(name, usual);
    return usual;
  }

  async actualOf(scope: Scope, hour: UtcHour): Promise<Amount> {
    const { cost } = await readScopeTotals(this.#table, scope, { days: [], hours: [{ hour, quarters }] });
    return cost;
  }

  async #read(scope: Scope, hour: UtcHour): Promise<Usual> {
    const [first, last] = comparedHours(hour);
    const [costs, isOlder] = await Promise.all([
      this.#costsOf(scope, first, last),
      this.#hasHourBefore(scope, first),
    ]);
    const since = isOlder ? first : [...costs.keys()].sort()[0];
    return since && usualHour(costs, hour, since);
  }

  async #costsOf(scope: Scope, first: UtcHour, last: UtcHour): Promise<Map<UtcHour, Amount>> {
    const hours = hoursFrom(first, last).map((hour) => ({ hour, quarters }));
    const series = await readScopeSeries(this.#table, scope, { days: [], hours });
    const costs = new Map<UtcHour, Amount>();
    for (const { hour, totals } of series.quarters)
      costs.set(hour, totals.cost.plus(costs.get(hour) ?? Amount.zero));
    return costs;
  }

  async #hasHourBefore(scope: Scope, hour: UtcHour): Promise<boolean> {
    const [item] = await queryItems(this.#table, {
      partition: totalPartition(scope),
      between: hourRange(BEFORE_ALL, hour),
      limit: 1,
    });
    return item !== undefined && bucketOf(item) < hour;
  }
}

function bucketOf(item: Record<string, unknown>): string {
  const bucket = bucketOfTotal(new ItemReader(item).key());
  return bucket.kind === "hour" ? bucket.hour : bucket.date;
}

function hoursFrom(first: UtcHour, last: UtcHour): UtcHour[] {
  const hours: UtcHour[] = [];
  for (let hour = first; hour <= last; hour = utcHourOf(plusMs(startOfUtcHour(hour), HOUR_MS)))
    hours.push(hour);
  return hours;
}
