import { AIUsageClient } from "@ai-usage/client";
import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { parseInstant } from "@ai-usage/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { selectModel } from "./select-model.ts";
import { withPrices } from "./with-prices.ts";

const NOW = parseInstant("2026-11-22T12:00:00Z");
const usage = { input: 1_000, output: 200 };

let api: MemoryApi;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
  const client = new AIUsageClient({ apiUrl: api.url, token: api.token });
  await client.putPrice({
    provider: "acme",
    model_name: "nova-1",
    input_cost_per_million: "2",
    output_cost_per_million: "8",
  });
  await client.putAdjustment({ kind: "discount", scope: "team:growth", percent: "12.5" });
});
afterEach(() => api.close());

const nova = { service: "acme", model: "nova-1" };
const asked = () => ({ apiUrl: api.url, token: api.token, usage });

describe("withPrices", () => {
  it("asks for prices of candidates that have none, as they hold for such a prompt", async () => {
    const own = { service: "acme", model: "own", prices: { input: "1" } };
    const unknown = { service: "acme", model: "nobody-knows" };
    expect(await withPrices([nova, own, unknown], asked())).toEqual([
      { ...nova, prices: { input: "0.000002", output: "0.000008" }, promptTokensMax: 1_000 },
      own,
      unknown,
    ]);
  });

  it("has discounts in the prices, to the last digit", async () => {
    const [priced] = await withPrices([nova], { ...asked(), team: "growth" });
    expect(priced).toMatchObject({ prices: { input: "0.00000175", output: "0.000007" } });
    expect(selectModel(priced ? [priced] : [], { usage })).toMatchObject({
      selected: { costUsd: "0.00315" },
    });
  });

  it("says when the API does not answer well", async () => {
    await expect(withPrices([nova], { ...asked(), token: "aiu_0123456789ab_other" })).rejects.toMatchObject({
      status: 403,
    });
  });
});
