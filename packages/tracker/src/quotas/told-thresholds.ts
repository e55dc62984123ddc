import type { BudgetStanding } from "./budget-standing.ts";

/** What was told of the running period of each budget. */
export class ToldThresholds {
  readonly #periods = new Map<string, { readonly periodId: string; readonly names: Set<string> }>();

  /** @returns whether it was not told before of the budget's period; from now on it was */
  isNew({ budgetId, periodId }: BudgetStanding, name: string): boolean {
    const known = this.#periods.get(budgetId);
    const told = known?.periodId === periodId ? known : { periodId, names: new Set<string>() };
    this.#periods.set(budgetId, told);
    if (told.names.has(name)) return false;
    told.names.add(name);
    return true;
  }
}
