import type { BudgetHistory } from "@ai-usage/client";
import type { Style } from "../context.ts";
import { gauge } from "./bar-chart.ts";
import { quantity, share } from "./format.ts";
import { type Column, table } from "./table.ts";

type Row = BudgetHistory["periods"][number];

const GAUGE_COLUMNS = 20;

/** A row for each period, with a bar of how much of its limit was spent. */
export function renderHistory({ budget, periods }: BudgetHistory, { colors }: Style): string {
  const of = (exact: string) => quantity(budget.unit, exact);
  const has = (part: "rolled_over" | "increased") => periods.some((row) => row[part] !== "0");
  const columns: readonly Column<Row>[] = [
    { head: "period", cell: ({ id, running }) => (running ? `${id} (running)` : id) },
    { head: "budgeted", align: "right", cell: ({ budgeted }) => of(budgeted) },
    ...(has("rolled_over")
      ? [{ head: "rolled over", align: "right" as const, cell: (row: Row) => of(row.rolled_over) }]
      : []),
    ...(has("increased")
      ? [{ head: "increased", align: "right" as const, cell: (row: Row) => of(row.increased) }]
      : []),
    ...(has("rolled_over") || has("increased")
      ? [{ head: "limit", align: "right" as const, cell: (row: Row) => of(row.limit) }]
      : []),
    { head: "spent", align: "right", cell: ({ spent }) => of(spent) },
    { head: "used", align: "right", cell: ({ percent_used }) => share(percent_used) },
    { head: "", cell: ({ percent_used }) => gauge(Number(percent_used) / 100, GAUGE_COLUMNS) },
  ];
  return table(columns, periods, colors);
}
