import type { Alert } from "@ai-usage/client";
import type { Colors, Style } from "../context.ts";
import { moment, money, percent } from "./format.ts";
import { type Column, table } from "./table.ts";

const columns: readonly Column<Alert>[] = [
  { head: "raised", cell: ({ raised_at }) => moment(raised_at) },
  { head: "level", cell: ({ level }) => level },
  { head: "at", align: "right", cell: ({ threshold_percent }) => percent(threshold_percent) },
  { head: "spent", align: "right", cell: ({ spent }) => money(spent) },
  { head: "of", align: "right", cell: ({ amount }) => money(amount) },
  { head: "budget", cell: ({ budget_name }) => budget_name },
  { head: "scope", cell: ({ scope }) => scope },
  { head: "period", cell: ({ period }) => period.id },
  { head: "told", cell: toldOf },
];

export function renderAlerts(alerts: readonly Alert[], { colors }: Style): string {
  if (alerts.length === 0) return "No alerts: no budget has reached a threshold.";
  return paintLevels(table(columns, alerts, colors), colors);
}

function toldOf({ deliveries, notify }: Alert): string {
  if (deliveries.length === 0) return notify ? "not yet" : "with a higher one";
  return deliveries.map(({ channel, state }) => `${channel} ${state}`).join(", ");
}

function paintLevels(text: string, colors: Colors): string {
  return text
    .replaceAll(/\b(EXCEEDED|CRITICAL)\b/g, (level) => colors.red(level))
    .replaceAll(/\bWARNING\b/g, (level) => colors.yellow(level));
}
