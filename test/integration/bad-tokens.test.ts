import { randomBytes } from "node:crypto";
import { formatToken, instantFromEpochMs, SECRET_BYTES } from "@ai-usage/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectProblem, newToken, newTokens } from "../support/bad-input.ts";
import { newTable, type TestTable } from "../support/engine.ts";
import { type Gateway, openGateway } from "../support/gateway.ts";
import { itemsOf } from "../support/items.ts";

let table: TestTable;
let gateway: Gateway;
let tokens: Awaited<ReturnType<typeof newTokens>>;

beforeAll(async () => {
  table = await newTable();
  gateway = await openGateway(table);
  tokens = await newTokens(table);
});

// Whatever was refused in this file, nothing of it is in the table: there are the tokens that tests made themselves.
afterAll(async () => {
  const keys = (await itemsOf(table, "")).map(({ PK }) => String(PK)).sort();
  expect(keys).toEqual(
    ["admin", "expired", "growth", "ingest", "read", "revoked"].map((id) => `TOKEN#${id}`),
  );
  await table.drop();
});

describe("bad request for a token", () => {
  const send = (body: string) =>
    gateway.request({ method: "POST", path: "/tokens", token: tokens.admin, body });

  it.each([
    ["name", '{"roles":["read"]}'],
    ["name", '{"name":"","roles":["read"]}'],
    ["roles", '{"name":"ci"}'],
    ["roles", '{"name":"ci","roles":[]}'],
    ["roles[0]", '{"name":"ci","roles":["owner"]}'],
    ["roles", '{"name":"ci","roles":"admin"}'],
    ["scopes", '{"name":"ci","roles":["read"],"scopes":[]}'],
    ["scopes[0]", '{"name":"ci","roles":["read"],"scopes":["growth"]}'],
    ["expires_at", '{"name":"ci","roles":["read"],"expires_at":"soon"}'],
    ["expires_at", '{"name":"ci","roles":["read"],"expires_at":"2020-01-01T00:00:00Z"}'],
    ["secret", '{"name":"ci","roles":["read"],"secret":"x"}'],
    ["(body)", "nothing"],
  ])("names %s of %s", async (field, body) => {
    expectProblem(await send(body), 400, field);
  });
});

describe("bad token", () => {
  const ask = (token: string | undefined, headers?: Record<string, string>) =>
    gateway.request({ path: "/ai_usage", token, headers });

  it("is missing: 401", async () => {
    expect((await ask(undefined)).status).toBe(401);
    expect((await gateway.request({ method: "POST", path: "/ai_usage", body: "{}" })).status).toBe(401);
  });

  it("is garbled, unknown, of another secret or scheme: 403", async () => {
    const [, , secret = ""] = tokens.admin.split("_");
    const other = formatToken("admin", randomBytes(SECRET_BYTES));
    const none = formatToken("9", randomBytes(SECRET_BYTES));
    const last = tokens.admin.at(-1) === "A" ? "Q" : "A";
    const garbled = [
      "",
      "x",
      secret,
      `${tokens.admin} `,
      `${tokens.admin}x`,
      tokens.admin.slice(0, -1),
      tokens.admin.slice(0, -1) + last,
      tokens.admin.toUpperCase(),
      "x".repeat(5000),
      "aiu_admin_\u0000",
    ];
    for (const token of [...garbled, other, none]) expect((await ask(token)).status, token).toBe(403);
    for (const authorization of [
      "",
      tokens.admin,
      `Basic ${tokens.admin}`,
      `Bearer  ${tokens.admin}`,
      `Bearer ${tokens.admin}, x`,
    ]) {
      expect((await ask(undefined, { authorization })).status, authorization).toBe(403);
    }
  });

  it("has expired or was revoked: 403", async () => {
    const past = instantFromEpochMs(Date.now() - 1_000);
    const expired = await newToken(table, "expired", ["admin"], { expiresAt: past });
    const revoked = await newToken(table, "revoked", ["admin"], { revokedAt: past });
    for (const token of [expired, revoked]) expect((await ask(token)).status).toBe(403);
  });

  it.each<[keyof typeof tokens, string, string, string]>([
    ["read", "POST", "/ai_usage", "ingest"],
    ["ingest", "GET", "/ai_usage", "read"],
    ["ingest", "GET", "/ai_usage/events?job=j", "read"],
    ["ingest", "GET", "/budgets", "read"],
    ["ingest", "GET", "/alerts", "read"],
    ["read", "POST", "/budgets", "admin"],
    ["read", "POST", "/budgets/none/deactivate", "admin"],
    ["read", "GET", "/tokens", "admin"],
    ["read", "POST", "/tokens", "admin"],
    ["read", "DELETE", "/tokens/admin", "admin"],
    ["growth", "GET", "/tokens", "not limited to scopes"],
    ["growth", "DELETE", "/tokens/admin", "not limited to scopes"],
    ["growth", "GET", "/ai_usage", "team:growth"],
    ["growth", "GET", "/ai_usage?team=other", "team:growth"],
    ["growth", "GET", "/ai_usage?operation=chat", "team:growth"],
  ])("with the role %s may not %s %s: 403, and what it takes", async (role, method, path, needed) => {
    const body = method === "POST" ? "{}" : undefined;
    const answer = await gateway.request({ method, path, token: tokens[role], body });
    expectProblem(answer, 403);
    expect(answer.body.detail).toContain(needed);
  });

  it("of its own team's spending a limited one may ask", async () => {
    expect((await gateway.request({ path: "/ai_usage?team=growth", token: tokens.growth })).status).toBe(200);
  });
});
