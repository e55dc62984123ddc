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
  /** Other models that ran inside the same call; none of their usage is in `usage`. */
  readonly alsoUsed?: readonly ModelUsage[];
  /** 1, unless the metric stands for several identical calls; `usage` and costs are of all of them together. */
  readonly callCount: number;
  /** What else the price depends on, as the answer tells it. */
  readonly served?: ServedConditions;
  /** What was asked for: counts only where the answer does not tell. */
  readonly requested?: RequestedConditions;
  /** The model declined. Some providers do not bill a refusal that comes before any output. */
  readonly refusal?: Refusal;
  /** Whose month's volume counts where prices depend on it. Absent: the one account there is. */
  readonly billingAccount?: string;
  /** The provider's own figure; it wins over the price book. */
  readonly reportedCost?: Money;
  readonly latencyMs?: number;
  /** How long until the first of the answer was there. */
  readonly timeToFirstTokenMs?: number;
  /** How often it was sent until it was answered; the usage is of all of them that were billed. */
  readonly attempts?: number;
  readonly userId?: string;
  readonly team?: string;
  readonly feature?: string;
  readonly environment?: string;
  readonly jobId?: string;
  readonly batchId?: string;
  /** The lease that the call was made from: what it took of its budgets is reserved already. */
  readonly leaseId?: string;
  readonly githubPr?: number;
  /** Class of the error when the call failed (`RateLimitError`), never its message. */
  readonly error?: string;
  /** What does not add up in the provider's own counts. */
  readonly usageProblems?: readonly string[];
  /** The usage was counted by the caller, for want of the provider's own. */
  readonly usageEstimated?: true;
  /** How good the answer was, by the application's own measure: 0 to 1, at most 4 decimals. */
  readonly responseQualityScore?: number;
  /** Keyed hash of what was asked, by which calls that ask the same are found; the key never comes here. */
  readonly promptHash?: string;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

export interface ModelUsage {
  readonly model: string;
  readonly usage: Usage;
}

/** What a price may depend on besides the model and the time. */
export const servedConditionNames = ["tier", "region", "size", "quality", "resolution"] as const;
export type ServedConditionName = (typeof servedConditionNames)[number];

/**
 * `tier`: `standard`, `batch`, `flex`, `priority`, `fast`, or the provider's own word · `region`: where it was served ·
 * `size`, `quality`, `resolution`: of images and videos.
 */
export type ServedConditions = Readonly<Partial<Record<ServedConditionName, string>>>;

export interface RequestedConditions {
  readonly model?: string;
  readonly tier?: string;
  readonly region?: string;
}

export const refusals = ["before_output", "after_output"] as const;
export type Refusal = (typeof refusals)[number];

/**
 * `priced`: from the price book · `reported`: the provider's own figure · `unpriced`: no price is known, so there is
 * no cost. Unpriced is a state, not a zero.
 */
export const pricingStatuses = ["priced", "reported", "unpriced"] as const;
export type PricingStatus = (typeof pricingStatuses)[number];

/** What pricing a metric came to. */
export type Pricing = PricedPricing | ReportedPricing | UnpricedPricing;

export interface PricedPricing {
  readonly status: "priced";
  readonly cost: Money;
  /** The price row, or the rule, that the cost follows from. */
  readonly priceId: string;
  /** Before discounts and margins, where there are any. */
  readonly listCost?: Money;
  /** What of `cost` is of the other models of the call, in the order of `alsoUsed`. */
  readonly alsoUsedCosts?: readonly Money[];
}

export interface ReportedPricing {
  readonly status: "reported";
  readonly cost: Money;
  /** What the price book makes of the same call. */
  readonly bookCost?: Money;
  readonly priceId?: string;
}

export interface UnpricedPricing {
  readonly status: "unpriced";
  readonly reason: string;
  /** Units that were used and that nobody knows how to price; empty when the model itself is not known. */
  readonly units: readonly string[];
}

/** Which part of a month's volume a call is, where its price depends on that: `[before, before + its quantity)`. */
export interface VolumePosition {
  /** Which volume: of a meter, a billing account and a month. */
  readonly volumeId: string;
  readonly before: number;
}

/** A price that a metric had, until it was priced anew. */
export interface FormerPricing {
  readonly pricing: Pricing;
  readonly restatementId: string;
  readonly until: Instant;
  /** Its place in the volume that it was priced by, if it was given one in another volume then. It keeps both. */
  readonly volume?: VolumePosition;
}

/** A metric with its price, and the custom scopes it falls under: all that a stored item is made of. */
export interface PricedMetric {
  readonly metric: AIUsageMetric;
  readonly pricing: Pricing;
  /** Custom scopes (`department:engineering`) fixed when the metric was priced, so that totals never depend on later settings. */
  readonly customScopes: readonly string[];
  /** Allotted once in each volume, whatever becomes of the price: this is the last one; see also `formerPricings`. */
  readonly volume?: VolumePosition;
  /** Oldest first. */
  readonly formerPricings?: readonly FormerPricing[];
}

export function costOf(pricing: Pricing): Money | undefined {
  return pricing.status === "unpriced" ? undefined : pricing.cost;
}

/** Everything that all models of a call used. */
export function usagesOf({ usage, alsoUsed = [] }: AIUsageMetric): Usage[] {
  return [usage, ...alsoUsed.map((one) => one.usage)];
}
