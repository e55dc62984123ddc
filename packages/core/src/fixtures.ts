import { type Budget, defaultThresholds } from "./budget.ts";
import type { AIUsageMetric, PricedMetric, Pricing } from "./metric.ts";
import { Money } from "./money.ts";
import { UTC_CALENDAR } from "./period.ts";
import { parseScope } from "./scope.ts";
import { parseInstant } from "./time.ts";

/** A metric for tests: what is not given is an unremarkable OpenAI call of 2026-11-21. */
export function aMetric(given: Partial<AIUsageMetric> = {}): AIUsageMetric {
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

export function aPricedMetric(
  given: Partial<AIUsageMetric> = {},
  pricing: Pricing | string = "0.5",
  customScopes: readonly string[] = [],
): PricedMetric {
  return {
    metric: aMetric(given),
    pricing: typeof pricing === "string" ? { status: "reported", cost: Money.parse(pricing) } : pricing,
    customScopes,
  };
}

/** A budget for tests: 100 dollars a month for team growth, told of at 50, 80, 95 and 100 %. */
export function aBudget(given: Partial<Budget> = {}): Budget {
  return {
    budgetId: "bud_1",
    name: "growth",
    scope: parseScope("team:growth"),
    unit: "usd",
    amount: Money.parse("100"),
    period: "monthly",
    calendar: UTC_CALENDAR,
    thresholds: defaultThresholds,
    enforcement: "soft",
    failMode: "open",
    metadata: {},
    active: true,
    revision: 1,
    createdAt: parseInstant("2026-11-01T00:00:00Z"),
    createdBy: "token_1",
    updatedAt: parseInstant("2026-11-01T00:00:00Z"),
    amounts: [
      {
        from: given.createdAt ?? parseInstant("2026-11-01T00:00:00Z"),
        amount: given.amount ?? Money.parse("100"),
        ...(given.rollover && { rolloverCap: given.rollover.cap }),
      },
    ],
    increases: [],
    ...given,
  };
}
