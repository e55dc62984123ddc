// What the API answers about prices, for tests of what shows it.

/** A published row, with `fields` in place of its own. */
export function priceAnswer(fields: object = {}) {
  return {
    row_id: "openai/gpt-4o/2024-10-02",
    price_id: null,
    provider: "openai",
    model: "gpt-4o",
    names: [],
    own: false,
    when: null,
    effective_from: "2024-10-02T00:00:00.000Z",
    effective_to: null,
    per_million: { input: "2.50", cache_read: "1.25", output: "10.00" },
    per_unit: {},
    multiply: null,
    volume: null,
    source: "https://openai.com/api/pricing",
    checked_on: "2026-11-20",
    verified: true,
    note: null,
    input_cost_per_million: "2.50",
    output_cost_per_million: "10.00",
    context_window: 128000,
    max_output_tokens: null,
    is_active: true,
    ...fields,
  };
}

export function ownPriceAnswer(fields: object = {}) {
  return priceAnswer({
    row_id: "own/openai/gpt-4o/2026-12-01",
    price_id: "price_1",
    own: true,
    effective_from: "2026-12-01T00:00:00.000Z",
    per_million: { input: "2.00", output: "8.00" },
    source: "contract",
    checked_on: null,
    verified: false,
    ...fields,
  });
}
