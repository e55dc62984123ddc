import {
  type AIUsageMetric,
  type Money,
  type PriceAdjustment,
  type PricingStatus,
  scopesOf,
  type UsageUnit,
} from "@ai-usage/core";
import { moneyFromAttodollars } from "./attodollars.ts";
import { type BilledLine, type UsedVolume, unitPriceOf } from "./bill.ts";
import { type CallPrice, callPrice, type VolumeBefore } from "./call-price.ts";
import {
  type AppliedAdjustment,
  adjustmentsFor,
  applyAdjustments,
  concernsModel,
  sumApplied,
} from "./price-adjustment.ts";
import type { PriceBook } from "./price-book.ts";

export { FAILED_CALL_PRICE_ID, FREE_REFUSAL_PRICE_ID } from "./call-price.ts";

export interface QuoteLine {
  readonly model: string | undefined;
  readonly unit: UsageUnit;
  readonly quantity: number;
  /** With the factors in `multiplierIds`; shown rounded to 10⁻¹⁸ dollars, the amount is computed unrounded. */
  readonly unitPrice: Money;
  readonly amount: Money;
  readonly rowId: string;
  /** Rows whose factors are in `unitPrice`. */
  readonly multiplierIds: readonly string[];
}

export interface QuoteAdjustment {
  readonly adjustment: PriceAdjustment;
  /** Negative for a discount. */
  readonly amount: Money;
}

/** How a cost comes about, line by line: `listCost = Σ lines`, `cost = listCost + Σ adjustments`, unless it is reported. */
export interface Quote {
  readonly pricingStatus: PricingStatus;
  /** What the call costs; absent when it is unpriced. */
  readonly cost?: Money | undefined;
  /** What the price book makes of it, before discounts and margins; absent when a price is missing. */
  readonly listCost?: Money | undefined;
  readonly reportedCost?: Money | undefined;
  readonly lines: readonly QuoteLine[];
  readonly adjustments: readonly QuoteAdjustment[];
  /** The row of the tokens, or else of the first line; or the rule that holds. Absent when a price is missing. */
  readonly priceId?: string | undefined;
  /** Why there is no price. */
  readonly reason?: string | undefined;
  /** Units that were used and have no price. */
  readonly unpricedUnits: readonly string[];
  /** What of `cost` is of the other models of the call, in their order. */
  readonly alsoUsedCosts: readonly Money[];
  readonly volumes: readonly UsedVolume[];
  readonly warnings: readonly string[];
}

export interface QuoteOptions {
  /** Discounts and margins of the deployment. */
  readonly adjustments?: readonly PriceAdjustment[];
  /** Scopes of the call from its metadata; the others follow from its fields. */
  readonly customScopes?: readonly string[];
  /**
   * How much of a month's volume came before this call.
   * @default nothing did
   */
  readonly volumeBefore?: VolumeBefore;
}

const NOTHING_BEFORE: VolumeBefore = () => 0;

/**
 * What a metric costs by the prices that held when the call was made, and why. What was served beats what was asked
 * for; the provider's own figure beats the book, and both are given. Whatever is not known makes the metric unpriced;
 * it never counts as zero.
 */
export function quote(book: PriceBook, metric: AIUsageMetric, options: QuoteOptions = {}): Quote {
  const list = callPrice(book, metric, options.volumeBefore ?? NOTHING_BEFORE);
  const scopes = options.adjustments?.length ? scopesOf(metric, options.customScopes ?? []) : [];
  const holding = options.adjustments ? adjustmentsFor(options.adjustments, scopes, metric.timestamp) : [];
  return metric.reportedCost === undefined
    ? bookQuote(list, holding)
    : reportedQuote(list, metric.reportedCost, holding);
}

function bookQuote(list: CallPrice, adjustments: readonly PriceAdjustment[]): Quote {
  if (list.reason !== undefined || list.priceId === undefined) {
    return quoteOf(list, { pricingStatus: "unpriced", reason: list.reason ?? "no price is known" });
  }
  const listCost = moneyFromAttodollars(list.total);
  if (adjustments.length === 0) {
    return quoteOf(list, {
      pricingStatus: "priced",
      cost: listCost,
      listCost,
      alsoUsedCosts: alsoUsedCosts(list),
    });
  }
  const parts = list.parts.map(({ model, bill }) => {
    const ofModel = adjustments.filter((adjustment) => concernsModel(adjustment, model));
    return applyAdjustments(bill.total, ofModel);
  });
  return quoteOf(list, {
    pricingStatus: "priced",
    cost: moneyFromAttodollars(parts.reduce((sum, { total }) => sum + total, 0n)),
    listCost,
    adjustments: sumApplied(parts.flatMap(({ applied }) => applied)).map(toQuoteAdjustment),
    alsoUsedCosts: parts.slice(1).map(({ total }) => moneyFromAttodollars(total)),
  });
}

/**
 * The provider's bill has its discounts in it already; a margin goes on top of it as it does on the list price. Where
 * several models ran it does not tell what is of which, so all of it counts for the first.
 */
function reportedQuote(list: CallPrice, reportedCost: Money, adjustments: readonly PriceAdjustment[]): Quote {
  const model = list.parts[0]?.model;
  const margins = adjustments.filter((one) => one.kind === "margin" && concernsModel(one, model));
  const { total, applied } = applyAdjustments(reportedCost.toSmallestUnits(), margins);
  return quoteOf(list, {
    pricingStatus: "reported",
    cost: margins.length === 0 ? reportedCost : moneyFromAttodollars(total),
    reportedCost,
    listCost: list.reason === undefined ? moneyFromAttodollars(list.total) : undefined,
    adjustments: applied.map(toQuoteAdjustment),
  });
}

type Outcome = Pick<Quote, "pricingStatus" | "cost" | "listCost" | "reportedCost" | "reason"> &
  Partial<Pick<Quote, "adjustments" | "alsoUsedCosts">>;

// One literal with every member, here and for the lines: objects put together by spreads cost more than all the pricing.
function quoteOf(list: CallPrice, outcome: Outcome): Quote {
  return {
    pricingStatus: outcome.pricingStatus,
    cost: outcome.cost,
    listCost: outcome.listCost,
    reportedCost: outcome.reportedCost,
    lines: linesOf(list),
    adjustments: outcome.adjustments ?? NONE,
    priceId: list.priceId,
    reason: outcome.reason,
    unpricedUnits: list.unpricedUnits,
    alsoUsedCosts: outcome.alsoUsedCosts ?? NONE,
    volumes: volumesOf(list),
    warnings: list.warnings,
  };
}

const NONE: readonly never[] = [];

function linesOf({ parts }: CallPrice): QuoteLine[] {
  const lines: QuoteLine[] = [];
  for (const { model, bill } of parts) for (const line of bill.lines) lines.push(toQuoteLine(model, line));
  return lines;
}

function volumesOf({ parts }: CallPrice): readonly UsedVolume[] {
  return parts.length === 1 ? (parts[0]?.bill.volumes ?? NONE) : parts.flatMap(({ bill }) => bill.volumes);
}

function toQuoteLine(model: string | undefined, line: BilledLine): QuoteLine {
  return {
    model,
    unit: line.unit,
    quantity: line.quantity,
    unitPrice: unitPriceOf(line),
    amount: moneyFromAttodollars(line.amount),
    rowId: line.rate.row.id,
    multiplierIds: line.rate.multiplierIds,
  };
}

function toQuoteAdjustment({ adjustment, amount }: AppliedAdjustment): QuoteAdjustment {
  return { adjustment, amount: moneyFromAttodollars(amount) };
}

function alsoUsedCosts({ parts }: CallPrice): readonly Money[] {
  return parts.length === 1 ? NONE : parts.slice(1).map(({ bill }) => moneyFromAttodollars(bill.total));
}
