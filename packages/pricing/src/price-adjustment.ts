import { dimensionOf, type Instant, type PriceAdjustment, type Scope, scopeOf } from "@ai-usage/core";
import { type Attodollars, type Factor, multiplyAmount } from "./attodollars.ts";

export interface AppliedAdjustment {
  readonly adjustment: PriceAdjustment;
  /** Negative for a discount. */
  readonly amount: Attodollars;
}

/**
 * What adjustments do to an amount: discounts first, then margins, each on what the ones before have left of it, in
 * order of their ids. Each amount is rounded once, half to even, to 10⁻¹⁸ dollars.
 */
export function applyAdjustments(
  amount: Attodollars,
  adjustments: readonly PriceAdjustment[],
): { total: Attodollars; applied: AppliedAdjustment[] } {
  let total = amount;
  const applied = inOrder(adjustments).map((adjustment) => {
    const part = multiplyAmount(total, percentFactor(adjustment.percent));
    const change = adjustment.kind === "discount" ? -part : part;
    total += change;
    return { adjustment, amount: change };
  });
  return { total, applied };
}

/** The same for the price of a unit; nothing where a digit of it would be lost, and quantities of it would not add up. */
export function adjustedUnitPrice(
  price: Attodollars,
  adjustments: readonly PriceAdjustment[],
): Attodollars | undefined {
  let adjusted = price;
  for (const { kind, percent } of inOrder(adjustments)) {
    const { numerator, denominator } = percentFactor(percent);
    if ((adjusted * numerator) % denominator !== 0n) return undefined;
    const part = (adjusted * numerator) / denominator;
    adjusted += kind === "discount" ? -part : part;
  }
  return adjusted;
}

/** Those that hold at a time for a call that counts in `scopes`. */
export function adjustmentsFor(
  adjustments: readonly PriceAdjustment[],
  scopes: readonly Scope[],
  at: Instant,
): PriceAdjustment[] {
  return adjustments.filter(
    ({ scope, effectiveFrom, effectiveTo }) =>
      scopes.includes(scope) &&
      (effectiveFrom === undefined || effectiveFrom <= at) &&
      (effectiveTo === undefined || at < effectiveTo),
  );
}

/** Of a call in which several models ran, an adjustment of a model concerns the part of that model alone. */
export function concernsModel({ scope }: PriceAdjustment, model: string | undefined): boolean {
  return dimensionOf(scope) !== "model" || (model !== undefined && scope === scopeOf("model", model));
}

/** One for each adjustment, of all parts of a call together. */
export function sumApplied(applied: readonly AppliedAdjustment[]): AppliedAdjustment[] {
  const amounts = new Map<PriceAdjustment, Attodollars>();
  for (const { adjustment, amount } of applied)
    amounts.set(adjustment, (amounts.get(adjustment) ?? 0n) + amount);
  return inOrder([...amounts.keys()]).map((adjustment) => ({
    adjustment,
    amount: amounts.get(adjustment) ?? 0n,
  }));
}

function inOrder(adjustments: readonly PriceAdjustment[]): PriceAdjustment[] {
  return [...adjustments].sort((a, b) =>
    a.kind === b.kind ? (a.adjustmentId < b.adjustmentId ? -1 : 1) : a.kind === "discount" ? -1 : 1,
  );
}

function percentFactor(percent: string): Factor {
  const [whole = "0", fraction = ""] = percent.split(".");
  return { numerator: BigInt(whole + fraction), denominator: 10n ** BigInt(fraction.length + 2) };
}
