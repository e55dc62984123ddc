import { Money } from "./money.ts";
import type { Calendar, PeriodKind } from "./period.ts";
import type { Scope } from "./scope.ts";
import type { Instant } from "./time.ts";
import type { Totals } from "./totals.ts";

export const thresholdLevels = ["INFO", "WARNING", "CRITICAL", "EXCEEDED"] as const;
export type ThresholdLevel = (typeof thresholdLevels)[number];

export function isAtLeastLevel(level: ThresholdLevel, minimum: ThresholdLevel): boolean {
  return thresholdLevels.indexOf(level) >= thresholdLevels.indexOf(minimum);
}

/** What a budget limits: US dollars, input and output tokens together, or calls. */
export const budgetUnits = ["usd", "tokens", "requests"] as const;
export type BudgetUnit = (typeof budgetUnits)[number];

/** An exact amount in the unit of a budget. Tokens and requests are whole. */
export type Amount = Money;
export const Amount = Money;

/** `actual`: of what was spent · `forecast`: of what will have been spent when the period ends. */
export const thresholdBases = ["actual", "forecast"] as const;
export type ThresholdBasis = (typeof thresholdBases)[number];

/** Where an alert of `level` is raised: at a percentage of the limit, plain decimal text (`"99.5"`), or at an amount. */
export interface Threshold {
  readonly at: { readonly percent: string } | { readonly amount: Amount };
  readonly on: ThresholdBasis;
  readonly level: ThresholdLevel;
}

export const defaultThresholds: readonly Threshold[] = [
  { at: { percent: "50" }, on: "actual", level: "INFO" },
  { at: { percent: "80" }, on: "actual", level: "WARNING" },
  { at: { percent: "95" }, on: "actual", level: "CRITICAL" },
  { at: { percent: "100" }, on: "actual", level: "EXCEEDED" },
];

const defaultLevels: readonly (readonly [percent: number, level: ThresholdLevel])[] = [
  [100, "EXCEEDED"],
  [95, "CRITICAL"],
  [80, "WARNING"],
];

/** The level that a threshold without one of its own gets: the highest default that it reaches. A forecast only warns. */
export function defaultLevelOf(percent: string, on: ThresholdBasis = "actual"): ThresholdLevel {
  const [, level] = defaultLevels.find(([from]) => Number(percent) >= from) ?? [0, "INFO" as const];
  return on === "forecast" && isAtLeastLevel(level, "WARNING") ? "WARNING" : level;
}

/** Names a threshold within its budget, in alert ids: `80`, `a250` (an amount), `f100` (on the forecast), `fa250`. */
export function thresholdIdOf({ at, on }: Threshold): string {
  const basis = on === "forecast" ? "f" : "";
  return "percent" in at ? `${basis}${at.percent}` : `${basis}a${at.amount}`;
}

export function thresholdAmount({ at }: Pick<Threshold, "at">, limit: Amount): Amount {
  return "percent" in at ? limit.times(at.percent).dividedBy("100") : at.amount;
}

/** `soft` alerts · `hard` refuses, too · `shadow` refuses nothing, and counts what it would have refused. */
export const enforcements = ["soft", "hard", "shadow"] as const;
export type Enforcement = (typeof enforcements)[number];

/** What becomes of calls while nobody can be asked: they are made (`open`), or not (`closed`). */
export const failModes = ["open", "closed"] as const;
export type FailMode = (typeof failModes)[number];

/** What a period leaves unused is added to the next one, `cap` at most. */
export interface Rollover {
  readonly cap: Amount;
}

/** Raises an alert when an hour costs `times` what hours of the scope usually do, and no less than `atLeast`. */
export interface SpikeWatch {
  /** Plain decimal text, above 1. */
  readonly times: string;
  readonly atLeast: Amount;
}

/** What people decide about a budget, and may change. */
export interface BudgetTerms {
  readonly name: string;
  readonly scope: Scope;
  readonly unit: BudgetUnit;
  readonly amount: Amount;
  readonly period: PeriodKind;
  readonly calendar: Calendar;
  /** In ascending order of their amounts, those on actual spending first. */
  readonly thresholds: readonly Threshold[];
  readonly enforcement: Enforcement;
  readonly failMode: FailMode;
  readonly rollover?: Rollover;
  readonly spike?: SpikeWatch;
  /** Whom to ask for more: a name, an address, a channel. */
  readonly contact?: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** More for a while: counts from `from` until `until`, and ends by itself. */
export interface TemporaryIncrease {
  readonly increaseId: string;
  readonly amount: Amount;
  readonly from: Instant;
  readonly until: Instant;
  readonly by: string;
  readonly reason: string;
}

/** What the amount was from when on, and how much could roll over. */
export interface AmountSince {
  readonly from: Instant;
  readonly amount: Amount;
  /** Absent: nothing rolls over. */
  readonly rolloverCap?: Amount;
  /** A second person let it through. */
  readonly approved?: boolean;
}

/** An amount for a scope in each period of a kind. Periods begin by the budget's own calendar. */
export interface Budget extends BudgetTerms {
  readonly budgetId: string;
  readonly active: boolean;
  /** Goes up with each change of the limit or the thresholds: a crossing of a new limit is a new alert. */
  readonly revision: number;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly updatedAt: Instant;
  /** What keeps it as it is: `template:<id>`, `code:<name of the set>`, `configure`. Absent: people do, one by one. */
  readonly managedBy?: string;
  /** What {@link managedBy} calls it: unique in there. */
  readonly managedKey?: string;
  /** The amounts it has had, oldest first; the last one is that of now. */
  readonly amounts: readonly AmountSince[];
  /** Those that have not ended long ago, oldest first. */
  readonly increases: readonly TemporaryIncrease[];
}

/** What of a scope's totals counts towards a budget of `unit`. */
export function measureOf(unit: BudgetUnit, totals: Totals): Amount {
  switch (unit) {
    case "usd":
      return totals.cost;
    case "tokens":
      return Amount.parse(String(totals.inputTokens + totals.outputTokens));
    case "requests":
      return Amount.parse(String(totals.calls));
    default:
      return unit satisfies never;
  }
}

/** For people: `$1,234.50`, `1,200 tokens`, `20 requests`. */
export function formatAmount(unit: BudgetUnit, amount: Amount): string {
  if (unit === "usd") return amount.format();
  return `${amount.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ",")} ${unit}`;
}
