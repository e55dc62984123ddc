/**
 * What a call used, by kind. The kinds are disjoint: a token is counted in exactly one of them, so a cached
 * prompt token is `cache_read` and not also `input`, and a reasoning token is not also `output`.
 */
export const usageKinds = {
  input: "input",
  cache_read: "input",
  cache_write_5m: "input",
  cache_write_1h: "input",
  audio_input: "input",
  image_input: "input",
  output: "output",
  reasoning: "output",
  audio_output: "output",
  image_output: "output",
  request: "other",
  image: "other",
  character: "other",
  second: "other",
  page: "other",
  search: "other",
  tool_call: "other",
} as const satisfies Record<string, "input" | "output" | "other">;

export type UsageKind = keyof typeof usageKinds;

/** Quantities are non-negative integers; a kind that is absent was not reported, which is not the same as zero. */
export type Usage = Readonly<Partial<Record<UsageKind, number>>>;

export const usageKindNames = Object.keys(usageKinds) as UsageKind[];

/** Tokens on one side of the call, all kinds of that side together. */
export function tokensOf(usage: Usage, side: "input" | "output"): number {
  let sum = 0;
  for (const kind of usageKindNames) if (usageKinds[kind] === side) sum += usage[kind] ?? 0;
  return sum;
}

export function hasUsage(usage: Usage): boolean {
  return usageKindNames.some((kind) => (usage[kind] ?? 0) > 0);
}
