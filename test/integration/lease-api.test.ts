import type { NewLease } from "@ai-usage/client";
import {
  Amount,
  hashSecret,
  Money,
  parseInstant,
  parseScope,
  type Scope,
  type TokenRole,
} from "@ai-usage/core";
import { createBudget, putTemplate, putToken } from "@ai-usage/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aNewBudget, aNote } from "../support/budgets.ts";
import { newTable, type TestTable } from "../support/engine.ts";
import { type Gateway, openGateway } from "../support/gateway.ts";
import { itemsOf } from "../support/items.ts";

let table: TestTable;
let gateway: Gateway;
const secret = Buffer.alloc(32, 7);

async function aToken(
  tokenId: string,
  roles: readonly TokenRole[],
  scopes?: readonly Scope[],
): Promise<string> {
  await putToken(table, {
    tokenId,
    name: tokenId,
    roles,
    scopes,
    secretHash: hashSecret(secret),
    createdAt: parseInstant("2026-11-01T00:00:00Z"),
  });
  return `aiu_${tokenId}_${secret.toString("base64url")}`;
}

let app: string;
let reader: string;
let admin: string;
let limited: string;

beforeAll(async () => {
  table = await newTable();
  gateway = await openGateway(table);
  [app, reader, admin, limited] = await Promise.all([
    aToken("app", ["ingest"]),
    aToken("reader", ["read"]),
    aToken("admin", ["admin"]),
    aToken("limited", ["ingest", "read"], [parseScope("team:legal")]),
  ]);
});
afterAll(() => table.drop());

const post = (path: string, body: unknown, token = app) =>
  gateway.request({ method: "POST", path, token, body: JSON.stringify(body) });

let budgets = 0;
async function hardBudget(scope: string, amount: string, given: Parameters<typeof aNewBudget>[0] = {}) {
  budgets += 1;
  const budget = aNewBudget({
    budgetId: `bud_api_${budgets}`,
    scope: parseScope(scope),
    amount: Amount.parse(amount),
    enforcement: "hard",
    period: "monthly",
    ...given,
  });
  await createBudget(table, budget, aNote(`chg_${budget.budgetId}`));
  return budget.budgetId;
}

const call = (team: string) => ({ service: "openai", model: "gpt-4o", operation: "chat", team });

describe("a decision", () => {
  it("says whether a call fits, what it was taken to need and what is left, and leaves no trace", async () => {
    const id = await hardBudget("team:decide", "0.05");
    const before = await itemsOf(table, "LEASE#");
    const { status, body } = await post("/budgets/decide", {
      call: call("decide"),
      max: { input_tokens: 1000, output_tokens: 1000 },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      allowed: true,
      per_call: { cost_usd: "0.0125", tokens: "2000", requests: "1" },
      estimated: false,
      fail_mode: "open",
      shortages: [],
    });
    const many = await post("/budgets/decide", {
      call: call("decide"),
      max: { input_tokens: 1000, output_tokens: 1000 },
      calls: 5,
    });
    expect(many.body).toMatchObject({ allowed: false, shortages: [{ budget_id: id, needed: "0.0625" }] });
    expect(await itemsOf(table, "LEASE#")).toEqual(before);
  });

  it("takes a bounded estimate where nobody says what a call may take", async () => {
    const { body } = await post("/budgets/decide", { call: call("decide") });
    expect(body).toMatchObject({ estimated: true, per_call: { cost_usd: "0.05096", tokens: "8096" } });
  });
});

describe("a lease", () => {
  it("is acquired, renewed and settled, and tells what it holds", async () => {
    const id = await hardBudget("team:lease", "1", { failMode: "closed" });
    const max = { cost_usd: "0.10" };
    const acquired = await post("/leases", { call: call("lease"), max, ttl_seconds: 30 });
    expect(acquired.status).toBe(201);
    expect(acquired.body).toMatchObject({
      state: "open",
      calls: 1,
      fail_mode: "closed",
      granted: { cost_usd: "0.1" },
      budgets: [{ budget_id: id, unit: "usd", held: "0.1" }],
      would_have_refused: [],
    });
    const path = `/leases/${acquired.body.lease_id}`;
    const renewed = await post(`${path}/renew`, { spent: { cost_usd: "0.04" }, calls: 1 });
    expect(renewed.body).toMatchObject({ state: "open", granted: { cost_usd: "0.14" } });
    const ledger = await gateway.request({ path: `/budgets/${id}/ledger`, token: reader });
    expect(ledger.body).toMatchObject({
      limit: "1",
      spent: "0",
      reserved: "0.14",
      remaining: "0.86",
      holding: { open_leases: 1, held: "0.14", settled: "0" },
      drift: { in_sync: true },
    });
    const settled = await post(`${path}/settle`, { spent: { cost_usd: "0.05" } });
    expect(settled.body).toMatchObject({ state: "settled", settled: { cost_usd: "0.05" } });
    expect((await post(`${path}/settle`, { spent: { cost_usd: "0.05" } })).status).toBe(200);
    expect((await post(`${path}/settle`, { spent: { cost_usd: "0.06" } })).status).toBe(409);
    expect((await post(`${path}/release`, {})).status).toBe(409);
    expect((await gateway.request({ path, token: app })).body).toMatchObject({ state: "settled" });
    const after = await gateway.request({ path: `/budgets/${id}/ledger`, token: reader });
    expect(after.body).toMatchObject({ reserved: "0.05", drift: { unconfirmed: "0.05", in_sync: false } });
    const repaired = await post(`/budgets/${id}/ledger/repair`, {}, admin);
    expect(repaired.body).toMatchObject({
      before: { drift: { in_sync: false } },
      after: { reserved: "0", remaining: "1", drift: { in_sync: true } },
    });
  });

  it("is refused with all that the caller needs to know", async () => {
    const id = await hardBudget("team:refused", "0.05", { contact: "#ai-costs", name: "Refused" });
    const { status, contentType, body } = await post("/leases", {
      call: call("refused"),
      max: { cost_usd: "0.06" },
    });
    expect(status).toBe(402);
    expect(contentType).toBe("application/problem+json");
    expect(body).toMatchObject({
      type: "urn:ai-usage:problem:budget-exhausted",
      status: 402,
      budgets: [
        {
          budget_id: id,
          name: "Refused",
          scope: "team:refused",
          unit: "usd",
          limit: "0.05",
          spent: "0",
          reserved: "0",
          remaining: "0.05",
          needed: "0.06",
          contact: "#ai-costs",
        },
      ],
    });
    expect(body.detail).toMatch(/"Refused" of team:refused has \$0\.05 left of \$0\.05 .* ask #ai-costs/);
    expect(body.retry_after_seconds).toBeGreaterThan(0);
  });

  it("is of requests too: then the answer is 429", async () => {
    await hardBudget("team:busy", "2", { unit: "requests", period: "minutely", thresholds: [] });
    const ask = () => post("/leases", { call: call("busy"), max: { cost_usd: "0.01" } });
    const answers = [await ask(), await ask(), await ask()];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 429]);
    expect(answers[2]?.body.retry_after_seconds).toBeLessThanOrEqual(60);
  });

  it("tells a token nothing of budgets that it may not read", async () => {
    const wide = await hardBudget("feature:secret", "0.01");
    const { status, body } = await post(
      "/leases",
      { call: { ...call("legal"), feature: "secret" }, max: { cost_usd: "0.02" } },
      limited,
    );
    expect(status).toBe(402);
    const [shown] = body.budgets as Record<string, unknown>[];
    expect(Object.keys(shown ?? {}).sort()).toEqual(["budget_id", "resets_at", "retry_at", "unit"]);
    expect(shown?.budget_id).toBe(wide);
    expect(JSON.stringify(body)).not.toMatch(/secret|0\.01/);
    expect((await post("/leases", { call: call("growth") }, limited)).status).toBe(403);
  });

  it("holds a new user's first call to the budget that a template makes", async () => {
    const { terms } = { terms: aNewBudget({ enforcement: "hard", amount: Amount.parse("0.03") }) };
    const { budgetId: _, scope: __, ...rest } = terms;
    await putTemplate(table, {
      templateId: "tpl_api",
      pattern: "user:*",
      terms: { ...rest, name: "{value} a day" },
      active: true,
      createdAt: parseInstant("2026-11-01T00:00:00Z"),
      createdBy: "admin",
    });
    const ask = () =>
      post("/leases", {
        call: { service: "openai", model: "gpt-4o", user_id: "zoe" },
        max: { cost_usd: "0.02" },
      });
    // Templates are looked at every few seconds.
    await expect.poll(async () => (await ask()).body.budgets, { timeout: 10_000 }).toHaveLength(1);
    const refused = await ask();
    expect(refused.body).toMatchObject({ budgets: [{ name: "zoe a day", limit: "0.03", reserved: "0.02" }] });
  });

  it("holds nothing where no hard budget applies", async () => {
    const { status, body } = await post("/leases", { call: call("free"), max: { cost_usd: "1000" } });
    expect([status, body.budgets]).toEqual([201, []]);
  });

  it("tells the prices of the call's units, by which it costs what it is recorded with", async () => {
    const usage = { input: 1234, cache_read: 567, output: 89 };
    const { body } = await post("/leases", { call: call("prices"), max: { usage } });
    expect(body.unit_prices).toMatchObject({
      input: "0.0000025",
      cache_read: "0.00000125",
      output: "0.00001",
    });
    const { lease_id, unit_prices } = body as unknown as NewLease;
    const cost = Object.entries(usage)
      .map(([unit, quantity]) => Money.parse(unit_prices?.[unit] ?? "").times(String(quantity)))
      .reduce((sum, amount) => sum.plus(amount));
    const metric = { ...call("prices"), request_id: "by-unit-prices", lease_id, usage };
    const recorded = await post("/ai_usage", { ...metric, timestamp: new Date().toISOString() });
    expect(recorded.body).toMatchObject({ results: [{ status: "recorded", cost_usd: cost.toString() }] });
  });

  it("tells for how long a prompt its prices hold, and no prices where they depend on how much is used", async () => {
    const tiered = await post("/leases", {
      call: { service: "google", model: "gemini-2.5-pro", team: "prices" },
      max: { cost_usd: "0" },
    });
    expect(tiered.body).toMatchObject({
      unit_prices: { input: "0.00000125" },
      unit_prices_prompt_tokens_max: 200_000,
    });
    const places = await post("/leases", {
      call: { service: "google_places", operation: "place_details", team: "prices" },
      max: { cost_usd: "0" },
    });
    expect(places.body.unit_prices).toEqual({});
    const unknown = await post("/leases", {
      call: { service: "acme", model: "nova-9" },
      max: { cost_usd: "0" },
    });
    expect(unknown.body.unit_prices).toEqual({});
  });

  it.each([
    ["call", {}, "call"],
    ["an unknown field", { call: call("x"), limit: 3 }, "limit"],
    ["a call without a service", { call: { model: "gpt-4o" } }, "call.service"],
    ["a negative maximum", { call: call("x"), max: { cost_usd: "-1" } }, "max.cost_usd"],
    ["tokens beside usage", { call: call("x"), max: { usage: { input: 1 }, input_tokens: 1 } }, "max.usage"],
    ["too short a life", { call: call("x"), ttl_seconds: 1 }, "ttl_seconds"],
    ["no calls", { call: call("x"), calls: 0 }, "calls"],
  ])("is not given for %s that is wrong, and the answer names the field", async (_, body, field) => {
    const answer = await post("/leases", body);
    expect(answer.status).toBe(400);
    expect((answer.body.errors as { field: string }[]).map((error) => error.field)).toContain(field);
  });

  it("that there is none of is not found, and needs the role ingest", async () => {
    expect((await post("/leases/lea_none/settle", { spent: { cost_usd: "1" } })).status).toBe(404);
    expect((await post("/leases", { call: call("x") }, reader)).status).toBe(403);
  });
});
