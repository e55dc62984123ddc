import type { Answer } from "./answer.ts";

/** Words of several providers for our tiers. Any other word is a tier of its own. */
const tiers: Readonly<Record<string, string | undefined>> = {
  default: "standard",
  on_demand: "standard",
  standard_only: "standard",
  on_demand_flex: "flex",
  on_demand_priority: "priority",
  on_demand_offpeak: "offpeak",
  provisioned_throughput: "provisioned",
  // The provider decides, and does not say how.
  auto: undefined,
  unspecified: undefined,
  traffic_type_unspecified: undefined,
};

/** The tier that a provider's word means, or nothing where the word leaves it open. */
export function tierOf(word: string | undefined): string | undefined {
  const name = word?.toLowerCase();
  return name !== undefined && Object.hasOwn(tiers, name) ? tiers[name] : name;
}

/** Requests and answers name a tier by a word, or by an object with the word as its `type` (Bedrock). */
export function tierIn(holder: Answer, ...names: readonly string[]): string | undefined {
  const member = holder.either(...names);
  return tierOf(member.asWord() ?? member.word("type"));
}
