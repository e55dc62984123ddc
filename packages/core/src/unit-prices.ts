import type { FixedPoint } from "./fixed-point.ts";
import { tokensOf, type Usage, type UsageUnit } from "./usage.ts";

/**
 * What calls of one kind cost, unit by unit, where that does not depend on how much is used: so whoever makes the calls
 * can tell their cost without a price book.
 */
export interface UnitPrices {
  /** US dollars for one of a unit. One that is left out has no price, or none that holds for any quantity. */
  readonly prices: ReadonlyMap<UsageUnit, FixedPoint>;
  /** For prompts of up to so many tokens; longer ones have other prices. Absent: of any length. */
  readonly promptTokensMax?: number;
}

/**
 * What a call costs at the prices of its units, to the last digit as the price book has it.
 *
 * @returns undefined where the prices do not tell: of a unit that was used, of so long a prompt, or of a call of which
 *   no usage was reported
 */
export function costOfUsage({ prices, promptTokensMax }: UnitPrices, usage: Usage): FixedPoint | undefined {
  if (promptTokensMax !== undefined && tokensOf(usage, "input") > promptTokensMax) return undefined;
  let cost = 0n;
  let isReported = false;
  for (const name in usage) {
    const quantity = usage[name as UsageUnit];
    if (quantity === undefined) continue;
    isReported = true;
    if (quantity === 0) continue;
    const price = prices.get(name as UsageUnit);
    if (price === undefined || !Number.isSafeInteger(quantity) || quantity < 0) return undefined;
    cost += price * BigInt(quantity);
  }
  if (usage.request !== undefined) return cost;
  // Charged for each call, unless the usage says how many requests were billed.
  const ofRequest = prices.get("request");
  if (ofRequest !== undefined) return cost + ofRequest;
  return isReported && prices.size > 0 ? cost : undefined;
}
