import { type Aggregation, Money, type UsageAnswer } from "@ai-usage/client";
import { stringify } from "csv-stringify/sync";
import { groupsOf } from "./usage-groups.ts";

const columns = [
  "group_by",
  "group",
  "cost_usd",
  "percent_of_total",
  "api_calls",
  "failed_calls",
  "unpriced_calls",
  "tokens",
  "input_tokens",
  "output_tokens",
];

/** Every group of every grouping as a row, costs to the last digit. */
export function reportToCsv(usage: UsageAnswer, groupings: readonly Aggregation[]): string {
  const total = Money.parse(usage.summary.total_cost_usd_exact);
  const rows = groupings.flatMap((grouping) =>
    groupsOf(usage, grouping).map(({ name, cost, ...counts }) => ({
      ...counts,
      group_by: grouping,
      group: name,
      cost_usd: cost.toString(),
      percent_of_total: cost.percentOf(total),
    })),
  );
  // A name that a spreadsheet would run as a formula is quoted for it: names come from whoever sends metrics.
  return stringify(rows, { header: true, columns, escape_formulas: true });
}
