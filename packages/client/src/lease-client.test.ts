import { parseInstant } from "@ai-usage/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiError, BudgetExhaustedError, NoConnectionError, UnreachableError } from "./errors.ts";
import { LeaseClient } from "./lease-client.ts";
import { type MemoryApi, startMemoryApi } from "./testing/memory-api.ts";

const lease = { lease_id: "lea_1", state: "open" };
const call = { service: "openai", model: "gpt-4o" };
const exhausted = {
  type: "urn:ai-usage:problem:budget-exhausted",
  title: "Budget exhausted",
  status: 402,
  detail: "nothing left",
  budgets: [],
  retry_after_seconds: 60,
};

let api: MemoryApi;
beforeEach(async () => {
  api = await startMemoryApi(() => parseInstant("2026-11-22T12:00:00Z"));
});
afterEach(() => api.close());

const client = (options: { retries?: number; apiUrl?: string; token?: string } = {}) =>
  new LeaseClient({ apiUrl: api.url, token: api.token, retryDelayMs: 1, ...options });

describe("the client of leases alone", () => {
  it("sends what the whole client sends", async () => {
    api.answerNext(...Array.from({ length: 5 }, () => ({ status: 200, body: lease })));
    await client().acquireLease({ call, calls: 20 });
    await client().renewLease("lea/1", { calls: 0 });
    await client().settleLease("lea_1", { cost_usd: "0.01" });
    await client().releaseLease("lea_1");
    expect(await client().getLease("lea_1")).toEqual(lease);
    expect(api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /leases",
      "POST /leases/lea%2F1/renew",
      "POST /leases/lea_1/settle",
      "POST /leases/lea_1/release",
      "GET /leases/lea_1",
    ]);
    expect(api.requests.map(({ body }) => body).slice(0, 3)).toEqual([
      { call, calls: 20 },
      { calls: 0 },
      { spent: { cost_usd: "0.01" } },
    ]);
  });

  it("tries what may be repeated again, and what takes something just once", async () => {
    api.answerNext(
      { status: 503, body: {} },
      "drop",
      { status: 429, body: {} },
      { status: 200, body: lease },
    );
    expect(await client().settleLease("lea_1", { cost_usd: "0.01" })).toEqual(lease);
    expect(api.requests).toHaveLength(4);
    api.answerNext({ status: 503, body: {} });
    await expect(client().acquireLease({ call })).rejects.toMatchObject({ status: 503 });
    expect(api.requests).toHaveLength(5);
  });

  it("gives up after the retries, and at once where it is refused", async () => {
    api.answerNext(...Array.from({ length: 3 }, () => ({ status: 502, body: {} })));
    await expect(client({ retries: 2 }).releaseLease("lea_1")).rejects.toBeInstanceOf(ApiError);
    expect(api.requests).toHaveLength(3);
    api.answerNext({ status: 409, body: { ...exhausted, type: "about:blank", status: 409 } });
    await expect(client().settleLease("lea_1", { cost_usd: "1" })).rejects.toMatchObject({ status: 409 });
    expect(api.requests).toHaveLength(4);
  });

  it("has the errors of the whole client", async () => {
    api.answerNext({ status: 402, body: exhausted });
    const refused = client().acquireLease({ call });
    await expect(refused).rejects.toBeInstanceOf(BudgetExhaustedError);
    await expect(refused).rejects.toMatchObject({ retryAfterSeconds: 60, message: "nothing left" });
    const url = api.url;
    await api.close();
    await expect(client({ apiUrl: url }).getLease("lea_1")).rejects.toBeInstanceOf(UnreachableError);
    expect(() => client({ token: "aiu_a\nb" })).toThrow(NoConnectionError);
  });
});
