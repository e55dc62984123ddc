import type { Instant, Usage, UsageUnit } from "@ai-usage/core";
import { type Attodollars, moneyFromAttodollars, multiplyAmount } from "./attodollars.ts";
import type { PriceSheet, Rate } from "./price-sheet.ts";
import { slicesOf, volumeIdOf } from "./volume.ts";

/** What one unit of a call comes to. */
export interface BilledLine {
  readonly unit: UsageUnit;
  readonly quantity: number;
  readonly rate: Rate;
  /** Where it is not the rate's: a step of a volume price. */
  readonly stepPrice?: Attodollars;
  readonly amount: Attodollars;
}

export interface Bill {
  readonly lines: readonly BilledLine[];
  readonly total: Attodollars;
  /** Units that were used and have no price. With any of these there is no cost. */
  readonly unpricedUnits: readonly UsageUnit[];
  /** Which months' volumes the call counts in. */
  readonly volumes: readonly UsedVolume[];
}

export const NO_BILL: Bill = { lines: [], total: 0n, unpricedUnits: [], volumes: [] };

export interface UsedVolume {
  readonly volumeId: string;
  readonly unit: UsageUnit;
  readonly quantity: number;
}

export interface Billed {
  readonly usage: Usage;
  /** How many identical calls `usage` is the sum of. */
  readonly callCount: number;
  readonly at: Instant;
  readonly billingAccount?: string | undefined;
  /** How much of a volume came before this call. */
  readonly volumeBefore: (volumeId: string) => number;
}

/**
 * What the usage comes to at the prices of a sheet, exact: each line is rounded at most once, half to even, to 10⁻¹⁸
 * dollars. A price per request is charged for each call unless the usage says how many requests were billed.
 */
export function billFor(sheet: PriceSheet, billed: Billed): Bill {
  const { usage, callCount } = billed;
  const lines: BilledLine[] = [];
  const unpricedUnits: UsageUnit[] = [];
  const volumes: UsedVolume[] = [];
  let total = 0n;
  const bill = (unit: UsageUnit, used: number) => {
    const rate = sheet.rates.get(unit);
    if (rate === undefined) {
      unpricedUnits.push(unit);
      return;
    }
    const quantity = rate.minimum === 0 ? used : Math.max(used, rate.minimum * callCount);
    for (const line of linesOf(rate, unit, quantity, billed, volumes)) {
      lines.push(line);
      total += line.amount;
    }
  };
  for (const name in usage) {
    const unit = name as UsageUnit;
    const used = usage[unit];
    if (used !== undefined && used > 0) bill(unit, used);
  }
  if (usage.request === undefined && sheet.rates.has("request")) bill("request", callCount);
  return { lines, total, unpricedUnits, volumes };
}

function linesOf(
  rate: Rate,
  unit: UsageUnit,
  quantity: number,
  billed: Billed,
  volumes: UsedVolume[],
): BilledLine[] {
  const { volume } = rate;
  if (volume === undefined) {
    const amount = multiplyAmount(rate.unitPrice * BigInt(quantity), rate.factor);
    return [{ unit, quantity, rate, amount }];
  }
  const volumeId = volumeIdOf(rate.row.provider, volume, billed);
  volumes.push({ volumeId, unit, quantity });
  return slicesOf(volume, billed.volumeBefore(volumeId), quantity).map((slice) => ({
    unit,
    quantity: slice.quantity,
    rate,
    stepPrice: slice.unitPrice,
    amount: multiplyAmount(slice.unitPrice * BigInt(slice.quantity), rate.factor),
  }));
}

/** The price of one unit that a line is made with, for display. */
export function unitPriceOf({ rate, stepPrice }: BilledLine) {
  return stepPrice === undefined
    ? rate.shownUnitPrice
    : moneyFromAttodollars(multiplyAmount(stepPrice, rate.factor));
}
