import { costOf, type PricedMetric, usagesOf } from "./metric.ts";
import { Money } from "./money.ts";
import { dimensionOf, type Scope, scopeOf, scopesOf } from "./scope.ts";
import { type Quarter, quarterOf, type UtcDate, type UtcHour, utcDateOf, utcHourOf } from "./time.ts";
import {
  addTotals,
  isZeroTotals,
  negateTotals,
  subtractTotals,
  sumTotals,
  type Totals,
  zeroTotals,
} from "./totals.ts";
import { tokensOf, type Usage } from "./usage.ts";

/** One stored total: of a scope in an hour or a day, or of one service, model and operation in a day (the cube). */
export type Counter =
  | { readonly kind: "hour"; readonly scope: Scope; readonly hour: UtcHour }
  | { readonly kind: "day"; readonly scope: Scope; readonly date: UtcDate }
  | {
      readonly kind: "cube";
      readonly date: UtcDate;
      readonly service: string;
      /** Empty where the service has no models. */
      readonly model: string;
      readonly operation: string;
    };

/** Where in a counter a sum goes: an hour keeps its four quarters apart, the others have one slot. */
export type Slot = Quarter | "all";

/** What one change of a stored metric adds to one slot of one counter; negative where it takes away. */
export interface Contribution {
  readonly counter: Counter;
  readonly slot: Slot;
  readonly delta: Totals;
}

/** Totals of a single metric. */
export function totalsOf({ metric, pricing }: PricedMetric): Totals {
  return {
    cost: costOf(pricing) ?? Money.zero,
    calls: metric.callCount,
    unpricedCalls: pricing.status === "unpriced" ? metric.callCount : 0,
    failedCalls: metric.error === undefined ? 0 : metric.callCount,
    ...tokenTotals(usagesOf(metric)),
    latencyMs: metric.latencyMs ?? 0,
  };
}

/** What of a metric's totals is of each model. A call in which several models ran is one call, of the first. */
function totalsByModel(priced: PricedMetric): { model: string | undefined; totals: Totals }[] {
  const { metric, pricing } = priced;
  const { alsoUsed = [] } = metric;
  const whole = totalsOf(priced);
  if (alsoUsed.length === 0) return [{ model: metric.model, totals: whole }];
  const costs = pricing.status === "priced" ? (pricing.alsoUsedCosts ?? []) : [];
  const others = alsoUsed.map(({ model, usage }, index) => ({
    model,
    totals: { ...zeroTotals, ...tokenTotals([usage]), cost: costs[index] ?? Money.zero },
  }));
  const own = subtractTotals(whole, sumTotals(others.map(({ totals }) => totals)));
  return [{ model: metric.model, totals: own }, ...others];
}

function tokenTotals(usages: readonly Usage[]): Pick<Totals, "inputTokens" | "outputTokens"> {
  let inputTokens = 0;
  let outputTokens = 0;
  for (const usage of usages) {
    inputTokens += tokensOf(usage, "input");
    outputTokens += tokensOf(usage, "output");
  }
  return { inputTokens, outputTokens };
}

/**
 * What the change of a metric from `before` to `after` does to every counter: NEW minus OLD. A metric that was
 * rewritten without change contributes nothing, one whose price was corrected contributes the difference.
 */
export function contributionsOf(change: { before?: PricedMetric; after?: PricedMetric }): Contribution[] {
  const sums = new Map<string, Contribution>();
  const put = (priced: PricedMetric, signed: (totals: Totals) => Totals) => {
    for (const { counter, slot, delta } of partsOf(priced)) {
      const key = `${counterKey(counter)}#${slot}`;
      const seen = sums.get(key);
      const added = signed(delta);
      sums.set(key, { counter, slot, delta: seen ? addTotals(seen.delta, added) : added });
    }
  };
  if (change.before) put(change.before, negateTotals);
  if (change.after) put(change.after, (totals) => totals);
  return [...sums.values()].filter(({ delta }) => !isZeroTotals(delta));
}

/** What a metric adds to each scope that it counts in: to a model its own part alone, to all others the whole. */
export function totalsByScope(priced: PricedMetric): Map<Scope, Totals> {
  const byModel = totalsByModel(priced);
  const whole = totalsOf(priced);
  const partOf = (scope: Scope) =>
    sumTotals(
      byModel
        .filter(({ model }) => model !== undefined && scopeOf("model", model) === scope)
        .map(({ totals }) => totals),
    );
  return new Map(
    scopesOf(priced.metric, priced.customScopes).map((scope) => [
      scope,
      dimensionOf(scope) === "model" ? partOf(scope) : whole,
    ]),
  );
}

/** Everything that one metric adds to. */
function partsOf(priced: PricedMetric): Contribution[] {
  const { timestamp, service, operation } = priced.metric;
  const date = utcDateOf(timestamp);
  const hour = utcHourOf(timestamp);
  const quarter = quarterOf(timestamp);
  const parts: Contribution[] = [];
  for (const { model = "", totals } of totalsByModel(priced)) {
    parts.push({ counter: { kind: "cube", date, service, model, operation }, slot: "all", delta: totals });
  }
  for (const [scope, delta] of totalsByScope(priced)) {
    parts.push({ counter: { kind: "day", scope, date }, slot: "all", delta });
    parts.push({ counter: { kind: "hour", scope, hour }, slot: quarter, delta });
  }
  return parts;
}

/** A text that names a counter: equal for equal counters, different for different ones. */
export function counterKey(counter: Counter): string {
  switch (counter.kind) {
    case "hour":
      return `hour#${counter.scope}#${counter.hour}`;
    case "day":
      return `day#${counter.scope}#${counter.date}`;
    case "cube":
      return `cube#${counter.date}#${counter.service}#${counter.model}#${counter.operation}`;
    default:
      return counter satisfies never;
  }
}
