import type { Budget } from "@ai-usage/client";
import { percent, quantity } from "./format.ts";

type Terms = Pick<
  Budget,
  | "unit"
  | "amount"
  | "period"
  | "time_zone"
  | "week_starts_on"
  | "fiscal_year_starts_in"
  | "thresholds"
  | "enforcement"
  | "fail_mode"
  | "rollover"
  | "spike"
  | "metadata"
>;
type ShownThreshold = Terms["thresholds"][number];

const MONTHS = ["January", "February", "March", "April", "May", "June", "July"].concat([
  "August",
  "September",
  "October",
  "November",
  "December",
]);

/** `80 %`, `$250.00`, `forecast 100 %`. */
export function thresholdText(
  { percent: share, amount, on }: Pick<ShownThreshold, "percent" | "amount" | "on">,
  unit: Terms["unit"],
): string {
  const at = share === undefined ? quantity(unit, amount) : percent(share);
  return on === "forecast" ? `forecast ${at}` : at;
}

export function thresholdsText({ thresholds, unit }: Pick<Terms, "thresholds" | "unit">): string {
  return thresholds.map((one) => thresholdText(one, unit)).join(", ") || "never";
}

/** `monthly, Europe/Berlin`, with what is unusual about weeks and years. */
export function calendarText({ period, time_zone, week_starts_on, fiscal_year_starts_in }: Terms): string {
  return [
    period,
    time_zone,
    ...(period === "weekly" && week_starts_on !== "monday" ? [`from ${week_starts_on}`] : []),
    ...(fiscal_year_starts_in !== 1 && (period === "quarterly" || period === "yearly")
      ? [`fiscal year from ${MONTHS[fiscal_year_starts_in - 1]}`]
      : []),
  ].join(", ");
}

export function rolloverText({ rollover, unit }: Pick<Terms, "rollover" | "unit">): string | undefined {
  return rollover && `up to ${quantity(unit, rollover.cap)}`;
}

export function spikeText({ spike }: Pick<Terms, "spike">): string | undefined {
  return spike && `an hour at ${spike.times} times the usual, ${quantity("usd", spike.at_least)} at least`;
}

export function metadataText(metadata: Terms["metadata"]): string {
  return Object.entries(metadata)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
}
