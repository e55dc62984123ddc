import { knownUnits, type Usage, type UsageUnit } from "../usage.ts";

/** All quantities together: of tokens, how many there are. */
export function totalOf(usage: Usage): number {
  let sum = 0;
  for (const unit in usage) sum += usage[unit as UsageUnit] ?? 0;
  return sum;
}

/** Usage in the making. A unit that is never set stays absent, which is not zero. */
export class UnitCounts {
  readonly #counts = new Map<UsageUnit, number>();

  /** Nothing happens where the quantity was not reported. */
  add(unit: UsageUnit, quantity: number | undefined): this {
    if (quantity !== undefined) this.#counts.set(unit, (this.#counts.get(unit) ?? 0) + quantity);
    return this;
  }

  addAll(usage: Usage | UnitCounts): this {
    if (usage instanceof UnitCounts) for (const [unit, quantity] of usage.#counts) this.add(unit, quantity);
    else for (const unit in usage) this.add(unit as UsageUnit, usage[unit as UsageUnit]);
    return this;
  }

  /** In the order in which we list units, and then those that nobody knows. */
  toUsage(): Usage {
    const usage: Partial<Record<UsageUnit, number>> = {};
    for (const unit of knownUnits) {
      const quantity = this.#counts.get(unit);
      if (quantity !== undefined) usage[unit] = quantity;
    }
    for (const [unit, quantity] of this.#counts) usage[unit] = quantity;
    return usage;
  }
}
