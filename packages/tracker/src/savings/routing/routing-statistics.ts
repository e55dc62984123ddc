import { type FixedPoint, fixedPointText } from "@ai-usage/core/exact";
import { amountOf } from "../exact-cost.ts";
import type { ModelChoice } from "./model-candidate.ts";

export interface RoutingStatistics {
  /** How often each model was chosen, by `service/model`. */
  readonly chosen: Readonly<Record<string, number>>;
  /** Requests that no candidate fitted: they went out as they were. */
  readonly nothingFitted: number;
  /**
   * What the requests' own models would have cost more, where they would have fitted: US dollars, exact, of the usage that was
   * *expected*, answers from a cache included. Below 0 where dearer models were chosen.
   */
  readonly expectedRoutingSavingUsd: string;
}

export class RoutingCounters {
  readonly #chosen = new Map<string, number>();
  #nothingFitted = 0;
  #saving: FixedPoint = 0n;

  /** @param asked the model that the request had */
  count(choice: ModelChoice, asked: string | undefined): void {
    if (choice.outcome === "nothing_fits") {
      this.#nothingFitted += 1;
      return;
    }
    const { candidate, costUsd } = choice.selected;
    const name = `${candidate.service}/${candidate.model}`;
    this.#chosen.set(name, (this.#chosen.get(name) ?? 0) + 1);
    const other = choice.others.find((one) => one.candidate.model === asked);
    if (candidate.model === asked || other === undefined) return;
    this.#saving += (amountOf(other.costUsd) ?? 0n) - (amountOf(costUsd) ?? 0n);
  }

  read(): RoutingStatistics {
    return {
      chosen: Object.fromEntries(this.#chosen),
      nothingFitted: this.#nothingFitted,
      expectedRoutingSavingUsd: fixedPointText(this.#saving),
    };
  }
}
