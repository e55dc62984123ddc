import { parseInstant } from "@ai-usage/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AIUsageClient, type AIUsageClientOptions } from "./ai-usage-client.ts";
import { ApiError, NoConnectionError, UnreachableError } from "./errors.ts";
import type { MetricInput } from "./requests.ts";
import { type MemoryApi, startMemoryApi } from "./testing/memory-api.ts";

const NOW = parseInstant("2026-11-22T12:00:00Z");

let api: MemoryApi;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
});
afterEach(() => api.close());

function client(options: Partial<AIUsageClientOptions> = {}): AIUsageClient {
  return new AIUsageClient({ apiUrl: api.url, token: api.token, retryDelayMs: 1, ...options });
}

function metric(fields: Partial<MetricInput> = {}): MetricInput {
  return {
    request_id: "r1",
    service: "openai",
    model: "gpt-4o",
    operation: "chat",
    timestamp: NOW,
    input_tokens: 1200,
    output_tokens: 300,
    cost_usd: "0.006",
    ...fields,
  };
}

describe("AIUsageClient", () => {
  it("records metrics and answers what they come to, to the last digit", async () => {
    const recorded = await client().recordMetrics([
      metric({ cost_usd: "0.000000000000000001" }),
      metric({ request_id: "r2", cost_usd: "1", user_id: "jo" }),
    ]);
    expect(recorded.summary).toMatchObject({ received: 2, recorded: 2, cost_usd: "1.000000000000000001" });

    const usage = await client().usage({ aggregation: ["model", "user"], start_date: "2026-11-01" });
    expect(usage.summary.total_cost_usd_exact).toBe("1.000000000000000001");
    expect(usage.aggregations.by_model?.["gpt-4o"]).toMatchObject({ api_calls: 2, tokens: 3000 });
    expect(Object.keys(usage.aggregations.by_user ?? {})).toEqual(["(none)", "jo"]);
  });

  it("gives a metric's refusal as its result, and keeps the others", async () => {
    const answer = await client().recordMetrics([metric(), metric({ request_id: "r2", input_tokens: -1 })]);
    expect(answer.results.map(({ status }) => status)).toEqual(["recorded", "rejected"]);
    expect(answer.results[1]).toMatchObject({ error: { field: "metrics[1].input_tokens" } });
  });

  it("goes through raw events page by page", async () => {
    const metrics = Array.from({ length: 5 }, (_, index) => metric({ request_id: `r${index}`, job_id: "j" }));
    await client().recordMetrics(metrics);
    const sizes: number[] = [];
    for await (const page of client().eventPages({ job: "j", limit: 2 })) sizes.push(page.events.length);
    expect(sizes).toEqual([2, 2, 1]);
  });

  it("creates, reads and deactivates a budget, and lists its alerts", async () => {
    await client().recordMetrics([metric({ cost_usd: "45", team: "growth" })]);
    const { budget_id } = await client().createBudget({
      scope: "team:growth",
      amount: "50",
      period: "daily",
    });
    expect(await client().budgetStatus(budget_id)).toMatchObject({ spent: "45", percent_used: "90" });
    const { alerts } = await client().listAlerts();
    expect(alerts.map(({ level, notify }) => [level, notify])).toEqual([
      ["WARNING", true],
      ["INFO", false],
    ]);
    expect((await client().deactivateBudget(budget_id)).active).toBe(false);
    expect((await client().getBudget(budget_id)).active).toBe(false);
    expect((await client().listBudgets()).budgets).toHaveLength(1);
  });

  it("creates, lists and revokes a token", async () => {
    const { token, token_id } = await client().createToken({ name: "ci", roles: ["ingest"] });
    expect(token).toContain(token_id);
    expect(await client().revokeToken(token_id)).toMatchObject({ state: "revoked" });
    expect((await client().listTokens()).tokens).toHaveLength(1);
  });

  it("escapes what goes into a path", async () => {
    await expect(client().getBudget("../tokens")).rejects.toThrow("there is no such budget");
    expect(api.requests[0]?.path).toBe("/budgets/..%2Ftokens");
  });
});

describe("a request that fails", () => {
  it("carries the problem document", async () => {
    const error = await client()
      .createBudget({ scope: "team", amount: "0", period: "daily" })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 400, problem: { title: "Bad request" } });
    expect(error instanceof ApiError && error.problem.errors?.map(({ field }) => field)).toEqual([
      "scope",
      "amount",
    ]);
  });

  it("says that a token was not accepted when the gateway only says Forbidden", async () => {
    await expect(client({ token: "wrong" }).listBudgets()).rejects.toThrow("the token was not accepted");
  });

  it("is repeated after 429, 5xx and a dropped connection when it is a question", async () => {
    api.answerNext({ status: 429, body: {} }, { status: 503, body: {} }, "drop");
    expect((await client().health()).status).toBe("ok");
    expect(api.requests).toHaveLength(4);
  });

  it("is repeated with the same body when it records metrics", async () => {
    api.answerNext("drop", { status: 500, body: {} });
    expect((await client().recordMetrics([metric()])).summary.recorded).toBe(1);
    expect(new Set(api.requests.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(api.requests).toHaveLength(3);
  });

  it("is given up after the retries", async () => {
    api.answerNext(...Array.from({ length: 9 }, () => ({ status: 502, body: "<html>" })));
    await expect(client({ retries: 2 }).health()).rejects.toMatchObject({ status: 502 });
    expect(api.requests).toHaveLength(3);
  });

  it("is not repeated when it changes something, or when it is refused", async () => {
    api.answerNext({ status: 503, body: {} });
    const budget = { scope: "global:all", amount: "1", period: "daily" } as const;
    await expect(client().createBudget(budget)).rejects.toMatchObject({ status: 503 });
    await expect(client().getBudget("none")).rejects.toMatchObject({ status: 404 });
    expect(api.requests).toHaveLength(2);
  });

  it("names the address and the reason when no answer comes", async () => {
    api.answerNext("hang");
    await expect(client({ timeoutMs: 50, retries: 0 }).health()).rejects.toThrow(
      `${api.url} cannot be reached: no answer within 0.05 s`,
    );
    const url = api.url;
    await api.close();
    const error = await client({ apiUrl: url, retries: 1 })
      .health()
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UnreachableError);
    expect(String(error)).toContain("ECONNREFUSED");
  });

  it("tells an address that is none of ours", async () => {
    api.answerNext({ status: 200, body: "<html>hello</html>" });
    await expect(client().health()).rejects.toThrow("is it the right address?");
  });

  it("does not begin with an address or a token that cannot be one, and does not print the token", () => {
    expect(() => client({ apiUrl: "localhost:4455" })).toThrow(NoConnectionError);
    expect(() => client({ token: "aiu_a\nb" })).toThrow(/^(?!.*aiu_a)/);
  });
});
