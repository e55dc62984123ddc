import type { Alert, ThresholdAlert, UnpricedModelAlert } from "@ai-usage/client";
import type { Colors, Style } from "../context.ts";
import { count, moment, money, percent } from "./format.ts";
import { type Column, table } from "./table.ts";

const thresholdColumns: readonly Column<ThresholdAlert>[] = [
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

const unpricedColumns: readonly Column<UnpricedModelAlert>[] = [
  { head: "raised", cell: ({ raised_at }) => moment(raised_at) },
  { head: "level", cell: ({ level }) => level },
  { head: "service", cell: ({ service }) => service },
  { head: "no price for", cell: ({ model, operation }) => model ?? operation },
  { head: "calls", align: "right", cell: ({ unpriced_calls }) => count(unpriced_calls) },
  { head: "on", cell: ({ call_date }) => call_date },
  { head: "since", cell: ({ first_date }) => first_date },
  { head: "told", cell: toldOf },
];

/** A table for each kind that there is, its newest alert first. */
export function renderAlerts(alerts: readonly Alert[], { colors }: Style): string {
  if (alerts.length === 0) {
    return "No alerts: no budget has reached a threshold, and no call without a price was seen.";
  }
  const { thresholds, unpriced } = byKind(alerts);
  const tables = [
    ...(thresholds.length > 0 ? [table(thresholdColumns, thresholds, colors)] : []),
    ...(unpriced.length > 0 ? [table(unpricedColumns, unpriced, colors)] : []),
  ];
  return paintLevels(tables.join("\n\n"), colors);
}

function byKind(alerts: readonly Alert[]) {
  const thresholds: ThresholdAlert[] = [];
  const unpriced: UnpricedModelAlert[] = [];
  for (const alert of alerts) {
    switch (alert.kind) {
      case "budget_threshold":
        thresholds.push(alert);
        break;
      case "unpriced_model":
        unpriced.push(alert);
        break;
      default:
        alert satisfies never;
    }
  }
  return { thresholds, unpriced };
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
