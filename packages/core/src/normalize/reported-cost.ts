import { divideHalfEven, type FixedPoint, fixedPointText } from "../fixed-point.ts";
import type { Answer } from "./answer.ts";

const TICKS_PER_USD = 10n ** 10n;

/**
 * The provider's own figure in a usage object of OpenAI's shape.
 *
 * - xAI counts in ticks: https://docs.x.ai/developers/cost-tracking
 * - OpenRouter writes dollars; on a key of one's own it charges a fee, and the other provider bills the rest beside it:
 *   https://openrouter.ai/docs/use-cases/usage-accounting
 * - Perplexity writes an object of dollars: https://docs.perplexity.ai/docs/getting-started/pricing
 *
 * @returns every digit, as `Money` writes it
 */
export function reportedCostOf(usage: Answer): string | undefined {
  const cost = costIn(usage);
  return cost === undefined ? undefined : fixedPointText(cost);
}

function costIn(usage: Answer): FixedPoint | undefined {
  const ticks = usage.amount("cost_in_usd_ticks");
  if (ticks !== undefined) return divideHalfEven(ticks, TICKS_PER_USD);
  const details = usage.at("cost_details").knows("upstream_inference_cost");
  const cost = usage.at("cost");
  if (cost.isObject()) return cost.amount("total_cost");
  const charged = usage.amount("cost");
  const upstream = usage.isTrue("is_byok") ? details.amount("upstream_inference_cost") : undefined;
  return charged === undefined || upstream === undefined ? charged : charged + upstream;
}
