import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { instantFromEpochMs } from "@ai-usage/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { requestBudget } from "./request-budget.ts";

let api: MemoryApi;
beforeEach(async () => {
  api = await startMemoryApi(() => instantFromEpochMs(Date.now()));
});
afterEach(() => api.close());

const call = { service: "openai", model: "gpt-4o" };
const decided = (shortages: readonly { unit: string; inSeconds: number }[]) => ({
  status: 200,
  body: {
    allowed: shortages.length === 0,
    shortages: shortages.map(({ unit, inSeconds }) => ({
      unit,
      retry_at: new Date(Date.now() + inSeconds * 1000).toISOString(),
    })),
  },
});
const budget = (timeoutMs?: number) =>
  requestBudget({ call, apiUrl: api.url, token: api.token, ...(timeoutMs !== undefined && { timeoutMs }) });

describe("requestBudget", () => {
  it("asks for whom the request is worked on, and lets it in", async () => {
    api.answerNext(decided([]));
    expect(await budget().admit({ userId: "ada", team: "growth", feature: "GET /chat" })).toEqual({
      allowed: true,
    });
    expect(api.requests).toMatchObject([
      {
        path: "/budgets/decide",
        body: { call: { ...call, user_id: "ada", team: "growth", feature: "GET /chat" } },
      },
    ]);
  });

  it.each([
    [
      "money",
      [
        { unit: "tokens", inSeconds: 90_000 },
        { unit: "usd", inSeconds: 1_000 },
      ],
      402,
    ],
    ["tokens", [{ unit: "tokens", inSeconds: 90_000 }], 429],
  ] as const)("refuses it when %s is short, until all budgets have room", async (_, shortages, status) => {
    api.answerNext(decided(shortages));
    const admission = await budget().admit({});
    expect(admission).toMatchObject({ allowed: false, status });
    const { retryAfterSeconds = 0 } = admission as { retryAfterSeconds?: number };
    expect(retryAfterSeconds).toBeGreaterThan(80_000);
    expect(retryAfterSeconds).toBeLessThanOrEqual(90_000);
  });

  it.each(["drop", "hang"] as const)("fails when the API does not answer (%s)", async (answer) => {
    api.answerNext(answer);
    await expect(budget(200).admit({})).rejects.toMatchObject({ name: "UnreachableError" });
    expect(api.requests).toHaveLength(1);
  });

  it("finds the API of the environment, and says at once when there is none", async () => {
    const env = { AI_USAGE_API_URL: api.url, AI_USAGE_TOKEN: api.token };
    api.answerNext(decided([]));
    expect(await requestBudget({ call, env }).admit({})).toEqual({ allowed: true });
    expect(() => requestBudget({ call, env: {}, cwd: "/" })).toThrow(/AI_USAGE_API_URL/);
  });
});
