import { type FixedPoint, fixedPointText } from "@ai-usage/core/exact";
import { costOf, type PriceTexts } from "../exact-cost.ts";
import type { BatchResult } from "./batch-provider.ts";

export interface BatchPrices {
  /** Of the same call made by itself. */
  readonly standard: PriceTexts;
  readonly batch: PriceTexts;
}

/** The prices of a model; nothing where they are not known. */
export type BatchPricesOf = (model: string | undefined) => BatchPrices | undefined;

export interface BatchSavings {
  /** Answered requests whose prices are known, and what they come to: US dollars, exact. */
  readonly priced: number;
  readonly standardUsd: string;
  readonly batchUsd: string;
  readonly savedUsd: string;
  /** Answered requests that are in no other figure: their prices are not known. */
  readonly unpriced: number;
}

export class SavingsSum {
  readonly #pricesOf: BatchPricesOf;
  #standard: FixedPoint = 0n;
  #batch: FixedPoint = 0n;
  #priced = 0;
  #unpriced = 0;

  constructor(pricesOf: BatchPricesOf = () => undefined) {
    this.#pricesOf = pricesOf;
  }

  add(result: BatchResult<unknown>): void {
    if (result.status !== "succeeded") return;
    const prices = this.#pricesOf(result.model);
    const standard = prices && costOf(prices.standard, result.usage);
    const batch = prices && costOf(prices.batch, result.usage);
    if (standard === undefined || batch === undefined) {
      this.#unpriced += 1;
      return;
    }
    this.#priced += 1;
    this.#standard += standard;
    this.#batch += batch;
  }

  read(): BatchSavings {
    return {
      priced: this.#priced,
      standardUsd: fixedPointText(this.#standard),
      batchUsd: fixedPointText(this.#batch),
      savedUsd: fixedPointText(this.#standard - this.#batch),
      unpriced: this.#unpriced,
    };
  }
}
