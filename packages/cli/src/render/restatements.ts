import type { Instant, Restatement, RestatementReport } from "@ai-usage/client";
import type { Style } from "../context.ts";
import { gauge } from "./bar-chart.ts";
import { signedMoney } from "./exact-money.ts";
import { count, moment } from "./format.ts";
import { type Column, fittingTable } from "./table.ts";

const GAUGE_COLUMNS = 20;

/** `████░░░░ 12 of 24 steps, 34,567 calls seen, +$1.20` */
export function progressLine(
  { progress, difference_usd, starts_at, dry_run }: RestatementReport,
  { now, isInterrupted }: { now: Instant; isInterrupted: boolean },
): string {
  const { steps_done, steps_total, metrics_seen } = progress;
  if (isInterrupted) return "the connection is lost; it goes on, and is asked about again";
  if (now < starts_at) return "waiting until every function has the prices of now";
  if (steps_total === null) return "counting what there is";
  const part = steps_total === 0 ? 1 : steps_done / steps_total;
  const difference = `${signedMoney(difference_usd)}${dry_run ? " it would be" : ""}`;
  return [
    `${gauge(part, GAUGE_COLUMNS)} ${steps_done} of ${steps_total} steps`,
    `${count(metrics_seen)} seen`,
    difference,
  ].join(", ");
}

/** Which calls are meant, besides their days; empty where it is all of them. */
export function selectionOf({ service, model, only_unpriced }: Restatement): string {
  const parts = [
    ...(service === null ? [] : [`service:${service}`]),
    ...(model === null ? [] : [`model:${model}`]),
    ...(only_unpriced ? ["calls without a price"] : []),
  ];
  return parts.join(", ");
}

const listColumns: readonly Column<Restatement>[] = [
  { head: "id", cell: ({ restatement_id }) => restatement_id },
  { head: "begun", cell: ({ created_at }) => moment(created_at) },
  { head: "state", cell: ({ state, dry_run }) => `${state}${dry_run ? ", dry run" : ""}` },
  { head: "days", cell: ({ from, to }) => `${from} to ${to}` },
  { head: "of", cuts: true, cell: selectionOf },
];

export function renderRestatements(restatements: readonly Restatement[], style: Style): string {
  return restatements.length === 0
    ? "No restatements. See what one would change: ai-usage prices restate --from … --to … --dry-run"
    : fittingTable(listColumns, restatements, style);
}
