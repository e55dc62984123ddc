import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deep, expectProblem, newTokens, objectText, text } from "../support/bad-input.ts";
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

// Whatever was refused in this file, nothing of it is in the table, nor in the audit trail.
afterAll(async () => {
  expect(await itemsOf(table, "PRICES")).toEqual([]);
  expect(await itemsOf(table, "AUDIT#")).toEqual([]);
  await table.drop();
});

const send = (method: string, path: string, body?: string, token = tokens.admin) =>
  gateway.request({ method, path, token, body });

describe("bad price", () => {
  const price = { provider: '"acme"', model_name: '"nova-1"', input_cost_per_million: '"1"' };

  it.each<[string, string, string?]>([
    ["provider", ""],
    ["provider", "5"],
    ["provider", text("a#b")],
    ["provider", text("x".repeat(200))],
    ["model_name", ""],
    ["model_name", text("nova\u0000")],
    ["model_name", text("nova#1")],
    ["names", '"nova"'],
    ["names", '["nova#1"]', "names[0]"],
    ["names", `[${Array.from({ length: 51 }, (_, index) => `"n${index}"`).join()}]`],
    ["services", "{}"],
    ["input_cost_per_million", "-1"],
    ["input_cost_per_million", "1e400"],
    ["input_cost_per_million", '"1,5"'],
    ["input_cost_per_million", text("0.0000000000001")],
    ["input_cost_per_million", "0.1234567890123456789"],
    ["output_cost_per_million", "true"],
    ["per_million", "[]"],
    ["per_million", '{"input":"2"}', "input_cost_per_million"],
    ["per_million", '{"smile":"2"}', "per_million.smile"],
    ["per_million", '{"output":"-2"}', "per_million.output"],
    ["per_million", '{"output":null}', "per_million.output"],
    ["per_million", '{"__proto__":"2"}', "per_million"],
    ["per_unit", '{"constructor":"2"}', "per_unit.constructor"],
    ["per_unit", '{"image":"1001"}', "per_unit.image"],
    ["per_unit", `{${Array.from({ length: 41 }, (_, index) => `"x_${index}":"1"`).join()}}`],
    ["multiply", '"0.5"', "(body)"],
    ["multiplies", '["tokens"]'],
    ["when", '"batch"'],
    ["when", '{"mood":"good"}', "when.mood"],
    ["when", '{"tier":5}', "when.tier"],
    ["when", '{"tier":[""]}', "when.tier[0]"],
    ["when", '{"tier":[]}', "when.tier"],
    ["when", '{"prompt_over":-1}', "when.prompt_over"],
    ["when", '{"prompt_over":1,"prompt_from":1}', "when.prompt_over"],
    ["when", '{"prompt_counts":["input"]}', "when.prompt_counts"],
    ["when", '{"time":[{"from":"25:00","to":"01:00","time_zone":"UTC"}]}', "when.time[0].from"],
    ["when", '{"time":[{"from":"22:00","to":"01:00","time_zone":"Mars/Olympus"}]}', "when.time[0].time_zone"],
    ["when", deep(100_000)],
    ["when", `{"tier":${deep(100_000)}}`],
    ["when", '{"__proto__":{"tier":"batch"}}', "when.__proto__"],
    ["minimum", '{"second":-1}', "minimum.second"],
    ["minimum", deep(100_000)],
    ["volume", '{"unit":"request"}', "volume.meter"],
    ["volume", deep(100_000)],
    ["free_refusals", '"yes"'],
    ["effective_from", '"soon"'],
    ["effective_from", '"2026-02-30"'],
    ["effective_from", "5"],
    ["effective_to", '"2020-01-01T00:00:00"'],
    ["context_window", "0"],
    ["context_window", "1.5"],
    ["max_output_tokens", '"many"'],
    ["is_active", "1"],
    ["source", '""'],
    ["source", text("x".repeat(2_000))],
    ["note", "[]"],
    ["verified", "null"],
    ["checked_on", '"yesterday"'],
    ["colour", '"red"'],
    ["__proto__", "{}"],
    ["price_id", '"prc_1"'],
  ])("with %s %.40s is refused by the name of the field", async (field, value, named = field) => {
    expectProblem(await send("PUT", "/prices", objectText({ ...price, [field]: value })), 400, named);
  });

  it("that ends before it begins, or has no price, is refused", async () => {
    const dates = { effective_from: '"2026-02-01"', effective_to: '"2026-02-01"' };
    expectProblem(await send("PUT", "/prices", objectText({ ...price, ...dates })), 400, "effective_to");
    expectProblem(
      await send("PUT", "/prices", objectText({ ...price, input_cost_per_million: "" })),
      400,
      "(body)",
    );
  });

  it("that is too large to keep is refused", async () => {
    const regions = JSON.stringify(Array.from({ length: 2_000 }, (_, index) => `region-${index}`));
    const body = objectText({ ...price, when: `{"region":${regions}}` });
    expectProblem(await send("PUT", "/prices", body), 400, "(body)");
  });

  it.each<[string, string, number]>([
    ["nothing", "", 400],
    ["a list", "[]", 400],
    ["null", "null", 400],
    ["half of JSON", "{", 400],
    ["3 megabytes", objectText({ ...price, note: text("x".repeat(3 * 1024 * 1024)) }), 413],
  ])("of %s is refused", async (_, body, status) => {
    expectProblem(await send("PUT", "/prices", body), status);
  });
});

describe("bad discount or margin", () => {
  const discount = { kind: '"discount"', scope: '"team:growth"', percent: '"10"' };

  it.each<[string, string]>([
    ["kind", ""],
    ["kind", '"gift"'],
    ["scope", '"growth"'],
    ["scope", '"team:a#b"'],
    ["percent", ""],
    ["percent", "0"],
    ["percent", "-5"],
    ["percent", '"100.5"'],
    ["percent", '"1.23456"'],
    ["percent", "1e400"],
    ["percent", "{}"],
    ["effective_from", '"soon"'],
    ["effective_to", "5"],
    ["note", text("x".repeat(501))],
    ["colour", '"red"'],
    ["adjustment_id", '"adj_1"'],
  ])("with %s %.30s is refused by the name of the field", async (field, value) => {
    const body = objectText({ ...discount, [field]: value });
    expectProblem(await send("PUT", "/prices/adjustments", body), 400, field);
    expectProblem(await send("PUT", "/prices/adjustments/adj_1", body), 400, field);
  });

  it("that ends before it begins is refused", async () => {
    const dates = { effective_from: '"2026-02-01"', effective_to: '"2026-01-01"' };
    const body = objectText({ ...discount, ...dates });
    expectProblem(await send("PUT", "/prices/adjustments", body), 400, "effective_to");
  });
});

describe("bad question for a quote", () => {
  const call = { service: '"openai"', model: '"gpt-4o"', usage: '{"input":1}' };

  it.each<[string, string, string?]>([
    ["service", ""],
    ["model", ""],
    ["model", "5"],
    ["usage", '{"inputs":1}', "usage.inputs"],
    ["usage", '{"input":-1}', "usage.input"],
    ["usage", deep(100_000)],
    ["input_tokens", "5"],
    ["timestamp", '"yesterday"'],
    ["also_used", "[]"],
    ["also_used", '[{"model":"m"}]', "also_used[0].usage"],
    ["served", '{"mood":"good"}', "served.mood"],
    ["requested", '{"tier":""}', "requested.tier"],
    ["refusal", '"maybe"'],
    ["call_count", "0"],
    ["cost_usd", '"free"'],
    ["volume_before", "-1"],
    ["volume_before", "1.5"],
    ["metadata", '{"prompt":"x"}', "metadata.prompt"],
    ["request_id", '"r1"'],
    ["__proto__", "{}"],
  ])("with %s %.30s is refused by the name of the field", async (field, value, named = field) => {
    expectProblem(await send("POST", "/prices/quote", objectText({ ...call, [field]: value })), 400, named);
  });
});

describe("bad price list", () => {
  const sendList = (data: string, format = '"price-file"', dry_run = "false") =>
    send("POST", "/prices/import", objectText({ format, data, dry_run }));
  const row = '{"source":"s","per_million":{"input":"1"}}';
  const models = (list: string) => `{"provider":"acme","models":${list}}`;

  it.each<[string, string, string]>([
    ["null", "null", "data"],
    ["text", '"cheap"', "data"],
    ["a list", "[]", "data"],
    ["no provider", '{"models":[]}', "data.provider"],
    ["no models", '{"provider":"acme"}', "data.models"],
    ["an unknown field", '{"provider":"acme","models":[],"colour":"red"}', "data.colour"],
    ["a model without rows", models('[{"id":"m","rows":[]}]'), "data.models[0] m.rows"],
    [
      "a wrong amount",
      models(`[{"id":"m","rows":[${row.replace('"1"', '"1,5"')}]}]`),
      "data.models[0] m.rows[0].per_million.input",
    ],
    ["two prices for one thing", models(`[{"id":"m","rows":[${row},${row}]}]`), "data.models[0] m.rows"],
    ["a name that is no name", models(`[{"id":"m#1","rows":[${row}]}]`), "data.model m#1"],
    ["more than one nests", deep(100_000), "data"],
  ])("that is %s is refused, and says where", async (_, data, field) => {
    expectProblem(await sendList(data), 400, field);
  });

  const provider = (fields: Record<string, string>) =>
    `{"version":"1","providers":[${objectText({ id: '"openai"', models: "[]", ...fields })}]}`;
  const model = (fields: Record<string, string>) =>
    provider({
      models: `[${objectText({ id: '"m"', match: '{"equals":"m"}', prices: '{"input_mtok":1}', ...fields })}]`,
    });

  it.each<[string, string, string]>([
    ["null", "null", "data"],
    ["no providers", "{}", "data.providers"],
    ["none of any that is known", '{"providers":[{"id":"nobody","models":[]}]}', "data.providers"],
    ["a version that is none", '{"version":"<b>","providers":[]}', "data.version"],
    ["a provider without models", provider({ models: "" }), "data.providers[0].models"],
    ["a match that is none", model({ match: '{"sounds_like":"m"}' }), "data.providers[0].models[0].match"],
    [
      "a price that is none",
      model({ prices: '{"input_mtok":-1}' }),
      "data.providers[0].models[0].prices.input_mtok",
    ],
    ["an endless price", model({ prices: '{"input_mtok":1e400}' }), "data.providers[0].models[0].prices"],
    [
      "matches in one another without end",
      model({ match: `${'{"or":['.repeat(50_000)}${"]}".repeat(50_000)}` }),
      "data",
    ],
  ])("of the package with %s is refused, and says where", async (_, data, field) => {
    expectProblem(await sendList(data, '"genai-prices"'), 400, field);
  });

  it.each<[string, string]>([
    ["format", '"yaml"'],
    ["format", ""],
    ["dry_run", '"no"'],
    ["data", ""],
    ["colour", "1"],
  ])("with %s %s is refused by the name of the field", async (field, value) => {
    const body = objectText({ format: '"price-file"', data: models("[]"), [field]: value });
    expectProblem(await send("POST", "/prices/import", body), 400, field);
  });
});

describe("bad question about prices", () => {
  it.each<[string, string]>([
    ["/prices?at=soon", "at"],
    ["/prices?at=2026-02-30", "at"],
    ["/prices?own=yes", "own"],
    ["/prices?provider=a%23b", "provider"],
    ["/prices?provider=openai&service=openai", "service"],
    [`/prices?model=${"x".repeat(2000)}`, "model"],
    ["/prices?limit=0", "limit"],
    ["/prices?limit=501", "limit"],
    ["/prices?cursor=bad", "cursor"],
    [`/prices?cursor=${Buffer.from("row -1").toString("base64url")}`, "cursor"],
    ["/prices?model=a&model=b", "model"],
    ["/prices?colour=red", "colour"],
    ["/prices/history?cursor=bad", "cursor"],
    ["/prices/history?limit=x", "limit"],
    ["/prices/adjustments?limit=5", "limit"],
    ["/prices/unpriced?start_date=2026-02-30", "start_date"],
    ["/prices/unpriced?start_date=2026-11-02&end_date=2026-11-01", "start_date"],
    ["/prices/unpriced?start_date=2000-01-01&end_date=9999-12-30", "start_date"],
    ["/prices/unpriced?days=5", "days"],
  ])("%.60s is refused by the name of its parameter", async (path, field) => {
    expectProblem(await send("GET", path), 400, field);
  });

  it.each([
    ["GET", "/prices/none"],
    ["GET", "/prices/quote"],
    ["DELETE", "/prices/none"],
    ["DELETE", `/prices/${"x".repeat(3000)}`],
    ["DELETE", "/prices/%00"],
    ["DELETE", "/prices/adjustments/none"],
    ["POST", "/prices"],
  ])("%s %.40s is about nothing", async (method, path) => {
    expectProblem(await send(method, path), 404);
  });

  it.each<[keyof typeof tokens, string, string]>([
    ["ingest", "GET", "/prices"],
    ["ingest", "POST", "/prices/quote"],
    ["ingest", "GET", "/prices/history"],
    ["ingest", "GET", "/prices/adjustments"],
    ["ingest", "GET", "/prices/unpriced"],
    ["read", "PUT", "/prices"],
    ["read", "DELETE", "/prices/none"],
    ["read", "PUT", "/prices/adjustments"],
    ["read", "PUT", "/prices/adjustments/none"],
    ["read", "DELETE", "/prices/adjustments/none"],
    ["read", "POST", "/prices/import"],
    ["growth", "PUT", "/prices"],
    ["growth", "DELETE", "/prices/none"],
    ["growth", "PUT", "/prices/adjustments"],
    ["growth", "DELETE", "/prices/adjustments/none"],
    ["growth", "POST", "/prices/import"],
    ["growth", "GET", "/prices/history"],
    ["growth", "GET", "/prices/unpriced"],
  ])("is not for the token %s: %s %s", async (token, method, path) => {
    expectProblem(await send(method, path, method === "GET" ? undefined : "{}", tokens[token]), 403);
  });
});
