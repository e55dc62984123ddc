import { costOf, type PricedMetric } from "./metric.ts";
import { Money } from "./money.ts";
import { type Scope, scopesOf } from "./scope.ts";
import { type Quarter, quarterOf, type UtcDate, type UtcHour, utcDateOf, utcHourOf } from "./time.ts";
import { addTotals, isZeroTotals, negateTotals, type Totals } from "./totals.ts";
import { tokensOf } from "./usage.ts";

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
    inputTokens: tokensOf(metric.usage, "input"),
    outputTokens: tokensOf(metric.usage, "output"),
    latencyMs: metric.latencyMs ?? 0,
  };
}

/**
 * What the change of a metric from `before` to `after` does to every counter: NEW minus OLD. A metric that was
 * rewritten without change contributes nothing, one whose price was corrected contributes the difference.
 */
export function contributionsOf(change: { before?: PricedMetric; after?: PricedMetric }): Contribution[] {
  const sums = new Map<string, Contribution>();
  const put = (priced: PricedMetric, delta: Totals) => {
    for (const [counter, slot] of countersOf(priced)) {
      const key = `${counterKey(counter)}#${slot}`;
      const seen = sums.get(key);
      sums.set(key, { counter, slot, delta: seen ? addTotals(seen.delta, delta) : delta });
    }
  };
  if (change.before) put(change.before, negateTotals(totalsOf(change.before)));
  if (change.after) put(change.after, totalsOf(change.after));
  return [...sums.values()].filter(({ delta }) => !isZeroTotals(delta));
}

function countersOf({ metric, customScopes }: PricedMetric): [Counter, Slot][] {
  const date = utcDateOf(metric.timestamp);
  const hour = utcHourOf(metric.timestamp);
  const quarter = quarterOf(metric.timestamp);
  const { service, model = "", operation } = metric;
  const counters: [Counter, Slot][] = [[{ kind: "cube", date, service, model, operation }, "all"]];
  for (const scope of scopesOf(metric, customScopes)) {
    counters.push([{ kind: "day", scope, date }, "all"], [{ kind: "hour", scope, hour }, quarter]);
  }
  return counters;
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
