import { type AIUsageMetric, Money, type PricedMetric, type Pricing, parseInstant } from "@ai-usage/core";

/** A priced metric for tests: what is not given is an unremarkable OpenAI call of 2026-11-21 that cost half a dollar. */
export function aPricedMetric(
  given: Partial<AIUsageMetric> = {},
  pricing: Pricing | string = "0.5",
  customScopes: readonly string[] = [],
): PricedMetric {
  return {
    metric: {
      requestId: "req-1",
      service: "openai",
      model: "gpt-4o",
      operation: "chat.completions",
      timestamp: parseInstant("2026-11-21T10:20:00Z"),
      usage: { input: 100, output: 20 },
      callCount: 1,
      metadata: {},
      ...given,
    },
    pricing:
      typeof pricing === "string"
        ? { status: "priced", cost: Money.parse(pricing), priceId: "openai/gpt-4o@2024-05-13" }
        : pricing,
    customScopes,
  };
}
