import type { MetricInput } from "@ai-usage/client/leases";
import { costOfUsage, fixedPointText, type UnitPrices } from "@ai-usage/core/exact";
import { undated } from "../../budgets/model-names.ts";
import { TrackerConfigurationError } from "../../environment/configuration-error.ts";
import { type PriceTexts, unitPricesOf } from "../../savings/exact-cost.ts";

/** By the names of models, with or without a date. */
export type ModelPrices = Readonly<Record<string, PriceTexts>>;

/**
 * @returns what tells a call's cost by its metric: what the provider says, or else what the prices come to
 * @throws TrackerConfigurationError naming models whose prices are none
 */
export function metricCost(texts: ModelPrices = {}): (metric: MetricInput) => string | undefined {
  const prices = new Map<string, UnitPrices>();
  const problems: string[] = [];
  for (const [model, ofModel] of Object.entries(texts)) {
    const read = unitPricesOf(ofModel);
    if (read !== undefined) prices.set(model, read);
    else problems.push(`spend.prices of ${model} must be dollars for one of a unit, { input: "0.0000025" }`);
  }
  if (problems.length > 0) throw new TrackerConfigurationError(problems);
  return ({ cost_usd, model = "", usage = {}, also_used }) => {
    if (typeof cost_usd === "string") return cost_usd;
    const known = prices.get(model) ?? prices.get(undated(model));
    // Other models that ran inside have prices of their own.
    const cost = known === undefined || also_used !== undefined ? undefined : costOfUsage(known, usage);
    return cost === undefined ? undefined : fixedPointText(cost);
  };
}
