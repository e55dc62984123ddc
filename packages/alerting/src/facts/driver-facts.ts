import { type Alert, type AlertDrivers, type DriverDimension, utcDateOf } from "@ai-usage/core";
import type { DriverFacts } from "./alert-facts.ts";
import { amountText, countText, day } from "./words.ts";

const titles: Record<DriverDimension, string> = {
  model: "Models",
  user: "Users",
  job: "Jobs",
  feature: "Features",
  operation: "Operations",
};

/** Who drove what `alert` tells of, and how that is known. Calls without a name in a dimension are not in its list. */
export function driverFacts({ unit, range, groups }: AlertDrivers, alert: Alert): DriverFacts[] {
  return groups
    .filter(({ drivers }) => drivers.length > 0)
    .map(({ dimension, drivers, sampledCalls }) => ({
      title: titles[dimension],
      basis: sampledCalls === undefined ? exactBasis(range.start, alert) : sampleBasis(sampledCalls, alert),
      rows: drivers.map(({ name, amount, share }) => ({ name, amount: amountText(unit, amount), share })),
    }));
}

function exactBasis(start: AlertDrivers["range"]["start"], alert: Alert): string {
  if (alert.kind === "cost_spike") return "in that hour";
  const isWhole = !("period" in alert) || alert.period.start === start;
  return isWhole ? "in this period" : `since ${day(utcDateOf(start))}`;
}

function sampleBasis(calls: number, alert: Alert): string {
  if (alert.kind === "unpriced_model") return `among ${countText(calls, "call")} without a price`;
  return calls === 1 ? "by the latest call" : `among the latest ${countText(calls, "call")}`;
}
