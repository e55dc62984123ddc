import type { Adjustment } from "@ai-usage/client";
import type { Style } from "../context.ts";
import { percent } from "./format.ts";
import { effectiveText } from "./moments.ts";
import { type Column, fittingTable } from "./table.ts";

const columns: readonly Column<Adjustment>[] = [
  { head: "id", cell: ({ adjustment_id }) => adjustment_id },
  { head: "kind", cell: ({ kind }) => kind },
  { head: "percent", align: "right", cell: (adjustment) => percent(adjustment.percent) },
  { head: "scope", cuts: true, cell: ({ scope }) => scope },
  {
    head: "holds",
    cell: ({ effective_from, effective_to }) => effectiveText(effective_from ?? null, effective_to ?? null),
  },
  { head: "note", cuts: true, cell: ({ note }) => note ?? "" },
];

export function renderAdjustments(adjustments: readonly Adjustment[], style: Style): string {
  return adjustments.length === 0
    ? "No discounts or margins: calls cost what the lists say. Set one: ai-usage prices discount --scope service:openai --percent 10"
    : fittingTable(columns, adjustments, style);
}
