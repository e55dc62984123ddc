/** The value below which `percent` of the sample lie, by nearest rank. NaN of nothing. */
export function percentile(sample: readonly number[], percent: number): number {
  const sorted = [...sample].sort((one, other) => one - other);
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.max(0, rank - 1)] ?? Number.NaN;
}

/** The middle value; of an even number the mean of the middle two. */
export function median(sample: readonly number[]): number {
  const sorted = [...sample].sort((one, other) => one - other);
  const upper = Math.floor(sorted.length / 2);
  const lower = Math.ceil(sorted.length / 2) - 1;
  return ((sorted[lower] ?? Number.NaN) + (sorted[upper] ?? Number.NaN)) / 2;
}

/**
 * Where the median of all lies, by 95 of 100 such samples: between two of the sample's own values, by the sign test, whatever
 * the distribution. Of fewer than six values no more can be said than that it is among them.
 */
export function medianInterval(sample: readonly number[]): readonly [from: number, to: number] {
  const sorted = [...sample].sort((one, other) => one - other);
  const rank = Math.max(0, Math.floor(sorted.length / 2 - 0.98 * Math.sqrt(sorted.length)));
  return [sorted[rank] ?? Number.NaN, sorted[sorted.length - 1 - rank] ?? Number.NaN];
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

export function chunksOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
