import {
  affectedPeriods,
  type Budget,
  HOUR_MS,
  type Instant,
  type Period,
  periodAt,
  plusMs,
  startOfUtcHour,
  thresholdIdOf,
  type UtcHour,
} from "@ai-usage/core";
import type { BudgetNews, TotalNews } from "./budget-news.ts";
import type { Crossings } from "./recoveries.ts";

/**
 * Which alerts may be no longer so. A forecast falls with every hour in which nothing is spent: that alone is no reason to
 * say that it is over, so it is left out (`crossings`) where neither the limit nor what was spent has been changed.
 */
const recoverables = ["nothing", "crossings", "everything"] as const;
type Recoverable = (typeof recoverables)[number];

const moreOf = (a: Recoverable, b: Recoverable): Recoverable =>
  recoverables.indexOf(a) >= recoverables.indexOf(b) ? a : b;

/** A budget that is to be looked at in a period. */
export interface BudgetCheck {
  readonly budget: Budget;
  readonly period: Period;
  /** Whether what alerts told of may be no longer so. */
  readonly recoverable: Recoverable;
  /** Thresholds that it had before, and has perhaps no more. */
  readonly formerThresholdIds: readonly string[];
}

/** A budget that watches out for spikes, and an hour of its scope that changed. */
export interface HourCheck {
  readonly budget: Budget;
  readonly hour: UtcHour;
}

/** Alerts of so many revisions back are found: one that was raised stands for some few changes of the limit at most. */
const REVISIONS_LOOKED_BACK = 20;

/** Where the alerts of a check may be. */
export function crossingsOf({ budget, period, formerThresholdIds }: BudgetCheck): Crossings {
  const thresholdIds = new Set([...budget.thresholds.map(thresholdIdOf), ...formerThresholdIds]);
  const count = Math.min(budget.revision, REVISIONS_LOOKED_BACK + 1);
  const revisions = Array.from({ length: count }, (_, back) => budget.revision - back);
  return { budget, period, thresholdIds: [...thresholdIds], revisions };
}

/**
 * What to look at after `news`. News may be old: what counts is each budget as it is now.
 *
 * @param budgets active ones of the scopes that the news is about
 */
export function checksAfter(news: BudgetNews, budgets: readonly Budget[], now: Instant): BudgetCheck[] {
  const checks = new Map<string, BudgetCheck>();
  const add = (check: Omit<BudgetCheck, "formerThresholdIds"> & Partial<BudgetCheck>) => {
    const { budget, period } = check;
    // What was spent in periods before there was a budget is nobody's overspending; of minutes nobody knows what was.
    if (period.end <= budget.createdAt || period.kind === "minutely") return;
    const name = `${budget.budgetId}#${period.id}`;
    const known = checks.get(name);
    checks.set(name, {
      budget,
      period,
      recoverable: moreOf(check.recoverable, known?.recoverable ?? "nothing"),
      formerThresholdIds: [...(known?.formerThresholdIds ?? []), ...(check.formerThresholdIds ?? [])],
    });
  };
  for (const total of news.totals) {
    for (const budget of budgets.filter(({ scope }) => scope === total.scope))
      for (const check of checksOfTotal(total, budget, now)) add(check);
  }
  const byId = new Map(budgets.map((budget) => [budget.budgetId, budget]));
  for (const { before, after } of news.budgets) {
    const budget = byId.get(after.budgetId);
    if (budget === undefined) continue;
    const formerThresholdIds = before?.thresholds.map(thresholdIdOf);
    const isOtherLimit = before !== undefined && before.revision !== after.revision;
    const recoverable = isOtherLimit ? "everything" : "nothing";
    // It may have been changed at the very end of a period, and the news come after it.
    for (const at of new Set([after.updatedAt, now]))
      add({ budget, period: periodAt(budget.period, at, budget.calendar), recoverable, formerThresholdIds });
  }
  for (const { budgetId, period, thresholdId } of news.alerts) {
    const budget = byId.get(budgetId);
    if (budget) add({ budget, period, recoverable: "crossings", formerThresholdIds: [thresholdId] });
  }
  return [...checks.values()];
}

function checksOfTotal({ bucket, wentDown }: TotalNews, budget: Budget, now: Instant) {
  const recoverableIf = (is: boolean): Recoverable => (is ? "everything" : "nothing");
  const checks = affectedPeriods(budget, bucket).map((period) => ({
    budget,
    period,
    recoverable: recoverableIf(wentDown || hasBegunToAllowMore(budget, period, now)),
  }));
  // What was spent in a period that is over may say how much there is in this one.
  if (!canRollOver(budget) || checks.every(({ period }) => now < period.end)) return checks;
  const running = periodAt(budget.period, now, budget.calendar);
  return [...checks, { budget, period: running, recoverable: recoverableIf(wentDown) }];
}

const canRollOver = ({ rollover, amounts }: Budget): boolean =>
  rollover !== undefined || amounts.some(({ rolloverCap }) => rolloverCap !== undefined);

/** An increase that was planned raises the limit when its time comes, and nothing in the table says so then. */
function hasBegunToAllowMore({ increases }: Budget, period: Period, now: Instant): boolean {
  return increases.some(({ from, until }) => period.start < from && from <= now && now < until);
}

/** A spike is of now: of hours further back nobody is told. */
const SPIKE_NEWS_MS = 24 * HOUR_MS;

/** Hours to look at after `news` for being out of the ordinary. */
export function hourChecksAfter(news: BudgetNews, budgets: readonly Budget[], now: Instant): HourCheck[] {
  const watching = budgets.filter(({ spike }) => spike !== undefined);
  return news.totals.flatMap(({ scope, bucket }) => {
    if (bucket.kind !== "hour") return [];
    const start = startOfUtcHour(bucket.hour);
    const end = plusMs(start, HOUR_MS);
    if (end <= plusMs(now, -SPIKE_NEWS_MS) || now < start) return [];
    return watching
      .filter((budget) => budget.scope === scope && budget.createdAt < end)
      .map((budget) => ({ budget, hour: bucket.hour }));
  });
}
