import { type BudgetStatus, epochMsOf, type Instant, parseInstant } from "@ai-usage/client";
import type { Colors, Style } from "../context.ts";
import { blocks } from "./bar-chart.ts";
import { HOW_TO_CREATE } from "./budgets.ts";
import { count, moment, percent, printable, quantity, timeLeft } from "./format.ts";

const GAUGE_COLUMNS = 24;
const HOUR_MS = 3_600_000;

interface StatusStyle extends Style {
  readonly now: Instant;
}

export function renderStatuses(statuses: readonly BudgetStatus[], style: StatusStyle): string {
  if (statuses.length === 0) return HOW_TO_CREATE;
  return statuses.map((status) => statusLines(status, style)).join("\n\n");
}

function statusLines(status: BudgetStatus, { colors, now }: StatusStyle): string {
  const { budget, period, unpriced_calls } = status;
  const kind = budget.enforcement === "soft" ? "" : `  ${budget.enforcement}`;
  return [
    `${colors.bold(printable(budget.name))}  ${printable(budget.scope)}  ${period.id}${kind}  ${colors.dim(budget.budget_id)}`,
    `${fullnessBar(status, colors)} ${percent(status.percent_used)}`,
    spentLine(status),
    ...limitLines(status),
    ...projectionLines(status, now, colors),
    ...(unpriced_calls > 0 ? [`calls without a known price, not in this: ${count(unpriced_calls)}`] : []),
    ...refusedLines(status),
  ].join("\n  ");
}

/** What is spent, what is reserved (`▒`) and what is left. */
function fullnessBar({ percent_used, reserved, limit }: BudgetStatus, colors: Colors): string {
  // A percentage, for the length and colour of a bar: amounts stay text.
  const used = Number(percent_used);
  const paint = used >= 100 ? colors.red : used >= 80 ? colors.yellow : colors.green;
  const spent = blocks(used / 100, GAUGE_COLUMNS);
  const part = Number(limit) > 0 ? Number(reserved) / Number(limit) : 0;
  const columns = part > 0 ? Math.max(1, Math.round(part * GAUGE_COLUMNS)) : 0;
  return paint((spent + "▒".repeat(columns)).slice(0, GAUGE_COLUMNS).padEnd(GAUGE_COLUMNS, "░"));
}

function spentLine({ budget: { unit }, ...status }: BudgetStatus): string {
  const of = (exact: string) => quantity(unit, exact);
  const isReserved = status.reserved !== "0";
  return [
    `${of(status.spent)} of ${of(status.limit)} spent`,
    ...(isReserved ? [`${of(status.reserved)} reserved`] : []),
    status.overage === "0" ? `${of(status.remaining)} left` : `${of(status.overage)} over`,
    `resets in ${timeLeft(status.hours_until_reset)}`,
  ].join(", ");
}

/** Only where the limit is not just the amount. */
function limitLines({ budget: { unit }, limit_parts }: BudgetStatus): string[] {
  const { amount, rolled_over, increased } = limit_parts;
  if (rolled_over === "0" && increased === "0") return [];
  const parts = [
    quantity(unit, amount),
    ...(rolled_over === "0" ? [] : [`${quantity(unit, rolled_over)} rolled over`]),
    ...(increased === "0" ? [] : [`${quantity(unit, increased)} more for a while`]),
  ];
  return [`the limit is ${parts.join(" + ")}`];
}

function projectionLines(
  { budget: { unit }, exceeded, projected }: BudgetStatus,
  now: Instant,
  colors: Colors,
): string[] {
  if (projected === undefined || projected.per_hour === "0") return [];
  const { spent, per_hour, exhausted_at } = projected;
  const pace = `at ${quantity(unit, rounded(unit, per_hour))} an hour it will be ${quantity(unit, rounded(unit, spent))} at the end`;
  if (exhausted_at === undefined || exceeded) return [pace];
  const hours = (epochMsOf(parseInstant(exhausted_at)) - epochMsOf(now)) / HOUR_MS;
  return [`${pace}, ${colors.yellow(`used up in ${timeLeft(Math.max(0, hours))}, ${moment(exhausted_at)}`)}`];
}

/** A forecast of tokens or requests has no use for fractions. */
function rounded(unit: BudgetStatus["budget"]["unit"], exact: string): string {
  return unit === "usd" ? exact : (exact.split(".")[0] ?? exact);
}

function refusedLines({ budget: { unit }, would_have_refused: refused }: BudgetStatus): string[] {
  if (refused === undefined) return [];
  return [
    `it would have refused ${count(refused.calls)} calls, which asked for ${quantity(unit, refused.amount)}`,
  ];
}
