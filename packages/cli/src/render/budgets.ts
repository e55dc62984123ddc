import type { Budget, BudgetStatus } from "@ai-usage/client";
import type { Colors, Style } from "../context.ts";
import { gauge } from "./bar-chart.ts";
import { count, money, percent, printable, timeLeft } from "./format.ts";
import { type Column, table } from "./table.ts";

const HOW_TO_CREATE =
  "No budgets. Set one: ai-usage budget create --scope global:all --amount 100 --period monthly";

const columns: readonly Column<Budget>[] = [
  { head: "id", cell: ({ budget_id }) => budget_id },
  { head: "name", cell: ({ name }) => name },
  { head: "scope", cell: ({ scope }) => scope },
  { head: "amount", align: "right", cell: ({ amount }) => money(amount) },
  { head: "period", cell: ({ period }) => period },
  { head: "zone", cell: ({ time_zone }) => time_zone },
  { head: "alerts at", cell: ({ thresholds }) => percent(thresholds.map((one) => one.percent).join(", ")) },
  { head: "state", cell: ({ active }) => (active ? "active" : "inactive") },
];

export function renderBudgets(budgets: readonly Budget[], { colors }: Style): string {
  return budgets.length === 0 ? HOW_TO_CREATE : table(columns, budgets, colors);
}

export function renderStatuses(statuses: readonly BudgetStatus[], { colors }: Style): string {
  if (statuses.length === 0) return HOW_TO_CREATE;
  return statuses.map((status) => statusLines(status, colors)).join("\n\n");
}

const GAUGE_COLUMNS = 24;

function statusLines(status: BudgetStatus, colors: Colors): string {
  const { budget, percent_used, period } = status;
  // A percentage, for the length and colour of a bar: amounts stay text.
  const used = Number(percent_used);
  const paint = used >= 100 ? colors.red : used >= 80 ? colors.yellow : colors.green;
  const left = status.exceeded ? `${money(status.overage)} over` : `${money(status.remaining)} left`;
  return [
    `${colors.bold(printable(budget.name))}  ${printable(budget.scope)}  ${period.id}  ${colors.dim(budget.budget_id)}`,
    `${paint(gauge(used / 100, GAUGE_COLUMNS))} ${percent(percent_used)}`,
    `${money(status.spent)} of ${money(status.amount)} spent, ${left}, resets in ${timeLeft(status.hours_until_reset)}`,
    ...(status.unpriced_calls > 0
      ? [`calls without a known price, not in this: ${count(status.unpriced_calls)}`]
      : []),
  ].join("\n  ");
}
