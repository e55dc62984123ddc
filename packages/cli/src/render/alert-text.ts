import type { Alert, BudgetAlert } from "@ai-usage/client";
import type { Colors } from "../context.ts";
import { percent, quantity } from "./format.ts";

/** What happened, in a few words: `80 %`, `forecast 100 %`, `below 80 % again`, `$12.00 in an hour, usually $1.00`. */
export function alertText(alert: Alert): string {
  switch (alert.kind) {
    case "budget_threshold":
      return thresholdOf(alert);
    case "budget_forecast":
      return `forecast ${thresholdOf(alert)}`;
    case "budget_recovered":
      return `below ${thresholdOf(alert)} again`;
    case "cost_spike":
      return `${quantity("usd", alert.actual)} in an hour, usually ${quantity("usd", alert.usual)}`;
    case "unpriced_model":
      return `no price for ${alert.model ?? alert.operation}`;
    default:
      return alert satisfies never;
  }
}

function thresholdOf({
  unit,
  threshold_percent,
  threshold_amount,
}: Exclude<BudgetAlert, { kind: "cost_spike" }>): string {
  return threshold_percent === undefined ? quantity(unit, threshold_amount) : percent(threshold_percent);
}

/** Through which channels people were told, and what became of it. */
export function toldOf({ deliveries, notify, state }: Alert): string {
  if (deliveries.length > 0) return deliveries.map((one) => `${one.channel} ${one.state}`).join(", ");
  if (!notify) return "with a higher one";
  return state === "open" ? "not yet" : "nobody";
}

/** Levels and states that want attention, in colour. */
export function paintLevels(text: string, colors: Colors): string {
  return text
    .replaceAll(/\b(EXCEEDED|CRITICAL|failed)\b/g, (word) => colors.red(word))
    .replaceAll(/\bWARNING\b/g, (word) => colors.yellow(word));
}
