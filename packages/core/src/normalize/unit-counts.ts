import { knownUnits, quantitiesOf, type Usage, type UsageUnit } from "../usage.ts";

/** All quantities together: of tokens, how many there are. */
export function totalOf(usage: Usage): number {
  return quantitiesOf(usage).reduce((sum, [, quantity]) => sum + quantity, 0);
}

/** Usage in the making. A unit that is never set stays absent, which is not zero. */
export class UnitCounts {
  readonly #counts = new Map<UsageUnit, number>();

  /** Nothing happens where the quantity was not reported. */
  add(unit: UsageUnit, quantity: number | undefined): this {
    if (quantity !== undefined) this.#counts.set(unit, (this.#counts.get(unit) ?? 0) + quantity);
    return this;
  }

  addAll(usage: Usage): this {
    for (const [unit, quantity] of quantitiesOf(usage)) this.add(unit, quantity);
    return this;
  }

  /** In the order in which we list units, and then those that nobody knows. */
  toUsage(): Usage {
    const names = [...knownUnits.filter((unit) => this.#counts.has(unit)), ...this.#counts.keys()];
    return Object.fromEntries(names.map((unit) => [unit, this.#counts.get(unit)]));
  }
}
