import type { Money } from "../money.ts";
import type { Answer } from "./answer.ts";

const TICKS_PER_USD = 10n ** 10n;

/**
 * The provider's own figure in a usage object of OpenAI's shape.
 *
 * - xAI counts in ticks: https://docs.x.ai/developers/cost-tracking
 * - OpenRouter writes dollars; on a key of one's own it charges a fee, and the other provider bills the rest beside it:
 *   https://openrouter.ai/docs/use-cases/usage-accounting
 * - Perplexity writes an object of dollars: https://docs.perplexity.ai/docs/getting-started/pricing
 */
export function reportedCostOf(usage: Answer): Money | undefined {
  const ticks = usage.amount("cost_in_usd_ticks");
  if (ticks !== undefined) return ticks.dividedBy(TICKS_PER_USD);
  const details = usage.at("cost_details").knows("upstream_inference_cost");
  const cost = usage.at("cost");
  if (cost.isObject()) return cost.amount("total_cost");
  const charged = usage.amount("cost");
  const upstream = usage.isTrue("is_byok") ? details.amount("upstream_inference_cost") : undefined;
  return upstream === undefined ? charged : charged?.plus(upstream);
}
