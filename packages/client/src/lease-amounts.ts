import {
  type FixedPoint,
  fixedPointText,
  type LeaseAmounts,
  parseFixedPoint,
  type UnitPrices,
  type UsageUnit,
} from "@ai-usage/core";
import type { Lease, NewLease } from "./answers.ts";
import type { LeaseSpent, SpentInput } from "./lease-requests.ts";

export function fromWireAmounts({ cost_usd, tokens, requests }: Lease["granted"]): LeaseAmounts {
  const usd = parseFixedPoint(cost_usd);
  if (usd === undefined) throw new RangeError(`a lease holds ${cost_usd}, which is no amount`);
  return { usd, tokens: Number(tokens), requests: Number(requests) };
}

export function toWireAmounts({ usd, tokens, requests }: LeaseAmounts): SpentInput {
  return { cost_usd: fixedPointText(usd), tokens, requests };
}

/** @param most counts where nothing is said, or nothing that can be counted */
export function amountsOf({ costUsd, tokens, requests }: LeaseSpent, most: LeaseAmounts): LeaseAmounts {
  const usd = costUsd === undefined ? undefined : parseFixedPoint(costUsd);
  return {
    usd: usd === undefined || usd < 0n ? most.usd : usd,
    tokens: countOr(tokens, most.tokens),
    requests: countOr(requests, most.requests),
  };
}

function countOr(count: number | undefined, most: number): number {
  return count !== undefined && Number.isSafeInteger(count) && count >= 0 ? count : most;
}

export function fromWireUnitPrices(lease: NewLease): UnitPrices {
  const { unit_prices = {}, unit_prices_prompt_tokens_max: promptTokensMax } = lease;
  const prices = new Map<UsageUnit, FixedPoint>();
  for (const [unit, text] of Object.entries(unit_prices)) {
    const price = parseFixedPoint(text);
    if (price !== undefined) prices.set(unit as UsageUnit, price);
  }
  return promptTokensMax === undefined ? { prices } : { prices, promptTokensMax };
}
