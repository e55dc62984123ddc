import { type AIUsageMetric, type OwnPrice, parseInstant } from "@ai-usage/core";
import { toOwnPrice } from "./own-price.ts";
import { PriceBook } from "./price-book.ts";
import { parsePriceFile } from "./price-file.ts";

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

/** An own price as it is kept: `row` of `nova-1` of acme, set on 2026-11-20. */
export function anOwnPrice(
  row: Readonly<Record<string, unknown>>,
  given: Partial<Omit<OwnPrice, "row">> = {},
): OwnPrice {
  const stated = {
    provider: "acme",
    model: "nova-1",
    names: [],
    services: [],
    isActive: true,
    ...given,
    row: { source: "contract", verified: true, ...row },
  };
  return {
    changedAt: parseInstant("2026-11-20T08:00:00Z"),
    changedBy: "t1",
    ...given,
    ...toOwnPrice(stated),
  };
}

/** A book with one model, `nova-1` of `acme`, whose rows these are. */
export function aBook(...rows: object[]): PriceBook {
  return PriceBook.build([[parsePriceFile(aPriceFile(...rows))]]);
}

/** A call of `nova-1`. */
export function aCall(given: Partial<AIUsageMetric> = {}): AIUsageMetric {
  return aMetric({ service: "acme", model: "nova-1", ...given });
}
