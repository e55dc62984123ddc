import type { Money } from "./money.ts";
import type { Instant } from "./time.ts";
import type { Usage } from "./usage.ts";

/** One metered call, or one batch of identical calls. Immutable; `requestId` names it for ever. */
export interface AIUsageMetric {
  readonly requestId: string;
  /** Who bills it: `openai`, `anthropic`, `google`, `google_places`, … */
  readonly service: string;
  /** The model that served the call. Absent where the service has none (Google Places). */
  readonly model?: string;
  readonly operation: string;
  /** When the call happened, by the caller's clock. */
  readonly timestamp: Instant;
  readonly usage: Usage;
  /** 1, unless the metric stands for several identical calls; `usage` and costs are of all of them together. */
  readonly callCount: number;
  /** The provider's own figure; it wins over the price book. */
  readonly reportedCost?: Money;
  readonly latencyMs?: number;
  readonly userId?: string;
  readonly team?: string;
  readonly feature?: string;
  readonly environment?: string;
  readonly jobId?: string;
  readonly batchId?: string;
  readonly githubPr?: number;
  /** Class of the error when the call failed (`RateLimitError`), never its message. */
  readonly error?: string;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

/**
 * `priced`: from the price book · `reported`: the provider's own figure · `unpriced`: no price is known, so there is
 * no cost. Unpriced is a state, not a zero.
 */
export type PricingStatus = "priced" | "reported" | "unpriced";

/** What pricing a metric came to. */
export type Pricing =
  | { readonly status: "priced"; readonly cost: Money; readonly priceId: string }
  | { readonly status: "reported"; readonly cost: Money }
  | { readonly status: "unpriced"; readonly reason: string };

/** A metric with its price, and the custom scopes it falls under: all that a stored item is made of. */
export interface PricedMetric {
  readonly metric: AIUsageMetric;
  readonly pricing: Pricing;
  /** Custom scopes (`department:engineering`) fixed when the metric was priced, so that totals never depend on later settings. */
  readonly customScopes: readonly string[];
}

export function costOf(pricing: Pricing): Money | undefined {
  return pricing.status === "unpriced" ? undefined : pricing.cost;
}
