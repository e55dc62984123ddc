import {
  type AIUsageMetric,
  type Instant,
  Money,
  type PriceAdjustment,
  type PriceFileRow,
  type PriceHistoryEntry,
  quantitiesOf,
  scopesOf,
} from "@ai-usage/core";
import type { ownPriceFromWire, ShownPrice, ShownQuote } from "@ai-usage/wire";

type StatedPrice = ReturnType<typeof ownPriceFromWire>;

/** Own prices, discounts and margins in memory. There are no published prices, and conditions match by their tier alone. */
export class MemoryPrices {
  readonly own = new Map<string, ShownPrice>();
  readonly adjustments = new Map<string, PriceAdjustment>();
  /** Newest first. */
  readonly history: PriceHistoryEntry[] = [];

  /** @returns whether there was one of the same provider, model, conditions and beginning */
  put(stated: StatedPrice, now: Instant): { price: ShownPrice; isNew: boolean } {
    const row = rowOf(stated);
    const provider = stated.provider.toLowerCase();
    const model = stated.model.toLowerCase();
    const rowId = ["own", provider, model, row.effective_from ?? "initial", whenText(row)]
      .filter((part) => part !== "")
      .join("/");
    const former = this.own.get(rowId);
    const priceId = former?.priceId ?? `prc_${this.own.size + 1}`;
    const price: ShownPrice = { ...stated, provider, model, rowId, priceId, row };
    this.own.set(rowId, price);
    this.note("put", priceId, former?.row, row, now);
    return { price, isNew: former === undefined };
  }

  delete(priceId: string, now: Instant): ShownPrice | undefined {
    const found = [...this.own.values()].find((price) => price.priceId === priceId);
    if (found) this.own.delete(found.rowId);
    if (found) this.note("delete", priceId, found.row, undefined, now);
    return found;
  }

  note(
    action: PriceHistoryEntry["action"],
    subject: string,
    before: object | undefined,
    after: object | undefined,
    at: Instant,
  ): void {
    const sides = { ...(before && { before: { ...before } }), ...(after && { after: { ...after } }) };
    this.history.unshift({
      editId: `edt_${this.history.length + 1}`,
      at,
      by: "token1",
      action,
      subject,
      ...sides,
    });
  }

  quote(metric: AIUsageMetric): ShownQuote {
    const { model, operation, usage } = metric;
    const price = this.#priceOf(metric);
    const lines = quantitiesOf(usage).flatMap(([unit, quantity]) => {
      const unitPrice = price && unitPriceOf(price.row, unit);
      if (price === undefined || unitPrice === undefined || quantity === 0) return [];
      const amount = unitPrice.times(BigInt(quantity));
      return [{ model, unit, quantity, unitPrice, amount, rowId: price.rowId, multiplierIds: [] }];
    });
    const unpricedUnits = quantitiesOf(usage).flatMap(([unit, quantity]) =>
      quantity > 0 && !lines.some((line) => line.unit === unit) ? [unit] : [],
    );
    const about = { lines, unpricedUnits, warnings: metric.usageProblems ?? [], priceId: price?.rowId };
    const listCost = Money.sum(lines.map(({ amount }) => amount));
    if (metric.reportedCost) {
      const { reportedCost } = metric;
      return {
        ...about,
        pricingStatus: "reported",
        cost: reportedCost,
        reportedCost,
        listCost,
        adjustments: [],
      };
    }
    if (lines.length === 0 || unpricedUnits.length > 0) {
      const reason = `no price is known for ${metric.service} ${model ?? operation}`;
      return { ...about, pricingStatus: "unpriced", reason, adjustments: [] };
    }
    const adjustments = this.#applied(metric, listCost);
    const cost = Money.sum([listCost, ...adjustments.map(({ amount }) => amount)]);
    return { ...about, pricingStatus: "priced", cost, listCost, adjustments };
  }

  #priceOf({ service, model, operation, timestamp, served }: AIUsageMetric): ShownPrice | undefined {
    const name = (model ?? operation).toLowerCase();
    const at = (day = "") => (day === "" || day.includes("T") ? day : `${day}T00:00:00.000Z`);
    return [...this.own.values()]
      .filter((price) => price.isActive && price.provider === service && price.model === name)
      .filter(({ row }) => (row.when?.tier ?? "standard") === (served?.tier ?? "standard"))
      .filter(({ row }) => at(row.effective_from) <= timestamp)
      .filter(({ row }) => row.effective_to === undefined || timestamp < at(row.effective_to))
      .sort((a, b) => (at(a.row.effective_from) < at(b.row.effective_from) ? 1 : -1))[0];
  }

  #applied(metric: AIUsageMetric, listCost: Money): { adjustment: PriceAdjustment; amount: Money }[] {
    let left = listCost;
    const scopes = scopesOf(metric, []);
    const holding = [...this.adjustments.values()]
      .filter(({ scope }) => scopes.includes(scope))
      .sort((a, b) => (a.kind === b.kind ? 0 : a.kind === "discount" ? -1 : 1));
    return holding.map((adjustment) => {
      const part = left.times(adjustment.percent).dividedBy("100");
      const amount = adjustment.kind === "discount" ? part.negated() : part;
      left = left.plus(amount);
      return { adjustment, amount };
    });
  }
}

function rowOf({ row: { per_thousand, ...row } }: StatedPrice): PriceFileRow {
  const byThousand = Object.entries((per_thousand ?? {}) as Record<string, string>).map(([unit, amount]) => [
    unit,
    Money.parse(amount).dividedBy(1_000n).toString(),
  ]);
  const per_unit = { ...(row.per_unit as Record<string, string>), ...Object.fromEntries(byThousand) };
  return { ...row, ...(Object.keys(per_unit).length > 0 && { per_unit }), source: String(row.source) };
}

function unitPriceOf(row: PriceFileRow, unit: string): Money | undefined {
  const million = row.per_million?.[unit];
  const one = row.per_unit?.[unit];
  if (million !== undefined) return Money.parse(million).dividedBy(1_000_000n);
  return one === undefined ? undefined : Money.parse(one);
}

function whenText({ when }: PriceFileRow): string {
  return Object.entries(when ?? {})
    .map(([name, value]) => `${name}=${[value].flat().join("+")}`)
    .sort()
    .join();
}
