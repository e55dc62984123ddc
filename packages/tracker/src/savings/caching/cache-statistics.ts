import { type FixedPoint, fixedPointText } from "@ai-usage/core/exact";
import { amountOf } from "../exact-cost.ts";

export interface CacheStatistics {
  /** Answered from the store. */
  readonly hits: number;
  /** Answered together with an equal call that was under way. */
  readonly joined: number;
  /** Made, and kept if that was possible. */
  readonly misses: number;
  /** Made without looking: it was not to be cached, or it is nobody's. */
  readonly bypassed: number;
  /** What the calls would have cost that were not made: US dollars, exact. */
  readonly savedUsd: string;
  /** Of hits and joined ones, those whose cost is not known: they are not in `savedUsd`. */
  readonly unpriced: number;
  /** The store failed, or was too slow; an answer could not be kept. */
  readonly problems: number;
}

export class CacheCounters {
  hits = 0;
  joined = 0;
  misses = 0;
  bypassed = 0;
  problems = 0;
  #saved: FixedPoint = 0n;
  #unpriced = 0;

  spared(costUsd: string | undefined): void {
    const cost = amountOf(costUsd);
    if (cost === undefined) this.#unpriced += 1;
    else this.#saved += cost;
  }

  read(): CacheStatistics {
    const { hits, joined, misses, bypassed, problems } = this;
    const savedUsd = fixedPointText(this.#saved);
    return { hits, joined, misses, bypassed, savedUsd, unpriced: this.#unpriced, problems };
  }
}
