import type { MetricInput } from "@ai-usage/client/leases";
import { CallsTally } from "../recording/calls-usage.ts";
import { ExactSum } from "./exact-sum.ts";

/** What a call costs in US dollars, to the last digit, or nothing where that is not known. */
export type CostOf = (metric: MetricInput) => string | undefined;

/** What the calls of one request have come to until now. */
export class RequestUsage extends CallsTally {
  readonly #costOf: CostOf | undefined;
  readonly #cost = new ExactSum();
  #isCostKnown = true;

  constructor(costOf?: CostOf) {
    super();
    this.#costOf = costOf;
  }

  override add(metric: MetricInput): void {
    super.add(metric);
    const cost = this.#costOf?.(metric) ?? knownCost(metric);
    this.#isCostKnown &&= cost !== undefined && this.#cost.add(cost);
  }

  /** In US dollars; nothing as soon as one call's cost is not known: a part of it would be taken for all. */
  get cost(): string | undefined {
    return this.#isCostKnown ? this.#cost.toString() : undefined;
  }

  /** As a response tells it; of a request without calls there is nothing to tell. */
  get headers(): Readonly<Record<string, string>> {
    if (this.calls === 0) return NOTHING;
    const { cost } = this;
    return {
      "x-ai-usage-calls": String(this.calls),
      "x-ai-usage-input-tokens": String(this.inputTokens),
      "x-ai-usage-output-tokens": String(this.outputTokens),
      ...(cost !== undefined && { "x-ai-usage-cost-usd": cost }),
    };
  }
}

const NOTHING = Object.freeze({});

/** What the provider itself says; and a call that failed without using anything costs nothing. */
function knownCost({ cost_usd, error, usage }: MetricInput): string | undefined {
  if (typeof cost_usd === "string") return cost_usd;
  const isUnused = error !== undefined && Object.keys(usage ?? {}).length === 0;
  return isUnused && cost_usd === undefined ? "0" : undefined;
}
