import { type Aggregation, Money, type UsageAnswer } from "@ai-usage/client";
import type { Style } from "../context.ts";
import { barChart } from "./bar-chart.ts";
import { count, printable, share } from "./format.ts";
import { type Column, layOut, table } from "./table.ts";
import { type Group, groupsOf, isTime, topGroups, withoutGaps } from "./usage-groups.ts";

export interface ReportLayout {
  readonly groupings: readonly Aggregation[];
  /** What spending over time is drawn by; no charts at all when left out. */
  readonly timeUnit?: "day" | "hour";
  /** Groups to show before the others are shown as one. */
  readonly top: number;
}

/** The answer of a question about usage, for people: costs to the cent. */
export function renderReport(usage: UsageAnswer, layout: ReportLayout, style: Style): string {
  const heading = headingOf(usage, style);
  if (usage.summary.total_api_calls === 0) {
    return `${heading}\n\nNo calls were recorded then${isFiltered(usage) ? ", or none under this filter" : ""}.`;
  }
  const sections = [heading, summaryOf(usage, style)];
  if (layout.timeUnit) sections.push(timeChart(usage, layout.timeUnit, style));
  for (const grouping of layout.groupings) sections.push(...groupSections(usage, grouping, layout, style));
  return sections.filter((section) => section !== "").join("\n\n");
}

function headingOf({ query }: UsageAnswer, { colors }: Style): string {
  const { start_date, end_date, tz, service, model, operation, scope } = query;
  const days = start_date === end_date ? start_date : `${start_date} to ${end_date}`;
  const filters = Object.entries({ service, model, operation }).flatMap(([name, value]) =>
    value === null ? [] : [`${name}:${value}`],
  );
  const of = [...filters, ...(scope === null ? [] : [scope])].join(", ");
  return colors.bold(printable([`Usage ${days} (${tz})`, of].filter(Boolean).join("  ")));
}

function isFiltered({ query }: UsageAnswer): boolean {
  return [query.service, query.model, query.operation, query.scope].some((value) => value !== null);
}

function summaryOf({ summary }: UsageAnswer, { colors }: Style): string {
  const total = Money.parse(summary.total_cost_usd_exact);
  const { total_api_calls: calls, failed_calls, unpriced_calls } = summary;
  const ofCalls = [
    ...(failed_calls > 0 ? [`${count(failed_calls)} failed`] : []),
    ...(unpriced_calls > 0
      ? [colors.yellow(`${count(unpriced_calls)} without a known price, not in the cost`)]
      : []),
  ];
  const tokens = `${count(summary.input_tokens)} in, ${count(summary.output_tokens)} out`;
  return layOut(
    [
      ["Cost", colors.bold(total.format()), ""],
      ["Calls", count(calls), ofCalls.join(", ")],
      ["Tokens", count(summary.total_tokens), tokens],
      ["Per call", total.dividedBy(BigInt(calls)).format(), ""],
    ],
    ["left", "right", "left"],
  );
}

function timeChart(usage: UsageAnswer, unit: "day" | "hour", style: Style): string {
  const chart = chartOf(withoutGaps(groupsOf(usage, unit), unit), style);
  if (chart === "") return "";
  const title = unit === "day" ? "Cost by day" : `Cost by hour of the day (${usage.query.tz})`;
  return `${style.colors.bold(title)}\n${chart}`;
}

function groupSections(
  usage: UsageAnswer,
  grouping: Aggregation,
  { timeUnit, top }: ReportLayout,
  style: Style,
): string[] {
  const all = groupsOf(usage, grouping);
  const groups = isTime(grouping) ? all : topGroups(all, top);
  const total = Money.parse(usage.summary.total_cost_usd_exact);
  const listed = `${style.colors.bold(`By ${grouping}`)}\n${table(columnsOf(grouping, groups, total), groups, style.colors)}`;
  // Time is drawn above already, and a single bar says nothing.
  const drawn = timeUnit !== undefined && !isTime(grouping) && groups.length > 1;
  return drawn ? [listed, chartOf(groups, style)] : [listed];
}

function chartOf(groups: readonly Group[], style: Style): string {
  return barChart(
    groups.map(({ name, cost, cost_usd }) => ({ label: name, value: cost.format(), size: cost_usd })),
    style,
  );
}

function columnsOf(grouping: Aggregation, groups: readonly Group[], total: Money): Column<Group>[] {
  const number = (head: string, of: (group: Group) => number): Column<Group> => ({
    head,
    align: "right",
    cell: (group) => count(of(group)),
  });
  const some = (of: (group: Group) => number) => groups.some((group) => of(group) > 0);
  return [
    { head: grouping, cell: ({ name }) => name },
    { head: "cost", align: "right", cell: ({ cost }) => cost.format() },
    { head: "of total", align: "right", cell: ({ cost }) => share(cost.percentOf(total)) },
    number("calls", ({ api_calls }) => api_calls),
    ...(some(({ failed_calls }) => failed_calls)
      ? [number("failed", ({ failed_calls }) => failed_calls)]
      : []),
    ...(some(({ unpriced_calls }) => unpriced_calls)
      ? [number("unpriced", ({ unpriced_calls }) => unpriced_calls)]
      : []),
    number("tokens in", ({ input_tokens }) => input_tokens),
    number("tokens out", ({ output_tokens }) => output_tokens),
  ];
}
