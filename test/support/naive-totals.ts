import type { Table } from "@ai-usage/store";
import { Decimal } from "decimal.js";
import { type Item, itemsOf } from "./items.ts";

// What the totals must be, worked out from the raw items the slow and obvious way. It shares no code with what it
// checks: keys are taken apart here again, amounts are decimals of its own.

const Exact = Decimal.clone({ precision: 60 });

const inputUnits = [
  "input",
  "cache_read",
  "cache_write_5m",
  "cache_write_30m",
  "cache_write_1h",
  "cache_write_12h",
  "audio_input",
  "audio_cache_read",
  "image_input",
  "image_cache_read",
  "video_input",
];
const outputUnits = ["output", "reasoning", "audio_output", "image_output", "video_output", "citation"];
const sums = [
  "cost_usd",
  "calls",
  "unpriced_calls",
  "failed_calls",
  "input_tokens",
  "output_tokens",
  "latency_ms",
];
const dimensionFields: Record<string, string> = {
  service: "service",
  model: "model",
  user: "user_id",
  team: "team",
  job: "job_id",
  feature: "feature",
  environment: "environment",
};

/** A sum by its name, `day global:all 2026-11-21 calls` for example, as exact text. Sums that are zero are left out. */
export type Sums = Record<string, string>;

class Adder {
  readonly #sums = new Map<string, Decimal>();

  add(name: string, value: unknown): void {
    if (value === undefined) return;
    this.#sums.set(name, (this.#sums.get(name) ?? new Exact(0)).plus(String(value)));
  }

  result(): Sums {
    const entries = [...this.#sums].filter(([, sum]) => !sum.isZero());
    return Object.fromEntries(entries.sort().map(([name, sum]) => [name, sum.toFixed()]));
  }
}

/** What `metrics`, raw items, must add up to in every counter. */
export function expectedSums(metrics: readonly Item[]): Sums {
  const adder = new Adder();
  for (const metric of metrics) {
    const others = otherModelsOf(metric);
    const whole = valuesOf(metric, [metric.usage, ...others.map(({ usage }) => usage)]);
    addTo(
      adder,
      bucketsOf(
        metric,
        rawScopesOf(metric).filter((scope) => !scope.startsWith("model:")),
      ),
      whole,
    );
    // The call is one of its main model; what it cost besides is the others'.
    const rest = others.reduce((sum, { cost }) => sum.minus(cost), new Exact(String(metric.cost_usd ?? 0)));
    const own = {
      ...valuesOf(metric, [metric.usage]),
      cost_usd: metric.cost_usd === undefined ? undefined : rest,
    };
    addTo(adder, modelBucketsOf(metric, metric.model), own);
    for (const { model, usage, cost } of others) {
      addTo(adder, modelBucketsOf(metric, model), { ...tokensOf([usage]), cost_usd: cost });
    }
  }
  return adder.result();
}

function addTo(adder: Adder, buckets: readonly string[], values: Record<string, unknown>): void {
  for (const bucket of buckets) {
    for (const [sum, value] of Object.entries(values)) adder.add(`${bucket} ${sum}`, value);
  }
}

function otherModelsOf(metric: Item): { model: string; usage: Item; cost: Decimal }[] {
  const costs = (metric.also_used_costs_usd ?? []) as string[];
  return ((metric.also_used ?? []) as { model: string; usage: Item }[]).map((one, index) => ({
    ...one,
    cost: new Exact(costs[index] ?? 0),
  }));
}

function valuesOf(metric: Item, usages: readonly unknown[]): Record<string, unknown> {
  const calls = String(metric.call_count ?? 1);
  return {
    cost_usd: metric.cost_usd,
    calls,
    unpriced_calls: metric.cost_usd === undefined ? calls : 0,
    failed_calls: metric.error === undefined ? 0 : calls,
    ...tokensOf(usages),
    latency_ms: metric.latency_ms,
  };
}

function tokensOf(usages: readonly unknown[]): { input_tokens: Decimal; output_tokens: Decimal } {
  const tokens = (units: readonly string[]) =>
    usages.reduce<Decimal>(
      (sum, usage) => units.reduce((part, unit) => part.plus(String((usage as Item)[unit] ?? 0)), sum),
      new Exact(0),
    );
  return { input_tokens: tokens(inputUnits), output_tokens: tokens(outputUnits) };
}

function modelBucketsOf(metric: Item, model: unknown): string[] {
  const date = String(metric.timestamp).slice(0, 10);
  const cube = `cube ${date} ${metric.service}/${model ?? ""}/${metric.operation}`;
  return [cube, ...bucketsOf(metric, model === undefined ? [] : [`model:${model}`])];
}

function bucketsOf(metric: Item, scopes: readonly string[]): string[] {
  const time = String(metric.timestamp);
  const [date, hour] = [time.slice(0, 10), time.slice(0, 13)];
  const quarter = Math.floor(Number(time.slice(14, 16)) / 15);
  return scopes.flatMap((scope) => [`day ${scope} ${date}`, `hour ${scope} ${hour} q${quarter}`]);
}

export function rawScopesOf(metric: Item): string[] {
  const named = Object.entries(dimensionFields).flatMap(([dimension, field]) =>
    metric[field] === undefined ? [] : [`${dimension}:${metric[field]}`],
  );
  return ["global:all", ...named, ...((metric.custom_scopes ?? []) as string[])];
}

/** What the table's counters say, all lineages together. */
export async function storedSums(table: Table): Promise<Sums> {
  const adder = new Adder();
  for (const item of await itemsOf(table, "TOTAL#")) {
    const scope = String(item.PK).slice("TOTAL#".length);
    const [kind = "", bucket] = String(item.SK).split("#");
    for (const sum of sums) {
      if (kind === "DAY") adder.add(`day ${scope} ${bucket} ${sum}`, item[sum]);
      for (const q of ["q0", "q1", "q2", "q3"])
        adder.add(`hour ${scope} ${bucket} ${q} ${sum}`, item[`${q}_${sum}`]);
    }
  }
  for (const item of await itemsOf(table, "CUBE#")) {
    const date = String(item.PK).slice("CUBE#".length);
    const [service, model, operation] = String(item.SK).split("#");
    for (const sum of sums) adder.add(`cube ${date} ${service}/${model}/${operation} ${sum}`, item[sum]);
  }
  return adder.result();
}
