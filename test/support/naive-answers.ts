import type { UsageQuestion, UsageReport } from "@ai-usage/core";
import { Decimal } from "decimal.js";
import type { Item } from "./items.ts";
import { rawScopesOf } from "./naive-totals.ts";

// What a question about raw metrics must be answered, the slow way: every metric is looked at, zones are Intl's.

const Exact = Decimal.clone({ precision: 60 });

/** Calls and exact cost of each group, by aggregation and name. */
export interface NaiveAnswer {
  readonly summary: string;
  readonly groups: Record<string, Record<string, string>>;
}

export function naiveAnswer(metrics: readonly Item[], question: UsageQuestion): NaiveAnswer {
  const meant = metrics.filter((metric) => isMeant(metric, question));
  const groups = Object.fromEntries(
    question.aggregations.map((aggregation) => {
      const names = [
        ...new Set(meant.map((metric) => nameIn(metric, aggregation, question.timeZone))),
      ].sort();
      const members = (name: string) =>
        meant.filter((metric) => nameIn(metric, aggregation, question.timeZone) === name);
      return [aggregation, Object.fromEntries(names.map((name) => [name, summed(members(name))]))];
    }),
  );
  return { summary: summed(meant), groups };
}

/** A report in the same words. */
export function inNaiveWords(report: UsageReport): NaiveAnswer {
  const words = ({ calls, cost }: UsageReport["summary"]) => `${calls} calls, ${cost}`;
  return {
    summary: words(report.summary),
    groups: Object.fromEntries(
      [...report.groups].map(([aggregation, groups]) => [
        aggregation,
        Object.fromEntries([...groups].map(([name, { totals }]) => [name, words(totals)])),
      ]),
    ),
  };
}

function summed(metrics: readonly Item[]): string {
  const calls = metrics.reduce((sum, metric) => sum + Number(String(metric.call_count ?? 1)), 0);
  const cost = metrics.reduce((sum, metric) => sum.plus(String(metric.cost_usd ?? 0)), new Exact(0));
  return `${calls} calls, ${cost.toFixed()}`;
}

function isMeant(metric: Item, { firstDate, lastDate, timeZone, filter }: UsageQuestion): boolean {
  const { date } = clockOf(metric, timeZone);
  const { scope, ...fields } = filter;
  return (
    firstDate <= date &&
    date <= lastDate &&
    (scope === undefined || rawScopesOf(metric).includes(scope)) &&
    Object.entries(fields).every(([field, value]) => value === undefined || metric[field] === value)
  );
}

function nameIn(metric: Item, aggregation: string, timeZone: string): string {
  if (aggregation === "day") return clockOf(metric, timeZone).date;
  if (aggregation === "hour") return clockOf(metric, timeZone).hour;
  if (aggregation === "operation") return String(metric.operation);
  const scope = rawScopesOf(metric).find((one) => one.startsWith(`${aggregation}:`));
  return scope === undefined ? "(none)" : scope.slice(aggregation.length + 1);
}

function clockOf(metric: Item, timeZone: string): { date: string; hour: string } {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    hourCycle: "h23",
  });
  const parts = new Map(
    format.formatToParts(new Date(String(metric.timestamp))).map(({ type, value }) => [type, value]),
  );
  return {
    date: `${parts.get("year")}-${parts.get("month")}-${parts.get("day")}`,
    hour: parts.get("hour") ?? "",
  };
}
