import { type Money, tokensOf, type Usage, type UsageKind, usageKindNames } from "@ai-usage/core";
import { type Attodollars, moneyFromAttodollars } from "./attodollars.ts";
import { type PriceRow, ratesFor } from "./price-row.ts";

export interface QuoteLine {
  readonly kind: UsageKind;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly amount: Money;
}

/** How a cost comes about, line by line. */
export interface Quote {
  readonly priceId: string;
  readonly lines: readonly QuoteLine[];
  /** Kinds that were used and have no price in the row. With any of these there is no cost. */
  readonly unpricedKinds: readonly UsageKind[];
  readonly cost?: Money;
}

export interface Bill {
  readonly lines: readonly {
    kind: UsageKind;
    quantity: number;
    unitPrice: Attodollars;
    amount: Attodollars;
  }[];
  readonly unpricedKinds: readonly UsageKind[];
  readonly total: Attodollars;
}

/**
 * What the usage comes to at the prices of `row`, exact.
 *
 * The length of the prompt that decides the tier is that of one call: all kinds on the input side, cached or not.
 * A price per request is charged for each call unless the usage says how many requests were billed.
 *
 * @param callCount how many identical calls `usage` is the sum of
 */
export function billFor(row: PriceRow, usage: Usage, callCount: number): Bill {
  const rates = row.tiers.length === 0 ? row.rates : ratesFor(row, tokensOf(usage, "input") / callCount);
  const lines: Bill["lines"][number][] = [];
  const unpricedKinds: UsageKind[] = [];
  let total = 0n;
  for (const kind of usageKindNames) {
    const unitPrice = rates[kind];
    const quantity = usage[kind] ?? (kind === "request" && unitPrice !== undefined ? callCount : 0);
    if (quantity === 0) continue;
    if (unitPrice === undefined) {
      unpricedKinds.push(kind);
      continue;
    }
    const amount = unitPrice * BigInt(quantity);
    lines.push({ kind, quantity, unitPrice, amount });
    total += amount;
  }
  return { lines, unpricedKinds, total };
}

export function quote(row: PriceRow, usage: Usage, callCount = 1): Quote {
  const { lines, unpricedKinds, total } = billFor(row, usage, callCount);
  return {
    priceId: row.id,
    lines: lines.map(({ kind, quantity, unitPrice, amount }) => ({
      kind,
      quantity,
      unitPrice: moneyFromAttodollars(unitPrice),
      amount: moneyFromAttodollars(amount),
    })),
    unpricedKinds,
    ...(unpricedKinds.length === 0 && { cost: moneyFromAttodollars(total) }),
  };
}
