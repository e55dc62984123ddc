import { Money } from "./money.ts";

/** What was spent and used by a number of calls. `cost` is of the priced ones; `unpricedCalls` says how many have none. */
export interface Totals {
  readonly cost: Money;
  readonly calls: number;
  readonly unpricedCalls: number;
  readonly failedCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Sum of the latencies that were reported, in milliseconds. */
  readonly latencyMs: number;
}

export const totalsCountFields = [
  "calls",
  "unpricedCalls",
  "failedCalls",
  "inputTokens",
  "outputTokens",
  "latencyMs",
] as const satisfies readonly (keyof Totals)[];

export const zeroTotals: Totals = {
  cost: Money.zero,
  calls: 0,
  unpricedCalls: 0,
  failedCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  latencyMs: 0,
};

export function addTotals(a: Totals, b: Totals): Totals {
  return {
    cost: a.cost.plus(b.cost),
    calls: a.calls + b.calls,
    unpricedCalls: a.unpricedCalls + b.unpricedCalls,
    failedCalls: a.failedCalls + b.failedCalls,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    latencyMs: a.latencyMs + b.latencyMs,
  };
}

export function negateTotals(a: Totals): Totals {
  return {
    cost: a.cost.negated(),
    calls: -a.calls,
    unpricedCalls: -a.unpricedCalls,
    failedCalls: -a.failedCalls,
    inputTokens: -a.inputTokens,
    outputTokens: -a.outputTokens,
    latencyMs: -a.latencyMs,
  };
}

export function subtractTotals(a: Totals, b: Totals): Totals {
  return addTotals(a, negateTotals(b));
}

export function sumTotals(all: Iterable<Totals>): Totals {
  let sum = zeroTotals;
  for (const totals of all) sum = addTotals(sum, totals);
  return sum;
}

export function isZeroTotals(a: Totals): boolean {
  return a.cost.isZero() && totalsCountFields.every((field) => a[field] === 0);
}
