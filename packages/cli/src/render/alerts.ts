import type { Alert, BudgetAlert, UnpricedModelAlert } from "@ai-usage/client";
import type { Style } from "../context.ts";
import { alertText, paintLevels, toldOf } from "./alert-text.ts";
import { count, moment, quantity } from "./format.ts";
import { type Column, fittingTable } from "./table.ts";

const firstColumns: readonly Column<Alert>[] = [
  { head: "raised", cell: ({ raised_at }) => moment(raised_at) },
  { head: "level", cell: ({ level }) => level },
  { head: "state", cell: stateOf },
];

const lastColumns: readonly Column<Alert>[] = [
  { head: "told", cuts: true, cell: toldOf },
  { head: "id", cell: ({ alert_id }) => alert_id },
];

const budgetColumns: readonly Column<BudgetAlert>[] = [
  ...firstColumns,
  { head: "at", cell: alertText },
  { head: "spent", align: "right", cell: ({ unit, spent }) => quantity(unit, spent) },
  { head: "of", align: "right", cell: ({ unit, amount }) => quantity(unit, amount) },
  { head: "budget", cuts: true, cell: ({ budget_name }) => budget_name },
  { head: "scope", cell: ({ scope }) => scope },
  { head: "period", cell: ({ period }) => period.id },
  ...lastColumns,
];

const unpricedColumns: readonly Column<UnpricedModelAlert>[] = [
  ...firstColumns,
  { head: "service", cell: ({ service }) => service },
  { head: "no price for", cell: ({ model, operation }) => model ?? operation },
  { head: "calls", align: "right", cell: ({ unpriced_calls }) => count(unpriced_calls) },
  { head: "on", cell: ({ call_date }) => call_date },
  { head: "since", cell: ({ first_date }) => first_date },
  ...lastColumns,
];

/**
 * A table of what budgets alert of, and one of what has no price; the newest first in each.
 * @param isChosen whether only some were asked for
 */
export function renderAlerts(alerts: readonly Alert[], isChosen: boolean, style: Style): string {
  if (alerts.length === 0) {
    return isChosen
      ? "No such alerts."
      : "No alerts: no budget has reached a threshold, and no call without a price was seen.";
  }
  const unpriced = alerts.filter((alert) => alert.kind === "unpriced_model");
  const ofBudgets = alerts.filter((alert) => alert.kind !== "unpriced_model");
  const tables = [
    ...(ofBudgets.length > 0 ? [fittingTable(budgetColumns, ofBudgets, style)] : []),
    ...(unpriced.length > 0 ? [fittingTable(unpricedColumns, unpriced, style)] : []),
  ];
  return paintLevels(tables.join("\n\n"), style.colors);
}

function stateOf({ state, snoozed_until }: Alert): string {
  return state === "open" && snoozed_until !== undefined ? `snoozed until ${moment(snoozed_until)}` : state;
}
