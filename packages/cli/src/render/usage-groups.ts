import { type Aggregation, Money, plusDays, type UsageAnswer, type UsageGroup } from "@ai-usage/client";

/** One group of an answer, its cost exact. `cost_usd` serves for the length of a bar alone. */
export interface Group {
  readonly name: string;
  readonly cost: Money;
  readonly cost_usd: number;
  readonly tokens: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly api_calls: number;
  readonly unpriced_calls: number;
  readonly failed_calls: number;
}

/** The groups of one grouping: those of time in its order, others with the dearest first. */
export function groupsOf(usage: UsageAnswer, grouping: Aggregation): Group[] {
  const groups = Object.entries(usage.aggregations[`by_${grouping}`] ?? {}).map(toGroup);
  if (isTime(grouping)) return groups.sort((a, b) => (a.name < b.name ? -1 : 1));
  return groups.sort((a, b) => b.cost.compare(a.cost) || b.api_calls - a.api_calls);
}

export function isTime(grouping: Aggregation): grouping is "day" | "hour" {
  return grouping === "day" || grouping === "hour";
}

function toGroup([name, group]: [string, UsageGroup]): Group {
  const { cost_usd, tokens, input_tokens, output_tokens, api_calls, unpriced_calls, failed_calls } = group;
  return {
    name,
    cost: Money.parse(group.cost_usd_exact),
    cost_usd,
    tokens,
    input_tokens,
    output_tokens,
    api_calls,
    unpriced_calls,
    failed_calls,
  };
}

/** The first `top` groups, and all others as one. */
export function topGroups(groups: readonly Group[], top: number): Group[] {
  const others = groups.slice(top);
  if (others.length < 2) return [...groups];
  return [...groups.slice(0, top), others.reduce(sumOf, { ...zero, name: `(${others.length} others)` })];
}

const zero: Group = {
  name: "",
  cost: Money.zero,
  cost_usd: 0,
  tokens: 0,
  input_tokens: 0,
  output_tokens: 0,
  api_calls: 0,
  unpriced_calls: 0,
  failed_calls: 0,
};

function sumOf(a: Group, b: Group): Group {
  return {
    name: a.name,
    cost: a.cost.plus(b.cost),
    cost_usd: a.cost_usd + b.cost_usd,
    tokens: a.tokens + b.tokens,
    input_tokens: a.input_tokens + b.input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
    api_calls: a.api_calls + b.api_calls,
    unpriced_calls: a.unpriced_calls + b.unpriced_calls,
    failed_calls: a.failed_calls + b.failed_calls,
  };
}

/** Days or hours from the first to the last that has calls, those without any in between as well. */
export function withoutGaps(groups: readonly Group[], unit: "day" | "hour"): Group[] {
  const last = groups.at(-1)?.name ?? "";
  const byName = new Map(groups.map((group) => [group.name, group]));
  const filled: Group[] = [];
  for (let name = groups[0]?.name ?? "~"; name <= last; name = nextName(name, unit)) {
    filled.push(byName.get(name) ?? { ...zero, name });
  }
  return filled;
}

function nextName(name: string, unit: "day" | "hour"): string {
  return unit === "day" ? plusDays(name, 1) : String(Number(name) + 1).padStart(2, "0");
}
