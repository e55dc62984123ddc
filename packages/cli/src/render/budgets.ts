import type { Budget } from "@ai-usage/client";
import type { Colors, Style } from "../context.ts";
import {
  calendarText,
  metadataText,
  rolloverText,
  spikeText,
  thresholdsText,
  thresholdText,
} from "./budget-terms.ts";
import { moment, printable, quantity } from "./format.ts";
import { factLines } from "./lines.ts";
import { type Column, fittingTable, table } from "./table.ts";

export const HOW_TO_CREATE =
  "No budgets. Set one: ai-usage budget create --scope global:all --amount 100 --period monthly";

const columns: readonly Column<Budget>[] = [
  { head: "id", cell: ({ budget_id }) => budget_id },
  { head: "name", cuts: true, cell: ({ name }) => name },
  { head: "scope", cell: ({ scope }) => scope },
  { head: "amount", align: "right", cell: ({ unit, amount }) => quantity(unit, amount) },
  { head: "period", cell: ({ period }) => period },
  { head: "zone", cell: ({ time_zone }) => time_zone },
  { head: "kind", cell: ({ enforcement }) => enforcement },
  { head: "alerts at", cuts: true, cell: thresholdsText },
  { head: "state", cell: ({ active }) => (active ? "active" : "inactive") },
  { head: "kept by", cell: ({ managed_by = "" }) => managed_by },
];

export function renderBudgets(budgets: readonly Budget[], style: Style): string {
  return budgets.length === 0 ? HOW_TO_CREATE : fittingTable(columns, budgets, style);
}

/** All that a budget says. */
export function renderBudget(budget: Budget, { colors }: Style): string {
  const { unit, managed_by, managed_key } = budget;
  const state = budget.active ? "" : `  ${colors.yellow("inactive")}`;
  return [
    `${colors.bold(printable(budget.name))}  ${printable(budget.scope)}  ${colors.dim(budget.budget_id)}${state}`,
    factLines(
      [
        ["amount", `${quantity(unit, budget.amount)}, ${calendarText(budget)}`],
        ["enforcement", `${budget.enforcement}; while nobody can be asked: fail ${budget.fail_mode}`],
        ["alerts at", alertsAt(budget)],
        ["rollover", rolloverText(budget)],
        ["spikes", spikeText(budget)],
        ["contact", budget.contact],
        ["metadata", metadataText(budget.metadata)],
        ["kept by", managed_by && `${managed_by}${managed_key ? ` (${managed_key})` : ""}`],
        ["created", `${moment(budget.created_at)} by ${budget.created_by}`],
        ["changed", `${moment(budget.updated_at)}, revision ${budget.revision}`],
      ],
      colors,
    ),
    ...increaseLines(budget, colors),
  ].join("\n");
}

const alertsAt = ({ thresholds, unit }: Budget): string =>
  thresholds.map((one) => `${thresholdText(one, unit)} ${one.level}`).join(", ") || "never";

const increaseColumns = (unit: Budget["unit"]): readonly Column<Budget["increases"][number]>[] => [
  { head: "  increase", cell: ({ increase_id }) => `  ${increase_id}` },
  { head: "more", align: "right", cell: ({ amount }) => quantity(unit, amount) },
  { head: "from", cell: ({ from }) => moment(from) },
  { head: "until", cell: ({ until }) => moment(until) },
  { head: "state", cell: ({ state }) => state.replace("_", " ") },
  { head: "by", cell: ({ by }) => by },
  { head: "why", cell: ({ reason }) => reason },
];

function increaseLines({ increases, unit }: Budget, colors: Colors): string[] {
  return increases.length === 0 ? [] : [table(increaseColumns(unit), increases, colors)];
}
