import { type Slot, type Totals, totalsCountFields, zeroTotals } from "@ai-usage/core";
import { type Item, ItemReader, moneyAttribute } from "./item.ts";

type CountField = (typeof totalsCountFields)[number];

/** Names of the sums in a counter item; an hour has each of them per quarter, `q0_calls` to `q3_calls`. */
const countAttributes: Record<CountField, string> = {
  calls: "calls",
  unpricedCalls: "unpriced_calls",
  failedCalls: "failed_calls",
  inputTokens: "input_tokens",
  outputTokens: "output_tokens",
  latencyMs: "latency_ms",
};

const COST = "cost_usd";

const prefixOf = (slot: Slot): string => (slot === "all" ? "" : `q${slot}_`);

/** The sums of one slot as attributes, those that are zero left out: they cost bytes and add nothing. */
export function toSumAttributes(slot: Slot, totals: Totals): Item {
  const prefix = prefixOf(slot);
  const sums: Item = {};
  if (!totals.cost.isZero()) sums[`${prefix}${COST}`] = moneyAttribute(totals.cost);
  for (const field of totalsCountFields) {
    if (totals[field] !== 0) sums[`${prefix}${countAttributes[field]}`] = totals[field];
  }
  return sums;
}

export function fromSumAttributes(item: Item, slot: Slot): Totals {
  const read = new ItemReader(item);
  const prefix = prefixOf(slot);
  const counts = totalsCountFields.map(
    (field) => [field, read.optionalInteger(`${prefix}${countAttributes[field]}`) ?? 0] as const,
  );
  return {
    ...zeroTotals,
    ...(Object.fromEntries(counts) as Record<CountField, number>),
    cost: read.optionalMoney(`${prefix}${COST}`) ?? zeroTotals.cost,
  };
}
