import {
  type FixedPoint,
  fixedPointText,
  parseFixedPoint,
} from "../../../../packages/core/src/fixed-point.ts";
import { tokensOf, type Usage } from "../../../../packages/core/src/usage.ts";
import type { Result } from "./deliver.ts";
import type { UnreadMetric } from "./metric-fields.ts";
import { isObject } from "./usage-file.ts";

/** Calls of one service and model, or of all. */
export interface Sums {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: FixedPoint;
  readonly unpriced: number;
}

export interface Group extends Sums {
  readonly service: string;
  readonly model: string;
}

export interface Tally {
  /** Those that cost most come first. */
  readonly groups: readonly Group[];
  readonly total: Sums;
  /** Calls that were stored before with other details: they count once, as they were then. */
  readonly conflicts: number;
}

const NOTHING: Sums = { calls: 0, inputTokens: 0, outputTokens: 0, cost: 0n, unpriced: 0 };

/** Sums up what was recorded, now or before. Without results, where nobody was told, what would have been. */
export function tallyOf(metrics: readonly UnreadMetric[], results?: readonly Result[]): Tally {
  const groups = new Map<string, Group>();
  let total = NOTHING;
  for (const [index, metric] of metrics.entries()) {
    const result = results?.[index];
    if (results !== undefined && result?.status !== "recorded" && result?.status !== "duplicate") continue;
    const sums = sumsOf(metric, result);
    const [service, model] = [textOf(metric.service), textOf(metric.model)];
    const key = JSON.stringify([service, model]);
    groups.set(key, { service, model, ...plus(groups.get(key) ?? NOTHING, sums) });
    total = plus(total, sums);
  }
  const byCost = [...groups.values()].sort((a, b) =>
    a.cost === b.cost ? b.calls - a.calls : a.cost < b.cost ? 1 : -1,
  );
  const conflicts = results?.filter(({ status }) => status === "conflict").length ?? 0;
  return { groups: byCost, total, conflicts };
}

function sumsOf(metric: UnreadMetric, result: Result | undefined): Sums {
  const usage = usageOf(metric);
  const calls = countOf(metric.call_count, 1);
  const cost = typeof result?.cost_usd === "string" ? parseFixedPoint(result.cost_usd) : undefined;
  return {
    calls,
    inputTokens: tokensOf(usage, "input"),
    outputTokens: tokensOf(usage, "output"),
    cost: cost ?? 0n,
    unpriced: cost === undefined ? calls : 0,
  };
}

/** Of the metric alone: what ran inside of it is another model's. */
function usageOf({ usage, input_tokens, output_tokens }: UnreadMetric): Usage {
  if (!isObject(usage)) return { input: countOf(input_tokens, 0), output: countOf(output_tokens, 0) };
  return Object.fromEntries(Object.entries(usage).map(([unit, count]) => [unit, countOf(count, 0)]));
}

const countOf = (value: unknown, otherwise: number): number =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : otherwise;

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const plus = (a: Sums, b: Sums): Sums => ({
  calls: a.calls + b.calls,
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  cost: a.cost + b.cost,
  unpriced: a.unpriced + b.unpriced,
});

/** `$0.0087`, every digit of it, with cents at least. */
export function dollars(amount: FixedPoint): string {
  const [whole = "0", fraction = ""] = fixedPointText(amount).split(".");
  return `$${whole}.${fraction.padEnd(2, "0")}`;
}
