import { parseInstant } from "@ai-usage/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AIUsageClient } from "./ai-usage-client.ts";
import { type MemoryApi, startMemoryApi } from "./testing/memory-api.ts";

const NOW = parseInstant("2026-11-22T12:00:00Z");

let api: MemoryApi;
let client: AIUsageClient;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
  client = new AIUsageClient({ apiUrl: api.url, token: api.token, retryDelayMs: 1 });
});
afterEach(() => api.close());

const price = {
  provider: "acme",
  model_name: "nova-1",
  input_cost_per_million: "2",
  per_thousand: { search: 10 },
  when: { tier: "batch" },
  effective_from: "2026-06-01",
};
const call = { service: "acme", model: "nova-1", served: { tier: "batch" } };

describe("AIUsageClient", () => {
  it("sets prices, once however often it has to ask", async () => {
    api.answerNext("drop");
    const set = await client.putPrice(price);
    expect(set).toMatchObject({ own: true, input_cost_per_million: "2", per_unit: { search: "0.01" } });
    expect(await client.putPrice({ ...price, input_cost_per_million: 3 })).toMatchObject({
      price_id: set.price_id,
      input_cost_per_million: "3",
    });
    const { prices } = await client.prices({ provider: "acme", own: true, at: "all", limit: 5 });
    expect(prices).toHaveLength(1);
    expect(api.requests.at(-1)?.query).toEqual({ provider: "acme", own: "true", at: "all", limit: "5" });
    expect(await client.deletePrice(set.price_id ?? "")).toMatchObject({ model: "nova-1" });
    const { entries } = await client.priceHistory();
    expect(entries.map(({ action }) => action)).toEqual(["delete", "put", "put"]);
  });

  it("asks what a call costs, with discounts and margins", async () => {
    await client.putPrice(price);
    const discount = await client.putAdjustment({ kind: "discount", scope: "team:growth", percent: 10 });
    await client.putAdjustment({ kind: "margin", scope: "global:all", percent: "50" });
    const usage = { input: 1_000_000, search: 2 };
    expect(await client.quote({ ...call, usage, team: "growth" })).toMatchObject({
      list_cost_usd: "2.02",
      cost_usd: "2.727",
      lines: [
        { unit: "input", amount_usd: "2" },
        { unit: "search", amount_usd: "0.02" },
      ],
      adjustments: [{ amount_usd: "-0.202" }, { amount_usd: "0.909" }],
    });
    await client.putAdjustment(
      { kind: "discount", scope: "team:growth", percent: 20 },
      discount.adjustment_id,
    );
    expect((await client.adjustments()).adjustments.map(({ percent }) => percent)).toEqual(["20", "50"]);
    await client.deleteAdjustment(discount.adjustment_id);
    await expect(client.deleteAdjustment(discount.adjustment_id)).rejects.toMatchObject({ status: 404 });
    expect(await client.quote({ ...call, usage: { output: 1 } })).toMatchObject({
      pricing_status: "unpriced",
      cost_usd: null,
      unpriced_units: ["output"],
    });
  });

  it("does not make a discount twice where the answer was lost", async () => {
    api.answerNext("drop");
    const adjustment = { kind: "discount" as const, scope: "team:growth", percent: 10 };
    await expect(client.putAdjustment(adjustment)).rejects.toThrow();
    expect(api.requests).toHaveLength(1);
  });

  it("asks what has no price, and takes price lists over", async () => {
    const metric = { request_id: "r1", service: "acme", model: "nova-1", operation: "chat", timestamp: NOW };
    await client.recordMetrics([{ ...metric, usage: { input: 5 } }]);
    expect(await client.unpricedModels({ start_date: "2026-11-01" })).toMatchObject({
      unpriced_calls: 1,
      models: [{ service: "acme", input_tokens: 5, first_date: "2026-11-22" }],
    });
    const row = { per_million: { input: "1" }, source: "s" };
    const data = { provider: "acme", models: [{ id: "nova-1", rows: [row] }] };
    expect(await client.importPrices({ format: "price-file", data })).toMatchObject({
      summary: { added: 1 },
      applied: false,
    });
    expect((await client.importPrices({ format: "price-file", data, dry_run: false })).applied).toBe(true);
    expect((await client.importPrices({ format: "price-file", data })).differences).toEqual([]);
  });
});
