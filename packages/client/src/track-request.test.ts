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

const CALL = { service: "openai", model: "gpt-4o", timestamp: NOW, input_tokens: 1500, output_tokens: 2000 };

describe("trackRequest", () => {
  it("stores one call and says what it cost, to the last digit", async () => {
    const tracked = await client.trackRequest({
      ...CALL,
      feature: "policies",
      cost_usd: "0.0000000000000001",
    });
    expect(tracked).toEqual({
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: "recorded",
      cost_usd: "0.0000000000000001",
      pricing_status: "reported",
      efficiency_score: null,
    });
    expect([...api.ledger.metrics.values()].map(({ metric }) => metric)).toMatchObject([
      { requestId: tracked.request_id, operation: "chat", feature: "policies" },
    ]);
  });

  it("names a call once, however often it has to be sent", async () => {
    api.answerNext("drop", { status: 503, body: {} });
    await client.trackRequest({ ...CALL, cost_usd: "1" });
    expect(new Set(api.requests.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(api.requests).toHaveLength(3);
    const again = { ...CALL, request_id: "r1", cost_usd: "1" };
    expect((await client.trackRequest(again)).status).toBe("recorded");
    expect((await client.trackRequest(again)).status).toBe("duplicate");
  });

  it.each([
    ["0.0087", 0.95, 1, 109.2],
    ["0.0087", 0.95, 2, 218.39],
    ["0.000000000000000003", 1, 1, 333333333333333300],
    ["2", 0, 1, 0],
    ["0", 0.95, 1, null],
  ])(
    "for %s dollars and a quality of %s (%s calls) has an efficiency of %s",
    async (cost, quality, calls, score) => {
      const tracked = await client.trackRequest({
        ...CALL,
        cost_usd: cost,
        response_quality_score: quality,
        call_count: calls,
      });
      expect(tracked.efficiency_score).toBe(score);
    },
  );

  it("has no cost and no efficiency for a call without a price", async () => {
    expect(await client.trackRequest({ ...CALL, response_quality_score: 1 })).toMatchObject({
      cost_usd: null,
      pricing_status: "unpriced",
      efficiency_score: null,
    });
  });

  it("fails where the call is refused, naming the field, or its id is another call's", async () => {
    await expect(client.trackRequest({ ...CALL, input_tokens: -1 })).rejects.toMatchObject({
      name: "ApiError",
      status: 400,
      problem: { errors: [{ field: "input_tokens" }] },
    });
    await client.trackRequest({ ...CALL, request_id: "r1" });
    await expect(client.trackRequest({ ...CALL, request_id: "r1", output_tokens: 1 })).rejects.toMatchObject({
      status: 409,
    });
  });
});
