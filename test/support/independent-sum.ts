import type { WireMetric } from "@ai-usage/demo";

/**
 * Totals of traffic by plain addition, sharing no code with the product: prices are typed in here, money is a count of
 * 10⁻¹² dollars, and keys are written out as docs/data-model.md says they look.
 */
export interface Sum {
  cost: bigint;
  calls: number;
  inputTokens: number;
  outputTokens: number;
}

/** Dollars for a million tokens, in 10⁻¹² dollars a token: $2.50 a million is 2,500,000 of them. */
const picoDollars: Record<string, { input: bigint; cacheRead: bigint; output: bigint }> = {
  "gpt-4o": { input: 2_500_000n, cacheRead: 1_250_000n, output: 10_000_000n },
  "gpt-4o-mini": { input: 150_000n, cacheRead: 75_000n, output: 600_000n },
  "claude-3-5-sonnet-20241022": { input: 3_000_000n, cacheRead: 300_000n, output: 15_000_000n },
  "gemini-2.5-flash": { input: 300_000n, cacheRead: 30_000n, output: 2_500_000n },
};

export function costOf(metric: WireMetric): bigint {
  const price = picoDollars[metric.model];
  if (!price) throw new Error(`no price for ${metric.model}`);
  const { input, cache_read = 0, output } = metric.usage;
  return BigInt(input) * price.input + BigInt(cache_read) * price.cacheRead + BigInt(output) * price.output;
}

export function scopesOf(metric: WireMetric): string[] {
  return [
    "global:all",
    `service:${metric.service}`,
    `model:${metric.model}`,
    `user:${metric.user_id}`,
    `team:${metric.team}`,
    `feature:${metric.feature}`,
    `environment:${metric.environment}`,
    ...(metric.job_id ? [`job:${metric.job_id}`] : []),
    ...(metric.metadata ? [`project:${metric.metadata.project}`] : []),
  ];
}

/** Sums by `<partition>|<bucket>`: `TOTAL#team:editor|DAY#2026-11-22`, `TOTAL#…|HOUR#2026-11-22T10|q3`, `CUBE#…|…`. */
export function sumByCounter(metrics: Iterable<WireMetric>): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const metric of metrics) {
    const date = metric.timestamp.slice(0, 10);
    const hour = metric.timestamp.slice(0, 13);
    const quarter = Math.floor(new Date(metric.timestamp).getUTCMinutes() / 15);
    const keys = [`CUBE#${date}|${metric.service}#${metric.model}#${metric.operation}`];
    for (const scope of scopesOf(metric)) {
      keys.push(`TOTAL#${scope}|DAY#${date}`, `TOTAL#${scope}|HOUR#${hour}|q${quarter}`);
    }
    for (const key of keys) add(sums, key, metric);
  }
  return sums;
}

function add(sums: Map<string, Sum>, key: string, metric: WireMetric): void {
  const sum = sums.get(key) ?? { cost: 0n, calls: 0, inputTokens: 0, outputTokens: 0 };
  sum.cost += costOf(metric);
  sum.calls += 1;
  sum.inputTokens += metric.usage.input + (metric.usage.cache_read ?? 0);
  sum.outputTokens += metric.usage.output;
  sums.set(key, sum);
}

const PICO_DIGITS = 12;

/** A decimal number of dollars, `0.0000125` or `1.25E-5`, in 10⁻¹² dollars; it must have no further digits. */
export function picoOf(text: string): bigint {
  const [mantissa = "", exponent = "0"] = text.toUpperCase().split("E");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const shift = PICO_DIGITS - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  if (digits % divisor !== 0n) throw new Error(`${text} has more than ${PICO_DIGITS} decimals`);
  return digits / divisor;
}
