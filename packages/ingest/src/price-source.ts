import { epochMsOf, type Instant, type PriceAdjustment } from "@ai-usage/core";
import { builtInPriceBook, type PriceBook, toOwnPriceFiles } from "@ai-usage/pricing";
import { loadPrices, type PriceVersion, priceVersion, type Table } from "@ai-usage/store";

/** The prices that hold for this deployment: its own before the published ones, and its discounts and margins. */
export interface CurrentPrices extends PriceVersion {
  readonly book: PriceBook;
  readonly adjustments: readonly PriceAdjustment[];
}

export interface PriceSourceOptions {
  /** How often the table is asked whether there is anything new, at most. */
  readonly refreshSeconds: number;
  /** Told of prices that cannot be read or used; costs go on without them. @default nobody is */
  readonly onProblem?: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/**
 * What metrics are priced by. Loaded at first use; from then on one item tells whether anything was changed, and only
 * then all is read again. One for each table and process.
 */
export class PriceSource {
  readonly #table: Table;
  readonly #refreshMs: number;
  readonly #onProblem: NonNullable<PriceSourceOptions["onProblem"]>;
  #prices: CurrentPrices | undefined;
  #checkedAt = 0;
  #check: Promise<CurrentPrices> | undefined;

  constructor(table: Table, { refreshSeconds, onProblem = () => {} }: PriceSourceOptions) {
    this.#table = table;
    this.#refreshMs = refreshSeconds * 1000;
    this.#onProblem = onProblem;
  }

  /**
   * The prices as they were no longer ago than the time between two checks. If they cannot be read again, those that were
   * read last.
   * @throws whatever keeps them from being read the first time: without own prices costs would be wrong
   */
  current(now: Instant): Promise<CurrentPrices> {
    const at = epochMsOf(now);
    if (this.#prices !== undefined && at - this.#checkedAt < this.#refreshMs) {
      return Promise.resolve(this.#prices);
    }
    // Requests that come meanwhile wait for the same answer.
    this.#check ??= this.#refresh(at).finally(() => {
      this.#check = undefined;
    });
    return this.#check;
  }

  /** To be called after a change: whoever made it sees it at once. */
  forget(): void {
    this.#checkedAt = 0;
  }

  async #refresh(at: number): Promise<CurrentPrices> {
    try {
      // Read before the rows: a change in between is found at the next check, and not taken for known.
      const version = await priceVersion(this.#table);
      if (this.#prices?.version !== version.version) this.#prices = await this.#load(version);
      this.#checkedAt = at;
      return this.#prices;
    } catch (error) {
      if (this.#prices === undefined) throw error;
      this.#onProblem("prices cannot be read again; those of before go on", { error: asError(error) });
      this.#checkedAt = at;
      return this.#prices;
    }
  }

  async #load(version: PriceVersion): Promise<CurrentPrices> {
    const { prices, adjustments, broken } = await loadPrices(this.#table);
    const { files, left } = toOwnPriceFiles(prices);
    for (const { position, error } of broken) {
      this.#onProblem("a price of the table is broken, and left out", { position, error: asError(error) });
    }
    for (const { price, reason } of left) {
      this.#onProblem("a price of the table cannot be used, and is left out", {
        priceId: price.priceId,
        reason,
      });
    }
    return { ...version, book: builtInPriceBook([files]), adjustments };
  }
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
