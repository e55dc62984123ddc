import type { AIUsageMetric, PricedMetric, Pricing } from "./metric.ts";
import { type Instant, type UtcDate, utcDateOf } from "./time.ts";

/** Which stored metrics are to be priced anew. */
export interface RestatementSelection {
  /** UTC days of the calls, both included. */
  readonly from: UtcDate;
  readonly to: UtcDate;
  readonly service?: string;
  readonly model?: string;
  readonly operation?: string;
  /** Those alone that have no price yet. */
  readonly onlyUnpriced: boolean;
}

/**
 * `running`: work is left, whether somebody is at it or not · `done`: every metric has been looked at · `failed`: it
 * was given up, and says why; what was restated by then stays so.
 */
export const restatementStates = ["running", "done", "failed"] as const;
export type RestatementState = (typeof restatementStates)[number];

/**
 * After this long every function has a change of own prices: they look for one every 20 seconds, and an invocation that
 * has just not seen it stores its metrics within its time limit of 29.
 */
export const PRICES_SETTLE_MS = 60_000;

/** An order to price stored metrics anew, by the prices that are known now. */
export interface Restatement {
  readonly restatementId: string;
  readonly selection: RestatementSelection;
  /** Works out what would change, and changes nothing. */
  readonly dryRun: boolean;
  readonly state: RestatementState;
  readonly createdAt: Instant;
  /** Id of the token that ordered it; `sweep` for what fills itself in. */
  readonly createdBy: string;
  /** Not before every function has the prices of `createdAt`: later calls come with them already. */
  readonly startsAt: Instant;
  readonly finishedAt?: Instant;
  readonly failure?: string;
}

export function isSelected(
  { service, model, operation, ...days }: RestatementSelection,
  metric: AIUsageMetric,
): boolean {
  const date = utcDateOf(metric.timestamp);
  const models = [metric.model, metric.requested?.model, ...(metric.alsoUsed ?? []).map((one) => one.model)];
  return (
    days.from <= date &&
    date <= days.to &&
    (service === undefined || metric.service === service) &&
    (operation === undefined || metric.operation === operation) &&
    (model === undefined || models.includes(model))
  );
}

/** A metric whose price changes, or changed, from `before` to `after`. */
export interface PriceChange {
  readonly metric: AIUsageMetric;
  readonly customScopes: readonly string[];
  readonly before: Pricing;
  readonly after: Pricing;
}

/** Whether two prices come to the same figures: then there is nothing to restate, whatever row they follow from. */
export function sameFigures(a: Pricing, b: Pricing): boolean {
  return figuresOf(a) === figuresOf(b);
}

function figuresOf(pricing: Pricing): string {
  const { status } = pricing;
  switch (status) {
    case "priced":
      return JSON.stringify([
        status,
        pricing.cost,
        pricing.listCost ?? pricing.cost,
        pricing.alsoUsedCosts ?? [],
      ]);
    case "reported":
      return JSON.stringify([status, pricing.cost, pricing.bookCost]);
    case "unpriced":
      return status;
    default:
      return status satisfies never;
  }
}

/** What a metric is priced anew with: the price, or what gives it one when its place in the month's volume is known. */
export type Repricing =
  | { readonly pricing: Pricing }
  | {
      readonly volume: { readonly volumeId: string; readonly quantity: number };
      readonly priceAt: (before: number) => Pricing;
    };

/** @returns what the prices of now make of a stored metric */
export type Reprice = (priced: PricedMetric) => Repricing;
