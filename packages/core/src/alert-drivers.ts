import { Amount, type BudgetUnit, measureOf } from "./budget.ts";
import type { PricedMetric } from "./metric.ts";
import type { TimeRange } from "./period.ts";
import { totalsByScope, totalsOf } from "./rollup.ts";
import { dimensionOf, dimensionValue, type Scope, scopeValueOf } from "./scope.ts";
import { type Totals, zeroTotals } from "./totals.ts";

export const driverDimensions = ["model", "user", "job", "feature", "operation"] as const;
/** What an alert's spending is told apart by. */
export type DriverDimension = (typeof driverDimensions)[number];

/** How many of a dimension are named. */
export const DRIVERS_MAX = 3;
/** How many dimensions are shown. */
const GROUPS_MAX = 3;

/** One model, user or job, and what it came to. */
export interface Driver {
  readonly name: string;
  readonly amount: Amount;
  /** Percent of what all came to; at most two decimals, rounded down. */
  readonly share: string;
}

/** Who came to the most in one dimension, the largest first, {@link DRIVERS_MAX} at most. */
export interface DriverGroup {
  readonly dimension: DriverDimension;
  readonly drivers: readonly Driver[];
  /** Absent: by the totals of the time, exactly. Otherwise by so many calls alone. */
  readonly sampledCalls?: number;
}

/** What it was that an alert is about: which models, users and jobs. */
export interface AlertDrivers {
  readonly unit: BudgetUnit;
  readonly range: TimeRange;
  readonly groups: readonly DriverGroup[];
}

/** The dimensions that tell something about a scope: all of a user is of that user. */
export function driverDimensionsOf(scope: Scope): DriverDimension[] {
  return driverDimensions.filter((dimension) => dimension !== dimensionOf(scope)).slice(0, GROUPS_MAX);
}

/**
 * The largest of `amounts`, with their shares of `whole`. Who came to nothing drove nothing. Ties stand by name, so that
 * the same figures always make the same message.
 */
export function largestDrivers(amounts: ReadonlyMap<string, Amount>, whole: Amount): Driver[] {
  return [...amounts]
    .filter(([name, amount]) => name !== "" && !amount.isZero() && !amount.isNegative())
    .sort(([a, one], [b, other]) => other.compare(one) || (a < b ? -1 : 1))
    .slice(0, DRIVERS_MAX)
    .map(([name, amount]) => ({ name, amount, share: amount.percentOf(whole) }));
}

/** Who drove `metrics`, calls of `scope`, in each of `dimensions`. */
export function sampledDrivers(input: {
  metrics: readonly PricedMetric[];
  scope: Scope;
  unit: BudgetUnit;
  dimensions: readonly DriverDimension[];
}): DriverGroup[] {
  const { metrics, scope, unit, dimensions } = input;
  const sampledCalls = metrics.reduce((calls, { metric }) => calls + metric.callCount, 0);
  if (sampledCalls === 0) return [];
  const parts = metrics.map((priced) => ({ priced, own: totalsByScope(priced).get(scope) ?? zeroTotals }));
  const measured = (totals: Totals) => measureOf(unit, totals);
  const whole = Amount.sum(parts.map(({ own }) => measured(own)));
  return dimensions.map((dimension) => {
    const amounts = new Map<string, Amount>();
    for (const { priced, own } of parts) {
      for (const [name, totals] of valuesOf(priced, dimension, own)) {
        amounts.set(name, (amounts.get(name) ?? Amount.zero).plus(measured(totals)));
      }
    }
    return { dimension, drivers: largestDrivers(amounts, whole), sampledCalls };
  });
}

/** What of a call goes to which value: a call in which several models ran is divided among them. */
function valuesOf(priced: PricedMetric, dimension: DriverDimension, own: Totals): [string, Totals][] {
  if (dimension === "operation") return [[priced.metric.operation, own]];
  if (dimension !== "model") {
    const value = dimensionValue(priced.metric, dimension);
    return value === undefined ? [] : [[value, own]];
  }
  if (priced.metric.alsoUsed === undefined) {
    return priced.metric.model === undefined ? [] : [[priced.metric.model, totalsOf(priced)]];
  }
  return [...totalsByScope(priced)]
    .filter(([scope]) => dimensionOf(scope) === "model")
    .map(([scope, totals]) => [scopeValueOf(scope), totals]);
}
