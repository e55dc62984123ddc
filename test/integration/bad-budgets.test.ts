import { brotliCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deep, expectProblem, many, newTokens, objectText, text } from "../support/bad-input.ts";
import { newTable, type TestTable } from "../support/engine.ts";
import { type Gateway, openGateway } from "../support/gateway.ts";
import { itemsOf } from "../support/items.ts";

let table: TestTable;
let gateway: Gateway;
let tokens: Awaited<ReturnType<typeof newTokens>>;
/** The one budget that there is. */
let budgetId: string;
let before: unknown;

beforeAll(async () => {
  table = await newTable();
  gateway = await openGateway(table);
  tokens = await newTokens(table);
  const good = JSON.stringify({ scope: "team:growth", amount: 100, period: "daily" });
  budgetId = String((await send("POST", "/budgets", good)).body.budget_id);
  before = await budgetItems();
});

// Whatever was refused in this file, nothing of it is in the table.
afterAll(async () => {
  expect(await budgetItems()).toEqual(before);
  await table.drop();
});

const budgetItems = async () =>
  Promise.all(
    ["BUDGET#", "SCOPE_BUDGETS#", "BUDGET_TEMPLATES", "PROPOSAL#", "AUDIT#"].map((prefix) =>
      itemsOf(table, prefix),
    ),
  );

const send = (method: string, path: string, body?: string | Buffer, headers?: Record<string, string>) =>
  gateway.request({ method, path, token: tokens.admin, body, headers });

describe("bad budget", () => {
  const budget = { scope: '"team:growth"', amount: '"100"', period: '"daily"' };
  const minutely = { period: '"minutely"', enforcement: '"hard"' };
  const body = (fields: Record<string, string>) => objectText({ ...budget, ...fields });

  it.each<[string, string, string?]>([
    ["scope", ""],
    ["scope", '"growth"'],
    ["scope", '"team:"'],
    ["scope", '"team:a#b"'],
    ["scope", "5"],
    ["scope", text(`team:${"x".repeat(200)}`)],
    ["amount", ""],
    ["amount", "0"],
    ["amount", "-5"],
    ["amount", "1e400"],
    ["amount", '"1e3"'],
    ["amount", '"lots"'],
    ["amount", "0.1234567890123456789"],
    ["period", '"fortnightly"'],
    ["period", "7"],
    ["period", '"minutely"', "enforcement"],
    ["unit", '"euro"'],
    ["time_zone", '"Mars/Olympus"'],
    ["time_zone", "null"],
    ["week_starts_on", '"funday"'],
    ["fiscal_year_starts_in", "0"],
    ["thresholds", '"50"'],
    ["thresholds", "[0]", "thresholds[0]"],
    ["thresholds", "[50,-1]", "thresholds[1]"],
    ["thresholds", "[1e400]", "thresholds[0]"],
    ["thresholds", '[{"percent":50,"level":"LOUD"}]', "thresholds[0]"],
    ["thresholds", "[1000.01]", "thresholds[0]"],
    ["thresholds", '["99.999"]', "thresholds[0]"],
    ["thresholds", "[null]", "thresholds[0]"],
    ["thresholds", '[{"percent":50,"on":"hope"}]', "thresholds[0]"],
    ["thresholds", '[{"percent":50,"amount":50}]', "thresholds[0]"],
    ["thresholds", '[{"level":"INFO"}]', "thresholds[0]"],
    ["thresholds", '[{"percent":50,"colour":"red"}]', "thresholds[0].colour"],
    ["thresholds", '[{"amount":"0"}]'],
    ["thresholds", '[{"amount":"1000000000000"}]'],
    [
      "thresholds",
      `[${Array(21)
        .fill(1)
        .map((_, index) => index + 1)}]`,
    ],
    ["thresholds", `[${Array(100_000).fill(50)}]`],
    ["thresholds", deep(100_000), "thresholds[0]"],
    ["enforcement", '"firm"'],
    ["fail_mode", "true"],
    ["rollover", "true"],
    ["rollover", '{"cap":-1}', "rollover.cap"],
    ["rollover", '{"cap":"2000000000"}'],
    ["rollover", '{"most":1}', "rollover.most"],
    ["spike", '{"times":1,"at_least":1}'],
    ["spike", "{}", "spike.times"],
    ["contact", text("a\u0000b")],
    ["contact", text("a\nb")],
    ["contact", text("x".repeat(201))],
    ["metadata", '{"a":{}}', "metadata.a"],
    ["metadata", '{"__proto__":"x"}'],
    ["metadata", '{"prompt":"x"}', "metadata.prompt"],
    ["metadata", '{"a":5}', "metadata.a"],
    ["metadata", many(21)],
    ["name", '""'],
    ["name", text("a\u0000b")],
    ["reason", text("x".repeat(501))],
    ["managed_by", '"code:main"', "managed_key"],
    ["managed_key", '"growth"', "managed_by"],
    ["managed_by", '"configure"'],
    ["managed_by", '"template:tpl_1"'],
    ["colour", '"red"'],
    ["__proto__", "{}"],
  ])("with %s %.30s is refused by the name of the field", async (field, value, named = field) => {
    expectProblem(await send("POST", "/budgets", body({ [field]: value })), 400, named);
  });

  it.each<[string, Record<string, string>, string]>([
    ["half a token", { unit: '"tokens"', amount: "1.5" }, "amount"],
    ["half a call", { unit: '"requests"', amount: '"0.5"' }, "amount"],
    ["part of a token rolled over", { unit: '"tokens"', rollover: '{"cap":0.5}' }, "rollover"],
    ["a threshold at half a token", { unit: '"tokens"', thresholds: '[{"amount":0.5}]' }, "thresholds"],
    ["what tokens cost in an hour", { unit: '"tokens"', spike: '{"times":4,"at_least":1}' }, "spike"],
    ["minutes to alert on", { ...minutely, thresholds: "[50]" }, "thresholds"],
    ["minutes that roll over", { ...minutely, rollover: "{}" }, "rollover"],
    ["hours that roll over", { period: '"hourly"', rollover: "{}" }, "rollover"],
  ])("of %s is refused: its terms do not go together", async (_, fields, named) => {
    expectProblem(await send("POST", "/budgets", body(fields)), 400, named);
  });

  it("names all that is wrong at once", async () => {
    const answer = await send("POST", "/budgets", body({ scope: '"x"', amount: "0", period: '"x"' }));
    const fields = (answer.body.errors as { field: string }[]).map(({ field }) => field);
    expect(fields.sort()).toEqual(["amount", "period", "scope"]);
  });

  it.each<[string, string | Buffer, number]>([
    ["nothing", "", 400],
    ["a list", "[]", 400],
    ["null", "null", 400],
    ["half of JSON", "{", 400],
    ["UTF-16", Buffer.from(body({}), "utf16le"), 400],
    ["Latin-1", Buffer.from(body({ name: '"caf\u00e9"' }), "latin1"), 400],
    ["3 megabytes", body({ name: text("x".repeat(3 * 1024 * 1024)) }), 413],
  ])("of %s is refused", async (_, sent, status) => {
    expectProblem(await send("POST", "/budgets", sent), status);
  });

  it("in plain text, packed in an unknown way, or packed wrongly is refused", async () => {
    const plainText = { "content-type": "text/plain" };
    expectProblem(await send("POST", "/budgets", body({}), plainText), 415);
    const packed = brotliCompressSync(body({}));
    expectProblem(await send("POST", "/budgets", packed, { "content-encoding": "br" }), 415);
    expectProblem(await send("POST", "/budgets", packed, { "content-encoding": "gzip" }), 400);
  });

  it("of another team than the token's is refused", async () => {
    const asked = { method: "POST", path: "/budgets", body: body({ scope: '"team:other"' }) };
    expectProblem(await gateway.request({ ...asked, token: tokens.growth }), 403);
  });
});

describe("bad change of a budget", () => {
  it.each<[string, string, string]>([
    ["PATCH", "{}", "(body)"],
    ["PATCH", '{"reason":"so"}', "(body)"],
    ["PATCH", '{"amount":0}', "amount"],
    ["PATCH", '{"amount":null}', "amount"],
    ["PATCH", '{"scope":"team:other"}', "scope"],
    ["PATCH", '{"period":"daily"}', "period"],
    ["PATCH", '{"time_zone":"UTC"}', "time_zone"],
    ["PATCH", '{"unit":"tokens"}', "unit"],
    ["PATCH", '{"thresholds":[0]}', "thresholds[0]"],
    ["PATCH", '{"spike":{"times":0.5,"at_least":1}}', "spike"],
    ["PATCH", '{"active":false}', "active"],
    ["PATCH", '{"managed_by":"code:main"}', "managed_by"],
    ["PATCH", '{"week_starts_on":"monday"}', "week_starts_on"],
    ["PATCH", '{"metadata":null}', "metadata"],
    ["PATCH", '{"thresholds":null}', "thresholds"],
    ["PATCH", '{"contact":"a\\nb"}', "contact"],
    ["PATCH", "[]", "(body)"],
    ["PATCH", "null", "(body)"],
    ["POST /increases", "{}", "amount"],
    ["POST /increases", '{"amount":5,"reason":"x"}', "until"],
    ["POST /increases", '{"amount":5,"hours":1}', "reason"],
    ["POST /increases", '{"amount":5,"reason":" ","hours":1}', "reason"],
    ["POST /increases", '{"amount":-5,"reason":"x","hours":1}', "amount"],
    ["POST /increases", '{"amount":5,"reason":"x","until":"2020-01-01T00:00:00Z"}', "until"],
    ["POST /increases", '{"amount":5,"reason":"x","hours":1,"until":"2090-01-01T00:00:00Z"}', "until"],
    ["POST /increases", '{"amount":5,"reason":"x","until":"2090-01-01T00:00:00Z"}', "until"],
    ["POST /increases", '{"amount":5,"reason":"x","until":"friday"}', "until"],
    ["POST /increases", '{"amount":5,"reason":"x","hours":0}', "hours"],
    ["POST /increases", '{"amount":5,"reason":"x","hours":1e400}', "hours"],
    ["POST /increases", '{"amount":5,"reason":"x","hours":1,"from":5}', "from"],
    ["POST /increases", '{"amount":"1000000001","reason":"x","hours":1}', "amount"],
    ["POST /increases", '{"amount":5,"reason":"x","hours":1,"increase_id":"inc_1"}', "increase_id"],
    ["POST /deactivate", '{"reason":5}', "reason"],
    ["POST /reactivate", '{"why":"so"}', "why"],
  ])("%s %s is refused by the name of the field", async (action, body, field) => {
    const [method = "", path = ""] = action.split(" ");
    expectProblem(await send(method, `/budgets/${budgetId}${path}`, body), 400, field);
  });

  it.each([
    ["PATCH", "/budgets/none"],
    ["POST", "/budgets/none/reactivate"],
    ["POST", "/budgets/none/increases"],
    ["GET", "/budgets/none/history"],
    ["GET", "/budgets/none/changes"],
    ["GET", "/budgets/none/ledger"],
    ["POST", "/budgets/proposals/none/approve"],
    ["POST", "/budgets/proposals/none/reject"],
    ["POST", "/budgets/proposals/%00/approve"],
    ["GET", "/budget-templates/none"],
    ["DELETE", "/budget-templates/none"],
    ["DELETE", `/budget-templates/${"x".repeat(3000)}`],
    ["GET", "/api/v1/ai/cost/budget"],
  ])("%s %.40s is about nothing", async (method, path) => {
    const body = method === "PATCH" || method === "POST" ? '{"amount":5}' : undefined;
    expectProblem(await send(method, path, body), 404);
  });

  it.each(["none", "%00", "x".repeat(3000)])("ends no increase %.10s", async (increase) => {
    expectProblem(await send("DELETE", `/budgets/${budgetId}/increases/${increase}`), 404);
  });
});

describe("bad question about budgets", () => {
  it.each([
    ["/budgets?active=maybe", "active"],
    ["/budgets?scope=growth", "scope"],
    [`/budgets?managed_by=${"x".repeat(200)}`, "managed_by"],
    ["/budgets/proposals?state=open", "state"],
    ["/budgets/proposals?cursor=bad", "cursor"],
    ["/budgets/:id/history?periods=0", "periods"],
    ["/budgets/:id/history?periods=1000", "periods"],
    ["/budgets/:id/changes?cursor=bad", "cursor"],
    ["/budgets/:id/changes?limit=0", "limit"],
    ["/api/v1/ai/cost/budget/status?squad=x", "squad"],
    ["/api/v1/ai/cost/budget/status?team=a%23b", "team"],
    ["/api/v1/ai/cost/alerts?limit=x", "limit"],
  ])("%.50s names its parameter", async (path, field) => {
    expectProblem(await send("GET", path.replace(":id", budgetId)), 400, field);
  });
});

describe("bad template or configuration", () => {
  it.each([
    ['{"pattern":"*","amount":5,"period":"daily"}', "pattern"],
    ['{"pattern":"user:ada","amount":5,"period":"daily"}', "pattern"],
    ['{"pattern":"global:*","amount":5,"period":"daily"}', "pattern"],
    ['{"pattern":"user:a#*","amount":5,"period":"daily"}', "pattern"],
    [`{"pattern":"user:${"x".repeat(300)}*","amount":5,"period":"daily"}`, "pattern"],
    ['{"pattern":"user:*","period":"daily"}', "amount"],
    ['{"pattern":"user:*","amount":5,"period":"daily","scope":"user:a"}', "scope"],
    ['{"pattern":"user:*","amount":5,"period":"minutely"}', "enforcement"],
  ])("template %s is refused by the name of the field", async (body, field) => {
    expectProblem(await send("POST", "/budget-templates", body), 400, field);
  });

  it.each([
    ["{}", "(body)"],
    ['{"daily_limit":0}', "daily_limit"],
    ['{"daily_limit":5,"service_limits":{"chat":"lots"}}', "service_limits.chat"],
    ['{"daily_limit":5,"team_limits":{"a#b":{"daily":1}}}', "team_limits.a#b"],
    ['{"daily_limit":5,"thresholds":[{"amount":"0"}]}', "thresholds"],
    ['{"daily_limit":5,"thresholds":[{"amount":"1000000000000"}]}', "thresholds"],
    ['{"daily_limit":5,"team_limits":{"growth":{"hourly":5}}}', "team_limits.growth.hourly"],
    ['{"daily_limit":5,"team_limits":{"growth":5}}', "team_limits.growth"],
    ['{"daily_limit":5,"service_limits":[]}', "service_limits"],
    [`{"user_daily_limits":${many(51)}}`, "(body)"],
    ['{"daily_limit":5,"yearly_limit":5}', "yearly_limit"],
    ['{"enforcement":"hard"}', "(body)"],
    ['{"daily_limit":5,"team_limits":{"__proto__":{"daily":1}}}', "team_limits"],
  ])(
    "configuration %s is refused by the name of the field, and nothing of it is set",
    async (body, field) => {
      expectProblem(await send("POST", "/api/v1/ai/cost/budget/configure", body), 400, field);
    },
  );
});

describe("budgets are not for a token", () => {
  const templates = '{"pattern":"user:*","amount":5,"period":"daily"}';
  it.each<[keyof typeof tokens, string, string, string?]>([
    ["read", "PATCH", "/budgets/:id", '{"amount":5}'],
    ["read", "POST", "/budgets/:id/increases", "{}"],
    ["read", "DELETE", "/budgets/:id/increases/none"],
    ["read", "POST", "/budgets/:id/reactivate"],
    ["read", "POST", "/budgets/proposals/none/approve"],
    ["read", "POST", "/budget-templates", templates],
    ["growth", "POST", "/budget-templates", templates],
    ["growth", "GET", "/budget-templates"],
    ["read", "DELETE", "/budget-templates/none"],
    ["read", "POST", "/api/v1/ai/cost/budget/configure", '{"daily_limit":5}'],
    ["growth", "POST", "/api/v1/ai/cost/budget/configure", '{"daily_limit":5}'],
    ["growth", "GET", "/api/v1/ai/cost/budget/status"],
    ["growth", "GET", "/api/v1/ai/cost/budget/status?team=other"],
    ["ingest", "GET", "/budgets/:id/status"],
    ["ingest", "GET", "/budgets/:id/changes"],
    ["ingest", "GET", "/budgets/proposals"],
    ["ingest", "GET", "/api/v1/ai/cost/alerts"],
  ])("that may %s only: %s %s is answered with 403", async (role, method, path, body) => {
    const asked = { method, path: path.replace(":id", budgetId), token: tokens[role], body };
    expectProblem(await gateway.request(asked), 403);
  });
});
