import { median as medianOf, quantile } from "simple-statistics";

/** The value below which `percent` of the sample lie. NaN of nothing. */
export const percentile = (sample: readonly number[], percent: number): number =>
  sample.length === 0 ? Number.NaN : quantile([...sample], percent / 100);

/** The middle value; of an even number the mean of the middle two. NaN of nothing. */
export const median = (sample: readonly number[]): number =>
  sample.length === 0 ? Number.NaN : medianOf([...sample]);

/**
 * Where the median of all lies, by 95 of 100 such samples: between two of the sample's own values, by the sign test, whatever
 * the distribution. Of fewer than six values no more can be said than that it is among them.
 */
export function medianInterval(sample: readonly number[]): readonly [from: number, to: number] {
  const sorted = [...sample].sort((one, other) => one - other);
  const rank = Math.max(0, Math.floor(sorted.length / 2 - 0.98 * Math.sqrt(sorted.length)));
  return [sorted[rank] ?? Number.NaN, sorted[sorted.length - 1 - rank] ?? Number.NaN];
}

export function chunksOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
