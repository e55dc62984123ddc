import type {
  Adjustment,
  AdjustmentsAnswer,
  ImportAnswer,
  NewPrice,
  Price,
  PriceChangePage,
  PricePage,
  QuoteAnswer,
  RestatementPage,
  RestatementReport,
  UnpricedAnswer,
} from "../answers.ts";
import type {
  AdjustmentInput,
  PriceImport,
  PriceInput,
  PriceQuery,
  QuoteInput,
  UnpricedQuery,
} from "../price-requests.ts";
import type { PageQuery, RestatementInput } from "../requests.ts";
import { pathOf } from "./api-methods.ts";
import { OutcomeMethods } from "./outcome-methods.ts";

export abstract class PriceMethods extends OutcomeMethods {
  /** One page of price rows, those that win first. */
  prices(query: PriceQuery = {}): Promise<PricePage> {
    return this.ask("/prices", query);
  }

  /** Sets a price of the deployment's own. Sent twice it is set once. */
  putPrice(price: PriceInput): Promise<NewPrice> {
    return this.repeat("PUT", "/prices", price);
  }

  deletePrice(priceId: string): Promise<Price> {
    return this.change("DELETE", pathOf`/prices/${priceId}`);
  }

  /** Who changed prices, discounts and margins, newest first. */
  priceHistory(query: PageQuery = {}): Promise<PriceChangePage> {
    return this.ask("/prices/history", query);
  }

  /** What a call costs, and why. Nothing is recorded. */
  quote(call: QuoteInput): Promise<QuoteAnswer> {
    return this.repeat("POST", "/prices/quote", call);
  }

  adjustments(): Promise<AdjustmentsAnswer> {
    return this.ask("/prices/adjustments");
  }

  /** @param adjustmentId of the one that it is put in the place of @default a new one: that is sent once */
  putAdjustment(adjustment: AdjustmentInput, adjustmentId?: string): Promise<Adjustment> {
    return adjustmentId === undefined
      ? this.change("PUT", "/prices/adjustments", adjustment)
      : this.repeat("PUT", pathOf`/prices/adjustments/${adjustmentId}`, adjustment);
  }

  deleteAdjustment(adjustmentId: string): Promise<Adjustment> {
    return this.change("DELETE", pathOf`/prices/adjustments/${adjustmentId}`);
  }

  /** What has calls without a price, and what they may have cost. */
  unpricedModels(query: UnpricedQuery = {}): Promise<UnpricedAnswer> {
    return this.ask("/prices/unpriced", query);
  }

  /** In what a price list differs from the prices in force; and takes it over unless it is a dry run. */
  importPrices(prices: PriceImport): Promise<ImportAnswer> {
    return this.change("POST", "/prices/import", prices);
  }

  /** Orders stored metrics to be priced anew, by the prices of now. It is worked on from then on; ask how it stands. */
  createRestatement(order: RestatementInput): Promise<RestatementReport> {
    return this.change("POST", "/prices/restatements", order);
  }

  restatement(restatementId: string): Promise<RestatementReport> {
    return this.ask(pathOf`/prices/restatements/${restatementId}`);
  }

  /** Newest first. */
  listRestatements(query: PageQuery = {}): Promise<RestatementPage> {
    return this.ask("/prices/restatements", query);
  }

  /** Sets somebody to work on one that stands still. Harmless when somebody is at it. */
  resumeRestatement(restatementId: string): Promise<RestatementReport> {
    return this.change("POST", pathOf`/prices/restatements/${restatementId}/resume`);
  }
}
