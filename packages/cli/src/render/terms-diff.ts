import type { Budget } from "@ai-usage/client";
import type { Colors } from "../context.ts";
import { metadataText } from "./budget-terms.ts";
import { exactMoney } from "./exact-money.ts";
import { percent, printable } from "./format.ts";
import { layOut } from "./table.ts";

/** Terms as the API answers them, or as they are asked for. */
export type ShownTerms = Pick<
  Budget,
  | "name"
  | "unit"
  | "amount"
  | "period"
  | "time_zone"
  | "week_starts_on"
  | "fiscal_year_starts_in"
  | "enforcement"
  | "fail_mode"
  | "rollover"
  | "spike"
  | "contact"
  | "metadata"
> & {
  readonly thresholds: readonly ShownThreshold[];
  readonly scope?: string;
  readonly pattern?: string;
  readonly active?: boolean;
};

/** With an amount where it has no percentage. */
interface ShownThreshold {
  readonly percent?: string;
  readonly amount?: string;
  readonly on: string;
  readonly level: string;
}

const exact = (unit: Budget["unit"], amount: string): string =>
  unit === "usd" ? exactMoney(amount) : `${amount} ${unit}`;

/** In words that differ whenever the terms do: every digit, every level. */
const texts = {
  pattern: ({ pattern }) => pattern,
  scope: ({ scope }) => scope,
  name: ({ name }) => name,
  unit: ({ unit }) => unit,
  amount: ({ unit, amount }) => exact(unit, amount),
  period: ({ period }) => period,
  calendar: (terms) =>
    [
      terms.time_zone,
      ...(terms.week_starts_on === "monday" ? [] : [`weeks from ${terms.week_starts_on}`]),
      ...(terms.fiscal_year_starts_in === 1 ? [] : [`years from month ${terms.fiscal_year_starts_in}`]),
    ].join(", "),
  thresholds: ({ thresholds, unit }) =>
    thresholds.map((one) => `${thresholdAt(one, unit)} ${one.level}`).join(", ") || "never",
  enforcement: ({ enforcement }) => enforcement,
  failMode: ({ fail_mode }) => fail_mode,
  rollover: ({ rollover, unit }) => rollover && `up to ${exact(unit, rollover.cap)}`,
  spike: ({ spike }) => spike && `${spike.times} times the usual, ${exactMoney(spike.at_least)} at least`,
  contact: ({ contact }) => contact,
  metadata: ({ metadata }) => metadataText(metadata) || undefined,
  active: ({ active }) => (active === undefined ? undefined : active ? "active" : "inactive"),
} as const satisfies Record<string, (terms: ShownTerms) => string | undefined>;

export type ShownTerm = keyof typeof texts;

const labels: Record<ShownTerm, string> = {
  pattern: "pattern",
  scope: "scope",
  name: "name",
  unit: "unit",
  amount: "amount",
  period: "period",
  calendar: "calendar",
  thresholds: "alerts at",
  enforcement: "enforcement",
  failMode: "fail mode",
  rollover: "rollover",
  spike: "spikes",
  contact: "contact",
  metadata: "metadata",
  active: "state",
};

function thresholdAt({ percent: share, amount = "0", on }: ShownThreshold, unit: Budget["unit"]): string {
  const at = share === undefined ? exact(unit, amount) : percent(share);
  return on === "forecast" ? `forecast ${at}` : at;
}

const allTerms = Object.keys(texts) as ShownTerm[];

/** Terms that read otherwise in the one than in the other. */
export function differingTerms(before: ShownTerms, after: ShownTerms): ShownTerm[] {
  return allTerms.filter((term) => texts[term](before) !== texts[term](after));
}

/** One line a term: `amount  $100.00 → $150.00`; those that there are where there is nothing to compare with. */
export function termLines(
  terms: readonly ShownTerm[] | "all",
  { before, after }: { readonly before?: ShownTerms; readonly after: ShownTerms },
  colors: Colors,
): string {
  const rows = (terms === "all" ? allTerms : terms).flatMap((term) => {
    const is = texts[term](after);
    const was = before && texts[term](before);
    if (before === undefined && is === undefined) return [];
    const value = before === undefined ? (is ?? "") : `${was ?? "none"} → ${is ?? "none"}`;
    return [[`    ${colors.dim(labels[term])}`, printable(value)]];
  });
  return rows.length === 0 ? "" : layOut(rows, ["left", "left"]);
}
