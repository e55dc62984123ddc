import type { Budget } from "./budget.ts";
import { type AIUsageMetric, costOf, type PricedMetric, type Pricing } from "./metric.ts";
import { Money } from "./money.ts";
import { periodAt } from "./period.ts";
import { totalsByScope } from "./rollup.ts";
import type { Scope } from "./scope.ts";
import { type Instant, type UtcDate, utcDateOf } from "./time.ts";

/** Which stored metrics are to be priced anew. */
export interface RestatementSelection {
  /** UTC days of the calls, both included. */
  readonly from: UtcDate;
  readonly to: UtcDate;
  readonly service?: string;
  readonly model?: string;
  readonly operation?: string;
  /** Those alone that have no price yet. */
  readonly onlyUnpriced: boolean;
}

/**
 * `running`: work is left, whether somebody is at it or not · `done`: every metric has been looked at · `failed`: it
 * was given up, and says why; what was restated by then stays so.
 */
export const restatementStates = ["running", "done", "failed"] as const;
export type RestatementState = (typeof restatementStates)[number];

/**
 * After this long every function has a change of own prices: they look for one every 20 seconds, and an invocation that
 * has just not seen it stores its metrics within its time limit of 29.
 */
export const PRICES_SETTLE_MS = 60_000;

/** An order to price stored metrics anew, by the prices that are known now. */
export interface Restatement {
  readonly restatementId: string;
  readonly selection: RestatementSelection;
  /** Works out what would change, and changes nothing. */
  readonly dryRun: boolean;
  readonly state: RestatementState;
  readonly createdAt: Instant;
  /** Id of the token that ordered it; `sweep` for what fills itself in. */
  readonly createdBy: string;
  /** Not before every function has the prices of `createdAt`: later calls come with them already. */
  readonly startsAt: Instant;
  readonly finishedAt?: Instant;
  readonly failure?: string;
}

export function isSelected(
  { service, model, operation, ...days }: RestatementSelection,
  metric: AIUsageMetric,
): boolean {
  const date = utcDateOf(metric.timestamp);
  const models = [metric.model, metric.requested?.model, ...(metric.alsoUsed ?? []).map((one) => one.model)];
  return (
    days.from <= date &&
    date <= days.to &&
    (service === undefined || metric.service === service) &&
    (operation === undefined || metric.operation === operation) &&
    (model === undefined || models.includes(model))
  );
}

/** A metric whose price changes, or changed, from `before` to `after`. */
export interface PriceChange {
  readonly metric: AIUsageMetric;
  readonly customScopes: readonly string[];
  readonly before: Pricing;
  readonly after: Pricing;
}

/** Whether two prices come to the same figures: then there is nothing to restate, whatever row they follow from. */
export function sameFigures(a: Pricing, b: Pricing): boolean {
  return figuresOf(a) === figuresOf(b);
}

function figuresOf(pricing: Pricing): string {
  const { status } = pricing;
  switch (status) {
    case "priced":
      return JSON.stringify([
        status,
        pricing.cost,
        pricing.listCost ?? pricing.cost,
        pricing.alsoUsedCosts ?? [],
      ]);
    case "reported":
      return JSON.stringify([status, pricing.cost, pricing.bookCost]);
    case "unpriced":
      return status;
    default:
      return status satisfies never;
  }
}

/** What a number of price changes come to together. An unpriced metric has cost 0 in `before` and `after`. */
export interface ChangeSums {
  readonly metrics: number;
  readonly calls: number;
  readonly before: Money;
  readonly after: Money;
}

export const noChanges: ChangeSums = { metrics: 0, calls: 0, before: Money.zero, after: Money.zero };

export function addSums(a: ChangeSums, b: ChangeSums): ChangeSums {
  return {
    metrics: a.metrics + b.metrics,
    calls: a.calls + b.calls,
    before: a.before.plus(b.before),
    after: a.after.plus(b.after),
  };
}

export function sumsOf({ metric, before, after }: PriceChange): ChangeSums {
  return {
    metrics: 1,
    calls: metric.callCount,
    before: costOf(before) ?? Money.zero,
    after: costOf(after) ?? Money.zero,
  };
}

export function differenceOf({ before, after }: ChangeSums): Money {
  return after.minus(before);
}

/** What of a budget's period changes. */
export interface BudgetPeriodId {
  readonly budgetId: string;
  readonly periodId: string;
}

/** Sums by day, by scope, and by budget and period; the keys of the last are made by {@link budgetPeriodKey}. */
export interface RestatementSums {
  readonly seen: number;
  readonly total: ChangeSums;
  readonly byDay: ReadonlyMap<string, ChangeSums>;
  readonly byScope: ReadonlyMap<string, ChangeSums>;
  readonly byBudget: ReadonlyMap<string, ChangeSums>;
}

export const noRestatementSums: RestatementSums = {
  seen: 0,
  total: noChanges,
  byDay: new Map(),
  byScope: new Map(),
  byBudget: new Map(),
};

export const budgetPeriodKey = ({ budgetId, periodId }: BudgetPeriodId): string => `${budgetId}#${periodId}`;

export function parseBudgetPeriodKey(key: string): BudgetPeriodId {
  const [budgetId = "", periodId = ""] = key.split("#");
  return { budgetId, periodId };
}

/** Where so many scopes change that they cannot all be listed, the rest is summed under this. */
export const OTHER_SCOPES = "(others)";

/**
 * Adds changes to sums.
 * @param budgets active ones of any of the metrics' scopes
 * @param scopesMax most scopes that are listed one by one
 */
export function addChanges(
  sums: RestatementSums,
  added: { seen: number; changes: readonly PriceChange[]; budgets: readonly Budget[] },
  scopesMax: number,
): RestatementSums {
  const byDay = new Map(sums.byDay);
  const byScope = new Map(sums.byScope);
  const byBudget = new Map(sums.byBudget);
  const add = (map: Map<string, ChangeSums>, key: string, one: ChangeSums) =>
    map.set(key, addSums(map.get(key) ?? noChanges, one));
  let { total } = sums;
  for (const change of added.changes) {
    const one = sumsOf(change);
    const { timestamp } = change.metric;
    const ofScopes = sumsByScope(change);
    total = addSums(total, one);
    add(byDay, utcDateOf(timestamp), one);
    for (const [scope, ofScope] of ofScopes)
      add(byScope, byScope.has(scope) || byScope.size < scopesMax ? scope : OTHER_SCOPES, ofScope);
    for (const { budgetId, scope, period, timeZone } of added.budgets) {
      const ofScope = ofScopes.get(scope);
      if (ofScope === undefined) continue;
      const { id: periodId } = periodAt(period, timestamp, timeZone);
      add(byBudget, budgetPeriodKey({ budgetId, periodId }), ofScope);
    }
  }
  return { seen: sums.seen + added.seen, total, byDay, byScope, byBudget };
}

/** As the totals of the scopes change: where several models ran, each has its own part. */
function sumsByScope(change: PriceChange): Map<Scope, ChangeSums> {
  const { metric, customScopes } = change;
  const after = totalsByScope({ metric, customScopes, pricing: change.after });
  const before = totalsByScope({ metric, customScopes, pricing: change.before });
  return new Map(
    [...after].map(([scope, { cost, calls }]) => [
      scope,
      { metrics: 1, calls, before: before.get(scope)?.cost ?? Money.zero, after: cost },
    ]),
  );
}

export function mergeSums(all: Iterable<RestatementSums>): RestatementSums {
  let seen = 0;
  let total = noChanges;
  const merged = { byDay: new Map(), byScope: new Map(), byBudget: new Map() } satisfies Record<
    string,
    Map<string, ChangeSums>
  >;
  for (const sums of all) {
    seen += sums.seen;
    total = addSums(total, sums.total);
    for (const part of ["byDay", "byScope", "byBudget"] as const) {
      for (const [key, one] of sums[part])
        merged[part].set(key, addSums(merged[part].get(key) ?? noChanges, one));
    }
  }
  return { seen, total, ...merged };
}

/** What a metric is priced anew with: the price, or what gives it one when its place in the month's volume is known. */
export type Repricing =
  | { readonly pricing: Pricing }
  | {
      readonly volume: { readonly volumeId: string; readonly quantity: number };
      readonly priceAt: (before: number) => Pricing;
    };

/** @returns what the prices of now make of a stored metric */
export type Reprice = (priced: PricedMetric) => Repricing;
