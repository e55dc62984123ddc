import type { Budget } from "./budget.ts";
import { costOf } from "./metric.ts";
import { Money } from "./money.ts";
import { periodAt } from "./period.ts";
import type { PriceChange } from "./restatement.ts";
import { totalsByScope } from "./rollup.ts";
import type { Scope } from "./scope.ts";
import { utcDateOf } from "./time.ts";

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

/** Where so many scopes or budgets change that they cannot all be listed, the rest is summed under this. */
export const OTHER_SCOPES = "(others)";

/**
 * Adds changes to sums.
 * @param budgets active ones of any of the metrics' scopes
 * @param listedMax most scopes that are listed one by one, and most budgets and periods
 */
export function addChanges(
  sums: RestatementSums,
  added: { seen: number; changes: readonly PriceChange[]; budgets: readonly Budget[] },
  listedMax: number,
): RestatementSums {
  const byDay = new Map(sums.byDay);
  const byScope = new Map(sums.byScope);
  const byBudget = new Map(sums.byBudget);
  const add = (map: Map<string, ChangeSums>, key: string, one: ChangeSums) =>
    map.set(key, addSums(map.get(key) ?? noChanges, one));
  const addListed = (map: Map<string, ChangeSums>, key: string, one: ChangeSums) =>
    add(map, map.has(key) || map.size < listedMax ? key : OTHER_SCOPES, one);
  let { total } = sums;
  for (const change of added.changes) {
    const one = sumsOf(change);
    const { timestamp } = change.metric;
    const ofScopes = sumsByScope(change);
    total = addSums(total, one);
    add(byDay, utcDateOf(timestamp), one);
    for (const [scope, ofScope] of ofScopes) addListed(byScope, scope, ofScope);
    for (const { budgetId, scope, unit, period, calendar } of added.budgets) {
      const ofScope = ofScopes.get(scope);
      // A price changes dollars alone.
      if (ofScope === undefined || unit !== "usd") continue;
      const { id: periodId } = periodAt(period, timestamp, calendar);
      addListed(byBudget, budgetPeriodKey({ budgetId, periodId }), ofScope);
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
