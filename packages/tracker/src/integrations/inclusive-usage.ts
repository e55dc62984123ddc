import type { Usage } from "@ai-usage/core/usage";

/** Counts as frameworks have them: parts are inside of what they are parts of. */
export interface InclusiveCounts {
  readonly input?: number | undefined;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly cacheWriteOneHour?: number | undefined;
  readonly audioInput?: number | undefined;
  readonly output?: number | undefined;
  readonly reasoning?: number | undefined;
  readonly audioOutput?: number | undefined;
}

/** In units of which none is inside another. What was not told stays absent. */
export function disjointUsage(counts: InclusiveCounts, service: string): Usage {
  const { input, cacheRead, cacheWrite, cacheWriteOneHour, audioInput } = counts;
  const { output, reasoning, audioOutput } = counts;
  const cached = (cacheRead ?? 0) + (cacheWrite ?? 0) + (cacheWriteOneHour ?? 0);
  // Nothing tells how long it is kept: what is usual with the provider.
  const written = service === "openai" || service === "azure" ? "cache_write_30m" : "cache_write_5m";
  const units = {
    input: rest(input, cached + (audioInput ?? 0)),
    cache_read: cacheRead,
    [written]: cacheWrite,
    cache_write_1h: cacheWriteOneHour,
    audio_input: audioInput,
    output: rest(output, (reasoning ?? 0) + (audioOutput ?? 0)),
    reasoning,
    audio_output: audioOutput,
  };
  return Object.fromEntries(
    Object.entries(units).filter(([name, count]) => count !== undefined && (count > 0 || MAIN.has(name))),
  );
}

/** Of the others, frameworks tell a zero where there is no such thing. */
const MAIN = new Set(["input", "output"]);

function rest(total: number | undefined, parts: number): number | undefined {
  return total === undefined ? undefined : Math.max(0, total - parts);
}

export type Members = Readonly<Record<string, unknown>>;

/** The member of that name, as an object without members where it is none. */
export function membersOf(holder: unknown, name?: string): Members {
  const value = name === undefined ? holder : (holder as Members | undefined)?.[name];
  return typeof value === "object" && value !== null ? (value as Members) : {};
}

export function countAt(holder: Members, name: string): number | undefined {
  const count = holder[name];
  return typeof count === "number" && Number.isInteger(count) && count >= 0 ? count : undefined;
}

export function textAt(holder: Members, name: string): string | undefined {
  const text = holder[name];
  return typeof text === "string" && text !== "" ? text : undefined;
}
