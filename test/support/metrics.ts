import { type AIUsageMetric, Money, type PricedMetric, type Pricing, parseInstant } from "@ai-usage/core";

/** What metrics are stored with in tests. */
export const metricOptions = { retentionDays: 400, serviceIndex: true };

/** A priced metric for tests: what is not given is an unremarkable OpenAI call of 2026-11-21 that cost half a dollar. */
export function aPricedMetric(
  given: Partial<AIUsageMetric> = {},
  cost: string | undefined = "0.5",
  customScopes: readonly string[] = [],
): PricedMetric {
  const pricing: Pricing =
    cost === undefined
      ? { status: "unpriced", reason: "no price is known", units: [] }
      : { status: "priced", cost: Money.parse(cost), priceId: "openai/gpt-4o@2024-05-13" };
  return { metric: aMetric(given), pricing, customScopes };
}

export const unpriced = (given: Partial<AIUsageMetric>): PricedMetric => ({
  metric: aMetric(given),
  pricing: { status: "unpriced", reason: "no price is known", units: [] },
  customScopes: [],
});

function aMetric(given: Partial<AIUsageMetric>): AIUsageMetric {
  return {
    requestId: "req-1",
    service: "openai",
    model: "gpt-4o",
    operation: "chat.completions",
    timestamp: parseInstant("2026-11-21T10:20:00Z"),
    usage: { input: 100, output: 20 },
    callCount: 1,
    metadata: {},
    ...given,
  };
}
