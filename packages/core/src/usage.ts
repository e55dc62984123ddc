/**
 * What a call used, by unit. The units are disjoint: a token is counted in exactly one of them, so a cached prompt
 * token is `cache_read` and not also `input`, and a reasoning token is not also `output`.
 */
export const usageUnits = {
  input: "input",
  cache_read: "input",
  /** Written to the cache, by how long the provider keeps it. */
  cache_write_5m: "input",
  cache_write_30m: "input",
  cache_write_1h: "input",
  cache_write_12h: "input",
  audio_input: "input",
  audio_cache_read: "input",
  image_input: "input",
  image_cache_read: "input",
  video_input: "input",
  output: "output",
  reasoning: "output",
  audio_output: "output",
  image_output: "output",
  video_output: "output",
  citation: "output",
  request: "other",
  message: "other",
  image: "other",
  video_second: "other",
  /** Of audio. */
  second: "other",
  character: "other",
  page: "other",
  annotated_page: "other",
  /** Of the web, grounding among them. */
  search: "other",
  file_search: "other",
  tool_call: "other",
  /** A container in which a model runs code. */
  session: "other",
  container_second: "other",
  /** A cached token that is kept for an hour. */
  cached_token_hour: "other",
  storage_gb_hour: "other",
} as const satisfies Record<string, UsageSide>;

/** Which side of a call a unit's tokens are on; `other` are no tokens of the call. */
export type UsageSide = "input" | "output" | "other";

export type KnownUnit = keyof typeof usageUnits;

/** `x_…` is a unit of one's own, or a count in a provider's answer that nobody knows yet. */
export type UsageUnit = KnownUnit | `x_${string}`;

/** Quantities are non-negative integers; a unit that is absent was not reported, which is not the same as zero. */
export type Usage = Readonly<Partial<Record<UsageUnit, number>>>;

export const knownUnits = Object.keys(usageUnits) as KnownUnit[];

const OWN_UNIT = /^x_[a-z0-9_]{1,61}$/;

export function isKnownUnit(name: string): name is KnownUnit {
  return Object.hasOwn(usageUnits, name);
}

export function isUsageUnit(name: string): name is UsageUnit {
  return isKnownUnit(name) || OWN_UNIT.test(name);
}

export function sideOf(unit: UsageUnit): UsageSide {
  return isKnownUnit(unit) ? usageUnits[unit] : "other";
}

/** Units that were reported with their quantities, zero included. */
export function quantitiesOf(usage: Usage): [unit: UsageUnit, quantity: number][] {
  return (Object.entries(usage) as [UsageUnit, number | undefined][]).filter(
    (entry): entry is [UsageUnit, number] => entry[1] !== undefined,
  );
}

/** Tokens on one side of the call, all units of that side together. */
export function tokensOf(usage: Usage, side: "input" | "output"): number {
  let sum = 0;
  for (const unit in usage) {
    if (isKnownUnit(unit) && usageUnits[unit] === side) sum += usage[unit] ?? 0;
  }
  return sum;
}

export function hasUsage(usage: Usage): boolean {
  return quantitiesOf(usage).some(([, quantity]) => quantity > 0);
}

export function addUsage(a: Usage, b: Usage): Usage {
  const sum: Partial<Record<UsageUnit, number>> = { ...a };
  for (const [unit, quantity] of quantitiesOf(b)) sum[unit] = (sum[unit] ?? 0) + quantity;
  return sum;
}
