import { Amount, type BudgetUnit } from "./budget.ts";

/** An amount in each unit that budgets limit: what a call may take at most, or what was taken. */
export type Quantities = Readonly<Record<BudgetUnit, Amount>>;

export const noQuantities: Quantities = { usd: Amount.zero, tokens: Amount.zero, requests: Amount.zero };

export function mapQuantities(
  of: Quantities,
  change: (amount: Amount, unit: BudgetUnit) => Amount,
): Quantities {
  return {
    usd: change(of.usd, "usd"),
    tokens: change(of.tokens, "tokens"),
    requests: change(of.requests, "requests"),
  };
}

export function addQuantities(a: Quantities, b: Quantities): Quantities {
  return mapQuantities(a, (amount, unit) => amount.plus(b[unit]));
}

/** @param count a whole number */
export function timesQuantities(of: Quantities, count: number): Quantities {
  return mapQuantities(of, (amount) => amount.times(String(count)));
}
