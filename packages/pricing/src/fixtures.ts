import { type AIUsageMetric, parseInstant } from "@ai-usage/core";

/** A metric for tests: what is not given is an unremarkable OpenAI call of 2026-11-21. */
export function aMetric(given: Partial<AIUsageMetric>): AIUsageMetric {
  return {
    requestId: "req-1",
    service: "openai",
    operation: "chat.completions",
    timestamp: parseInstant("2026-11-21T10:00:00Z"),
    usage: {},
    callCount: 1,
    metadata: {},
    ...given,
  };
}

/** A price file of one provider with one model, `nova-1`, whose rows these are. */
export function aPriceFile(...rows: object[]): Record<string, unknown> {
  const provenance = { source: "https://example.com/prices", checked_on: "2026-11-22", verified: true };
  return {
    provider: "acme",
    models: [{ id: "nova-1", rows: rows.map((row) => ({ ...provenance, ...row })) }],
  };
}
