import type { Template } from "@ai-usage/client";
import type { Style } from "../context.ts";
import { calendarText, thresholdsText } from "./budget-terms.ts";
import { quantity } from "./format.ts";
import { type Column, fittingTable } from "./table.ts";

const columns: readonly Column<Template>[] = [
  { head: "id", cell: ({ template_id }) => template_id },
  { head: "pattern", cell: ({ pattern }) => pattern },
  { head: "amount", align: "right", cell: ({ unit, amount }) => quantity(unit, amount) },
  { head: "period", cell: calendarText },
  { head: "kind", cell: ({ enforcement }) => enforcement },
  { head: "alerts at", cuts: true, cell: thresholdsText },
  { head: "name", cuts: true, cell: ({ name }) => name },
  { head: "state", cell: ({ active }) => (active ? "active" : "inactive") },
  { head: "kept by", cell: ({ managed_by = "" }) => managed_by },
];

export function renderTemplates(templates: readonly Template[], style: Style): string {
  return templates.length === 0
    ? "No templates. Make one: ai-usage budget template add --pattern 'user:*' --amount 50 --period daily"
    : fittingTable(columns, templates, style);
}
