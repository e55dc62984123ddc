import { type Instant, isUsageUnit, localClockOf, sideOf, type Usage, type UsageUnit } from "@ai-usage/core";
import type { JsonNode } from "./json-node.ts";
import { globsMeet, matchesGlob, normalizeName } from "./model-name.ts";

/** What must hold of a call for a row to price it, in lower case. An absent condition asks nothing, but for `tiers`. */
export interface RowConditions {
  /** Absent: the standard tier alone. `any`: all of them. */
  readonly tiers?: readonly string[] | "any";
  /** Globs. */
  readonly regions?: readonly string[];
  readonly sizes?: readonly string[];
  readonly qualities?: readonly string[];
  readonly resolutions?: readonly string[];
  readonly prompt?: PromptCondition;
  readonly times?: readonly TimeWindow[];
}

/** The prompt of one call has at least this many tokens. */
interface PromptCondition {
  readonly tokensMin: number;
  /** Absent: all units on the input side. */
  readonly counts?: readonly UsageUnit[];
}

/** From `from` (included) to `to` (not included) by the clock of `timeZone`, on some days of the week or on all. */
export interface TimeWindow {
  /** 1 is Monday. */
  readonly weekdays?: readonly number[];
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
}

export const STANDARD_TIER = "standard";

const standardTierNames = ["default", "auto", "on_demand", "on-demand"];

/** In lower case, and by one name where providers have several. */
export function tierName(tier: string): string {
  const name = normalizeName(tier);
  return standardTierNames.includes(name) ? STANDARD_TIER : name;
}

/** What of a call stays the same for many calls of a model: looked at once, and remembered. */
export interface StaticFacts {
  readonly tier: string;
  readonly region?: string;
  readonly size?: string;
  readonly quality?: string;
  readonly resolution?: string;
}

export function matchesTier({ tiers }: RowConditions, tier: string): boolean {
  if (tiers === "any") return true;
  return tiers === undefined ? tier === STANDARD_TIER : tiers.includes(tier);
}

/** All but the tier. */
export function matchesStatic(conditions: RowConditions, facts: StaticFacts): boolean {
  return (
    isAmong(conditions.sizes, facts.size) &&
    isAmong(conditions.qualities, facts.quality) &&
    isAmong(conditions.resolutions, facts.resolution) &&
    (conditions.regions === undefined ||
      (facts.region !== undefined &&
        conditions.regions.some((glob) => matchesGlob(glob, facts.region ?? ""))))
  );
}

function isAmong(allowed: readonly string[] | undefined, value: string | undefined): boolean {
  return allowed === undefined || (value !== undefined && allowed.includes(value));
}

/** What differs from call to call. */
export interface DynamicFacts {
  readonly at: Instant;
  readonly usage: Usage;
  /** How many identical calls `usage` is the sum of. */
  readonly callCount: number;
}

export function isDynamic({ prompt, times }: RowConditions): boolean {
  return prompt !== undefined || times !== undefined;
}

export function matchesDynamic({ prompt, times }: RowConditions, facts: DynamicFacts): boolean {
  if (prompt !== undefined && promptTokens(facts.usage, prompt) / facts.callCount < prompt.tokensMin)
    return false;
  return times === undefined || times.some((window) => isWithin(window, facts.at));
}

function promptTokens(usage: Usage, { counts }: PromptCondition): number {
  let sum = 0;
  for (const unit in usage) {
    if (!isUsageUnit(unit)) continue;
    if (counts === undefined ? sideOf(unit) === "input" : counts.includes(unit)) sum += usage[unit] ?? 0;
  }
  return sum;
}

function isWithin(window: TimeWindow, at: Instant): boolean {
  const { weekday, time } = localClockOf(at, window.timeZone);
  return showsWithin(window, weekday, time);
}

function showsWithin({ weekdays, from, to }: TimeWindow, weekday: number, time: string): boolean {
  if (from < to) return from <= time && time < to && (weekdays?.includes(weekday) ?? true);
  // Past midnight: the morning belongs to the day before.
  if (time >= from) return weekdays?.includes(weekday) ?? true;
  return time < to && (weekdays?.includes(weekday === 1 ? 7 : weekday - 1) ?? true);
}

/** The row with more conditions wins, of those with as many the one for longer prompts. */
export function compareSpecificity(a: RowConditions, b: RowConditions): number {
  return conditionCount(b) - conditionCount(a) || (b.prompt?.tokensMin ?? 0) - (a.prompt?.tokensMin ?? 0);
}

function conditionCount(conditions: RowConditions): number {
  const { tiers, ...others } = conditions;
  const named = Object.values(others).filter((condition) => condition !== undefined).length;
  return named + (tiers === undefined || tiers === "any" ? 0 : 1);
}

/** Whether one call can meet both. How long its prompt is, is not looked at. */
export function canMeet(a: RowConditions, b: RowConditions): boolean {
  const tiersOf = ({ tiers = [STANDARD_TIER] }: RowConditions) => (tiers === "any" ? undefined : tiers);
  return (
    overlap(tiersOf(a), tiersOf(b)) &&
    overlap(a.sizes, b.sizes) &&
    overlap(a.qualities, b.qualities) &&
    overlap(a.resolutions, b.resolutions) &&
    overlap(a.regions, b.regions, globsMeet) &&
    overlap(a.times, b.times, windowsMeet)
  );
}

function overlap<T>(
  a: readonly T[] | undefined,
  b: readonly T[] | undefined,
  meet: (one: T, other: T) => boolean = (one, other) => one === other,
): boolean {
  return a === undefined || b === undefined || a.some((one) => b.some((other) => meet(one, other)));
}

/** Windows by the clocks of two zones are taken to meet: how far these are apart changes. */
function windowsMeet(a: TimeWindow, b: TimeWindow): boolean {
  return a.timeZone !== b.timeZone || beginsWithin(a, b) || beginsWithin(b, a);
}

function beginsWithin({ weekdays = everyDay, from }: TimeWindow, other: TimeWindow): boolean {
  return weekdays.some((weekday) => showsWithin(other, weekday, from));
}

const everyDay = [1, 2, 3, 4, 5, 6, 7];

/** `tier=batch,prompt_over=272000`: the part of a row's id that tells it from the others of its date. */
export function conditionsText(when: unknown): string {
  if (typeof when !== "object" || when === null) return "";
  const parts = Object.entries(when).map(([name, value]) => `${name}=${valueText(value)}`);
  return parts.sort().join(",");
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join("+");
  if (typeof value === "object" && value !== null) return Object.values(value).map(valueText).join("-");
  return String(value);
}

export const weekdayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

export function readConditions(node: JsonNode | undefined): RowConditions {
  if (node === undefined) return {};
  const fields = node.members(
    [],
    [
      "tier",
      "region",
      "size",
      "quality",
      "resolution",
      "prompt_over",
      "prompt_from",
      "prompt_counts",
      "time",
    ],
  );
  const names = (field: JsonNode) => field.textOrTexts().map(normalizeName);
  const tiers = fields.tier?.textOrTexts().map(tierName);
  return {
    ...(tiers !== undefined && { tiers: tiers.includes("*") ? ("any" as const) : tiers }),
    ...(fields.region && { regions: names(fields.region) }),
    ...(fields.size && { sizes: names(fields.size) }),
    ...(fields.quality && { qualities: names(fields.quality) }),
    ...(fields.resolution && { resolutions: names(fields.resolution) }),
    ...readPrompt(fields),
    ...(fields.time && { times: fields.time.someItems("time").map(readWindow) }),
  };
}

/** Token counts are whole, so "more than 200,000" starts at 200,001. */
function readPrompt(fields: Partial<Record<"prompt_over" | "prompt_from" | "prompt_counts", JsonNode>>) {
  const { prompt_over: over, prompt_from: from, prompt_counts: counts } = fields;
  if (over && from) over.report("cannot stand beside prompt_from");
  const threshold = over ?? from;
  if (threshold === undefined) {
    counts?.report("says what counts towards prompt_over or prompt_from, and neither is there");
    return {};
  }
  const tokens = threshold.wholeNumber() ?? 0;
  const units = counts?.someTexts().flatMap((name) => {
    if (isUsageUnit(name)) return [name];
    counts.report(`"${name}" is no unit of usage`);
    return [];
  });
  return { prompt: { tokensMin: over ? tokens + 1 : tokens, ...(units && { counts: units }) } };
}

function readWindow(node: JsonNode): TimeWindow {
  const fields = node.members(["from", "to", "time_zone"], ["days"]);
  const clock = (field: JsonNode | undefined) => {
    const text = field?.text() ?? "00:00";
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) field?.report("must be a time of day, like 16:30");
    return text;
  };
  const weekdays = fields.days?.someTexts().map((name) => {
    const index = weekdayNames.indexOf(name);
    if (index < 0) fields.days?.report(`"${name}" is none of ${weekdayNames.join(", ")}`);
    return index + 1;
  });
  return {
    ...(weekdays && { weekdays }),
    from: clock(fields.from),
    to: clock(fields.to),
    timeZone: fields.time_zone?.timeZone() ?? "UTC",
  };
}
