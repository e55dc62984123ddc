import { type Instant, Money, type PriceSubject, type UtcDate } from "@ai-usage/core";
import * as z from "zod";
import { parseDays } from "./days-wire.ts";
import { parseOrProblem } from "./problem.ts";
import { dateField } from "./usage-wire.ts";

/** Query of `GET /prices/unpriced`. */
export const unpricedQuerySchema = z.strictObject({
  start_date: dateField.optional(),
  end_date: dateField.optional(),
});

/**
 * Reads the query of `GET /prices/unpriced`. Without dates: the last 30 days, today included, by UTC.
 * @throws ProblemError naming the parameter
 */
export function parseUnpricedQuery(
  query: Record<string, string>,
  now: Instant,
): { first: UtcDate; last: UtcDate } {
  return parseDays(parseOrProblem(unpricedQuerySchema, query), now);
}

/** What has calls without a price, and what they may have cost. */
export interface ShownUnpriced extends PriceSubject {
  readonly unpricedCalls: number;
  readonly firstDate: UtcDate;
  readonly lastDate: UtcDate;
  /** Of all its calls on days with any that have no price. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** By today's prices, from a sample, as the rest is; those of then where today's price it. */
  readonly reasons: readonly string[];
  /** Units that today's prices do not price. */
  readonly unpricedUnits: readonly string[];
  readonly estimatedCost?: Money;
  readonly estimatedFrom?: string;
  readonly sampledCalls: number;
  /** Today's prices price all calls of the sample. */
  readonly isPriceable: boolean;
}

/** The answer of `GET /prices/unpriced`, what has most calls first. */
export function toWireUnpriced(models: readonly ShownUnpriced[]) {
  const estimates = models.flatMap(({ estimatedCost }) => estimatedCost ?? []);
  return {
    models: [...models].sort((a, b) => b.unpricedCalls - a.unpricedCalls).map(toWireUnpricedModel),
    unpriced_calls: models.reduce((sum, { unpricedCalls }) => sum + unpricedCalls, 0),
    estimated_cost_usd: models.length > 0 && estimates.length === 0 ? null : Money.sum(estimates).toString(),
  };
}

function toWireUnpricedModel(model: ShownUnpriced) {
  return {
    service: model.service,
    model: model.model ?? null,
    operation: model.operation,
    unpriced_calls: model.unpricedCalls,
    first_date: model.firstDate,
    last_date: model.lastDate,
    input_tokens: model.inputTokens,
    output_tokens: model.outputTokens,
    reasons: model.reasons,
    unpriced_units: model.unpricedUnits,
    estimated_cost_usd: model.estimatedCost?.toString() ?? null,
    estimated_from: model.estimatedFrom ?? null,
    sampled_calls: model.sampledCalls,
    priceable: model.isPriceable,
  };
}
