import type { Answer } from "./answer.ts";
import { UnitCounts } from "./unit-counts.ts";

/** Kinds of prompt tokens, in the order in which a cache is taken to hold them where the provider does not say. */
const modalities = ["text", "image", "video", "audio"] as const;
export type Modality = (typeof modalities)[number];

export type ModalityCounts = Readonly<Partial<Record<Modality, number>>>;

export type CacheWriteUnit = "cache_write_5m" | "cache_write_30m" | "cache_write_1h" | "cache_write_12h";

/** A prompt as most providers count it: parts and cached tokens are inside the total. */
export interface InclusivePrompt {
  readonly total?: number | undefined;
  /** Cached tokens among them. Text is what is left of the total. */
  readonly parts: Readonly<Partial<Record<Exclude<Modality, "text">, number | undefined>>>;
  readonly cached?: number | undefined;
  /** Of which kind the cached tokens are, where that is told. */
  readonly cachedParts?: ModalityCounts | undefined;
  readonly written?: Readonly<Partial<Record<CacheWriteUnit, number | undefined>>>;
}

const inputUnits = {
  text: "input",
  image: "image_input",
  video: "video_input",
  audio: "audio_input",
} as const satisfies Record<Modality, string>;

const cacheReadUnits = {
  text: "cache_read",
  image: "image_cache_read",
  // Nobody charges another price for it.
  video: "cache_read",
  audio: "audio_cache_read",
} as const satisfies Record<Modality, string>;

/**
 * Disjoint units of a prompt whose counts lie inside each other. Together they are the total, also where parts of it add
 * up to more: then what does not fit is cut off, and the problems say so.
 *
 * @param where the total, for the problems
 */
export function splitPrompt(prompt: InclusivePrompt, where: Answer): UnitCounts {
  const { parts, cached, cachedParts, written = {} } = prompt;
  const units = new UnitCounts();
  const left = uncountedTokens(prompt, where);

  let uncached = cached ?? 0;
  const read = (modality: Modality, count: number) => {
    const taken = Math.min(count, left[modality], uncached);
    left[modality] -= taken;
    uncached -= taken;
    return taken;
  };
  units.add("cache_read", cached === undefined ? undefined : 0);
  for (const modality of modalities) {
    const count = cachedParts?.[modality];
    if (count !== undefined) units.add(cacheReadUnits[modality], read(modality, count));
  }
  for (const modality of modalities) {
    const rest = read(modality, uncached);
    if (rest > 0) units.add(cacheReadUnits[modality], rest);
  }
  if (uncached > 0)
    where.report(`${where.path} is ${uncached} less than the cached tokens in it; those are left out`);

  for (const [unit, count] of Object.entries(written) as [CacheWriteUnit, number | undefined][]) {
    if (count === undefined) continue;
    const taken = takeFrom(left, count);
    if (taken < count) {
      where.report(
        `${where.path} has no room for ${count} tokens written to the cache; ${taken} are counted`,
      );
    }
    units.add(unit, taken);
  }

  if (prompt.total !== undefined || left.text > 0) units.add("input", left.text);
  for (const modality of ["image", "video", "audio"] as const) {
    if (parts[modality] !== undefined) units.add(inputUnits[modality], left[modality]);
  }
  return units;
}

/** How many tokens of each kind there are. Where no total is told, it is what the parts make. */
function uncountedTokens(prompt: InclusivePrompt, where: Answer): Record<Modality, number> {
  const { parts, cached = 0, written = {} } = prompt;
  const media = (parts.image ?? 0) + (parts.video ?? 0) + (parts.audio ?? 0);
  const total = prompt.total ?? Math.max(media, cached + sumOf(Object.values(written)));
  if (media > total)
    where.report(`${where.path} is ${total}, less than the ${media} tokens that are no text`);
  let room = total;
  const fit = (count = 0) => {
    const fitting = Math.min(count, room);
    room -= fitting;
    return fitting;
  };
  const [image, video, audio] = [fit(parts.image), fit(parts.video), fit(parts.audio)];
  return { text: room, image, video, audio };
}

function takeFrom(left: Record<Modality, number>, count: number): number {
  let taken = 0;
  for (const modality of modalities) {
    const some = Math.min(count - taken, left[modality]);
    left[modality] -= some;
    taken += some;
  }
  return taken;
}

function sumOf(counts: readonly (number | undefined)[]): number {
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

/** What a model put out, parts inside the total. */
export interface InclusiveOutput {
  readonly total?: number | undefined;
  readonly reasoning?: number | undefined;
  readonly audio?: number | undefined;
  readonly image?: number | undefined;
  readonly video?: number | undefined;
}

/** Disjoint units of what a model put out: together the total, as {@link splitPrompt} has it. */
export function splitOutput(output: InclusiveOutput, where: Answer): UnitCounts {
  const { total, audio, image, video, reasoning } = output;
  const parts = (audio ?? 0) + (image ?? 0) + (video ?? 0) + (reasoning ?? 0);
  if (total !== undefined && parts > total) {
    where.report(`${where.path} is ${total}, less than the ${parts} tokens of its parts`);
  }
  let room = total ?? parts;
  const fit = (count: number | undefined) => {
    if (count === undefined) return undefined;
    const fitting = Math.min(count, room);
    room -= fitting;
    return fitting;
  };
  const units = new UnitCounts()
    .add("audio_output", fit(audio))
    .add("image_output", fit(image))
    .add("video_output", fit(video))
    .add("reasoning", fit(reasoning));
  return units.add("output", total === undefined ? undefined : room);
}
