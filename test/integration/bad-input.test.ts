import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import {
  formatToken,
  hashSecret,
  instantFromEpochMs,
  parseScope,
  SECRET_BYTES,
  type TokenRole,
} from "@ai-usage/core";
import { putToken } from "@ai-usage/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newTable, type TestTable } from "../support/engine.ts";
import { type Answer, type Gateway, openGateway, type Request } from "../support/gateway.ts";
import { itemsOf } from "../support/items.ts";

let table: TestTable;
let gateway: Gateway;
let tokens: { ingest: string; read: string; admin: string; growth: string };

beforeAll(async () => {
  table = await newTable();
  gateway = await openGateway(table);
  tokens = {
    ingest: await newToken("1", ["ingest"]),
    read: await newToken("2", ["read"]),
    admin: await newToken("3", ["admin"]),
    growth: await newToken("4", ["admin"], ["team:growth"]),
  };
});

// Whatever was refused in this file, nothing of it is in the table.
afterAll(async () => {
  const stored = (await itemsOf(table, "USAGE#")).map(({ PK }) => String(PK));
  expect(stored.length).toBeGreaterThan(100);
  expect(stored.filter((key) => !key.startsWith("USAGE#good-"))).toEqual([]);
  expect(await itemsOf(table, "BUDGET#")).toEqual([]);
  expect(await itemsOf(table, "TOKEN#")).toHaveLength(6);
  await table.drop();
});

async function newToken(
  id: string,
  roles: TokenRole[],
  scopes?: string[],
  ended: object = {},
): Promise<string> {
  const secret = randomBytes(SECRET_BYTES);
  const createdAt = instantFromEpochMs(Date.now() - 60_000);
  await putToken(table, {
    tokenId: id,
    name: id,
    roles,
    scopes: scopes?.map(parseScope),
    secretHash: hashSecret(secret),
    createdAt,
    ...ended,
  });
  return formatToken(id, secret);
}

const post = (body: string | Buffer, headers?: Record<string, string>): Request => ({
  method: "POST",
  path: "/ai_usage",
  token: tokens.ingest,
  body,
  headers,
});

let count = 0;
/** JSON text of a metric; a field's value is JSON text too, so that it may be what no JavaScript value would become. */
function metricText(id: string, fields: Record<string, string> = {}): string {
  const all = {
    request_id: JSON.stringify(id),
    service: '"openai"',
    model: '"gpt-4o"',
    operation: '"chat.completions"',
    timestamp: JSON.stringify(new Date().toISOString()),
    ...fields,
  };
  const entries = Object.entries(all).filter(([, value]) => value !== "");
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;
}

const goodText = () => metricText(`good-${count++}`, { cost_usd: '"0.5"' });

/** A problem document, 4xx, that names what is wrong. */
function expectProblem(answer: Answer, status: number, field?: string): void {
  expect(answer.status).toBe(status);
  expect(answer.contentType).toBe("application/problem+json");
  expect(answer.body).toMatchObject({
    type: "about:blank",
    title: expect.stringMatching(/.+/),
    status,
    detail: expect.stringMatching(/.+/),
  });
  if (field !== undefined)
    expect(answer.body.errors).toContainEqual({ field, message: expect.stringMatching(/.+/) });
}

const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
const text = (value: string) => JSON.stringify(value);
const many = (entries: number) =>
  `{${Array.from({ length: entries }, (_, index) => `"key_${index}":1`).join(",")}}`;

/** A kind of bad metric: which field is bad, its JSON text, and the field that the answer must name if it is another. */
const badMetrics: [field: string, value: string, named?: string][] = [
  ["request_id", ""],
  ["request_id", "5"],
  ["request_id", "null"],
  ["request_id", '["bad"]'],
  ["request_id", text("")],
  ["request_id", text("   ")],
  ["request_id", text(" bad")],
  ["request_id", text("bad#id")],
  ["request_id", text("bad\u0000id")],
  ["request_id", text("bad\nid")],
  ["request_id", text("bad\u2028id")],
  ["request_id", '"bad\\ud800"'],
  ["request_id", text("x".repeat(2_000))],
  ["request_id", text("日".repeat(100))],
  ["service", ""],
  ["service", "{}"],
  ["service", "true"],
  ["service", text("")],
  ["service", text("x".repeat(129))],
  ["service", text("open#ai")],
  ["model", "4"],
  ["model", "null"],
  ["model", text("m\u0007")],
  ["operation", ""],
  ["operation", text(" ")],
  ["timestamp", ""],
  ["timestamp", "1763719200"],
  ["timestamp", text("yesterday")],
  ["timestamp", text("2026-02-30T10:00:00Z")],
  ["timestamp", text("2026-11-21T10:00:00")],
  ["timestamp", text("2026-11-21")],
  ["timestamp", text("0000-01-01T00:00:00Z")],
  ["timestamp", text("10000-01-01T00:00:00Z")],
  ["timestamp", text("2020-01-01T00:00:00Z")],
  ["timestamp", text("9999-12-31T23:59:59Z")],
  ["timestamp", text(`2026-11-21T10:00:00${"0".repeat(100)}Z`)],
  ["usage", text("many")],
  ["usage", "[]"],
  ["usage", "null"],
  ["usage", '{"input":-1}', "usage.input"],
  ["usage", '{"input":1.5}', "usage.input"],
  ["usage", '{"input":"5"}', "usage.input"],
  ["usage", '{"input":null}', "usage.input"],
  ["usage", '{"input":1e400}', "usage.input"],
  ["usage", '{"output":9007199254740993}', "usage.output"],
  ["usage", '{"inputs":5}', "usage.inputs"],
  ["usage", '{"__proto__":5}', "usage.__proto__"],
  ["usage", '{"constructor":5}', "usage.constructor"],
  ["input_tokens", "-1"],
  ["input_tokens", "0.5"],
  ["output_tokens", "true"],
  ["output_tokens", "1e12"],
  ["total_tokens", "7"],
  ["call_count", "0"],
  ["call_count", "2.5"],
  ["call_count", '"2"'],
  ["call_count", "1e9"],
  ["cost_usd", "-1"],
  ["cost_usd", text("-0.01")],
  ["cost_usd", text("free")],
  ["cost_usd", text("")],
  ["cost_usd", text("NaN")],
  ["cost_usd", text("Infinity")],
  ["cost_usd", text("0x10")],
  ["cost_usd", text("1,50")],
  ["cost_usd", text("1e400")],
  ["cost_usd", text("1e-400")],
  ["cost_usd", "1e400"],
  ["cost_usd", "-1e400"],
  ["cost_usd", "1e300"],
  ["cost_usd", "5e-324"],
  ["cost_usd", text(`0.${"1".repeat(30)}`)],
  ["cost_usd", text("9".repeat(70))],
  ["cost_usd", "0.1234567890123456789"],
  ["cost_usd", "1000000000.01"],
  ["cost_usd", "true"],
  ["cost_usd", "null"],
  ["cost_usd", "{}"],
  ["latency_ms", "-1"],
  ["latency_ms", text("fast")],
  ["latency_ms", "1e400"],
  ["latency_ms", "1e12"],
  ["user_id", "5"],
  ["user_id", text("\u007f")],
  ["team", text("a#b")],
  ["feature", "[]"],
  ["environment", text("")],
  ["job_id", text("x".repeat(2_000))],
  ["batch_id", "{}"],
  ["github_pr", "0"],
  ["github_pr", text("#5")],
  ["error", text("RateLimitError: try\nagain")],
  ["error", text("x".repeat(500))],
  ["metadata", "[]"],
  ["metadata", text("a=b")],
  ["metadata", "null"],
  ["metadata", '{"prompt":"Write me a poem"}', "metadata.prompt"],
  ["metadata", '{"Messages":"hello"}', "metadata.Messages"],
  ["metadata", '{"a":{"b":1}}', "metadata.a"],
  ["metadata", '{"a":[1]}', "metadata.a"],
  ["metadata", '{"a":null}', "metadata.a"],
  ["metadata", '{"a":1e400}', "metadata.a"],
  ["metadata", '{"a":1e300}', "metadata.a"],
  ["metadata", '{"a":1e20}', "metadata.a"],
  ["metadata", '{"a":1e-300}', "metadata.a"],
  ["metadata", '{"a":"\\udc00"}', "metadata.a"],
  ["metadata", `{"a":${text("x".repeat(257))}}`, "metadata.a"],
  ["metadata", '{"a b":1}', "metadata.a b"],
  ["metadata", '{"":1}', "metadata."],
  ["metadata", `{"${"x".repeat(65)}":1}`, `metadata.${"x".repeat(64)}…`],
  ["metadata", '{"__proto__":"x"}', "metadata"],
  ["metadata", many(21), "metadata"],
  ["metadata", `{"a":${deep(100_000)}}`, "metadata.a"],
  ["usage", `{"input":${deep(100_000)}}`, "usage.input"],
  ["colour", '"red"'],
  ["colour", deep(100_000)],
  ["requestId", '"bad"'],
  ["constructor", "1"],
  ["__proto__", '{"request_id":"bad"}'],
  ["toString", "null"],
];

describe("bad metric", () => {
  it.each(
    badMetrics.map(([field, value, named]) => ({
      field,
      value,
      named: named ?? field,
      shown: value.slice(0, 40),
    })),
  )(
    "with $field $shown is rejected by the name of the field, and its neighbours are stored",
    async ({ field, value, named }) => {
      const bad = metricText("bad", { [`${field}`]: value });
      const answer = await gateway.request(post(`{"metrics":[${goodText()},${bad},${goodText()}]}`));
      expect(answer.status).toBe(207);
      expect(answer.body.summary).toMatchObject({ received: 3, recorded: 2, rejected: 1, cost_usd: "1" });
      const [before, rejected, after] = answer.body.results as Record<string, unknown>[];
      expect([before?.status, rejected?.status, after?.status]).toEqual(["recorded", "rejected", "recorded"]);
      expect(rejected?.error).toEqual({
        field: `metrics[1].${named}`,
        message: expect.stringMatching(/^(must|is) /),
      });
    },
  );

  it.each(["null", "5", '"bad"', "[]", "true", deep(100_000)])(
    "that is %.20s, and no object, is rejected",
    async (bad) => {
      const answer = await gateway.request(post(`{"metrics":[${bad},${goodText()}]}`));
      expect(answer.status).toBe(207);
      expect(answer.body.results).toMatchObject([
        { status: "rejected", request_id: null, error: { field: "metrics[0].(body)" } },
        { status: "recorded" },
      ]);
    },
  );

  it("that says its tokens twice is rejected", async () => {
    const bad = metricText("bad", { usage: '{"input":1}', input_tokens: "1" });
    const answer = await gateway.request(post(bad));
    expect([answer.status, answer.body.results]).toMatchObject([207, [{ error: { field: "input_tokens" } }]]);
  });

  it("whose tokens do not add up is rejected", async () => {
    const bad = metricText("bad", { input_tokens: "1", output_tokens: "2", total_tokens: "4" });
    const answer = await gateway.request(post(bad));
    expect([answer.status, answer.body.results]).toMatchObject([207, [{ error: { field: "total_tokens" } }]]);
  });

  it("of nothing but mistakes gets an answer that is smaller than itself", async () => {
    const bad = metricText("bad").replace("{", `${many(100_000).slice(0, -1)},`);
    const answer = await gateway.request(post(bad));
    expect(answer.status).toBe(207);
    expect(JSON.stringify(answer.body).length).toBeLessThan(4_000);
  });

  it("of another team than the token's is rejected", async () => {
    const good = metricText(`good-${count++}`, { team: '"growth"', cost_usd: "1" });
    const bad = metricText("bad", { team: '"other"' });
    const answer = await gateway.request({ ...post(`{"metrics":[${good},${bad}]}`), token: tokens.growth });
    expect(answer.body.results).toMatchObject([
      { status: "recorded" },
      { status: "rejected", error: { field: "metrics[1].(scope)" } },
    ]);
  });

  it("costs nothing where its price is a JSON number too small for any number: JSON itself reads it as zero", async () => {
    const answer = await gateway.request(post(metricText(`good-${count++}`, { cost_usd: "1e-400" })));
    expect([answer.status, answer.body.results]).toMatchObject([
      200,
      [{ status: "recorded", cost_usd: "0" }],
    ]);
  });
});

const latin1 = Buffer.from(metricText("bad-\u00e9"), "latin1");
const utf16 = Buffer.from(metricText("bad"), "utf16le");

describe("bad body", () => {
  const megabytes = (size: number) => metricText("bad", { model: text("x".repeat(size * 1024 * 1024)) });
  const metrics = (size: number) =>
    `{"metrics":[${Array.from({ length: size }, () => metricText("bad")).join(",")}]}`;

  it.each<[string, () => string | Buffer, number, string?, Record<string, string>?]>([
    ["nothing", () => "", 400, "(body)"],
    ["white space", () => "  \n", 400, "(body)"],
    ["text", () => "bad", 400, "(body)"],
    ["half of JSON", () => metricText("bad").slice(0, -1), 400, "(body)"],
    ["JSON with a comma too many", () => metricText("bad").replace("}", ",}"), 400, "(body)"],
    ["JSON and more", () => `${metricText("bad")}x`, 400, "(body)"],
    ["the literal NaN", () => metricText("bad", { cost_usd: "NaN" }), 400, "(body)"],
    ["the literal Infinity", () => metricText("bad", { cost_usd: "Infinity" }), 400, "(body)"],
    ["a number with a leading zero", () => metricText("bad", { cost_usd: "01" }), 400, "(body)"],
    ["a list", () => `[${metricText("bad")}]`, 400, "(body)"],
    ["a string", () => text("bad"), 400, "(body)"],
    ["null", () => "null", 400, "(body)"],
    ["a number", () => "42", 400, "(body)"],
    ["true", () => "true", 400, "(body)"],
    ["100,000 lists in one another", () => deep(100_000), 400, "(body)"],
    ["100,000 lists that never end", () => "[".repeat(100_000), 400, "(body)"],
    ["no metrics", () => '{"metrics":[]}', 400, "metrics"],
    ["metrics that are no list", () => `{"metrics":${metricText("bad")}}`, 400, "metrics"],
    ["metrics that are null", () => '{"metrics":null}', 400, "metrics"],
    ["metrics and something else", () => `{"metrics":[${metricText("bad")}],"dry_run":true}`, 400, "dry_run"],
    ["metrics and a prototype", () => `{"metrics":[${metricText("bad")}],"__proto__":{}}`, 400, "__proto__"],
    ["501 metrics", () => metrics(501), 413, "metrics"],
    ["3 megabytes", () => megabytes(3), 413],
    ["10 megabytes", () => megabytes(10), 413],
    ["bytes in Latin-1", () => latin1, 400, "(body)"],
    ["Latin-1 that a gateway has taken for UTF-8", () => latin1.toString("utf8"), 400, "(body)"],
    ["UTF-16", () => utf16, 400, "(body)"],
    ["UTF-16 from the other end", () => Buffer.from(utf16).swap16(), 400, "(body)"],
    ["gzip without saying so", () => gzipSync(metricText("bad")), 400, "(body)"],
    ["gzip", () => gzipSync(metricText("bad")), 415, undefined, { "content-encoding": "gzip" }],
    ["plain text", () => metricText("bad"), 415, undefined, { "content-type": "text/plain" }],
    [
      "a form",
      () => `metric=${metricText("bad")}`,
      415,
      undefined,
      { "content-type": "application/x-www-form-urlencoded" },
    ],
    [
      "JSON said to be UTF-16",
      () => metricText("bad"),
      415,
      undefined,
      { "content-type": "application/json; charset=utf-16" },
    ],
  ])("of %s is refused", async (_, body, status, field, headers) => {
    expectProblem(await gateway.request(post(body(), headers)), status, field);
  });

  it("of base64 is read where the gateway says that it is", async () => {
    expect((await gateway.request(post(Buffer.from(goodText())))).status).toBe(200);
  });

  it.each([null, [], "bad", 5, {}, { metrics: [] }])(
    "of %j is refused by direct invocation too",
    async (payload) => {
      const answer = (await gateway.invokeIngest(payload)) as {
        status?: number;
        results?: { status: string }[];
      };
      expect(answer.status === 400 || answer.results?.[0]?.status === "rejected").toBe(true);
    },
  );
});

describe("bad question", () => {
  const questions: [path: string, field: string][] = [
    ["/ai_usage?start_date=2026-02-30", "start_date"],
    ["/ai_usage?start_date=0000-01-01", "start_date"],
    ["/ai_usage?end_date=10000-01-01", "end_date"],
    ["/ai_usage?end_date=%00", "end_date"],
    ["/ai_usage?start_date=2026-11-02&end_date=2026-11-01", "start_date"],
    ["/ai_usage?start_date=2000-01-01&end_date=9999-12-30", "start_date"],
    ["/ai_usage?tz=Mars/Olympus", "tz"],
    [`/ai_usage?tz=${"x".repeat(3000)}`, "tz"],
    ["/ai_usage?aggregation=week", "aggregation"],
    ["/ai_usage?aggregation=__proto__", "aggregation"],
    ["/ai_usage?aggregation=service&user=ann", "aggregation"],
    ["/ai_usage?user=ann&team=growth", "team"],
    ["/ai_usage?user=ann&model=m", "model"],
    ["/ai_usage?service=", "service"],
    ["/ai_usage?service=a%23b", "service"],
    [`/ai_usage?model=${"x".repeat(2000)}`, "model"],
    ["/ai_usage?scope=growth", "scope"],
    ["/ai_usage?service=a&service=b", "service"],
    ["/ai_usage?colour=red", "colour"],
    ["/ai_usage?__proto__=x", "__proto__"],
    ["/ai_usage/events", "service"],
    ["/ai_usage/events?service=openai", "date"],
    ["/ai_usage/events?service=openai&date=today", "date"],
    ["/ai_usage/events?job=a%0Ab", "job"],
    ["/ai_usage/events?job=j&limit=0", "limit"],
    ["/ai_usage/events?job=j&limit=501", "limit"],
    ["/ai_usage/events?job=j&limit=1e2", "limit"],
    ["/ai_usage/events?job=j&limit=ten", "limit"],
    ["/ai_usage/events?job=j&cursor=bad", "cursor"],
    [`/ai_usage/events?job=j&cursor=${"x".repeat(2000)}`, "cursor"],
    [`/ai_usage/events?job=j&cursor=${Buffer.from("JOB#other").toString("base64url")}`, "cursor"],
    ["/budgets?limit=-1", "limit"],
    ["/budgets?cursor=bad", "cursor"],
    ["/budgets?colour=red", "colour"],
    ["/alerts?limit=x", "limit"],
    ["/alerts?cursor=%F0%9F", "cursor"],
    ["/tokens?limit=1.5", "limit"],
    ["/tokens?cursor=bad", "cursor"],
  ];

  it.each(questions)("%.60s is refused by the name of its parameter", async (path, field) => {
    const started = performance.now();
    expectProblem(await gateway.request({ path, token: tokens.admin }), 400, field);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it.each([
    "/",
    "/nothing",
    "/ai_usage/",
    "/budgets/none",
    "/budgets/none/status",
    `/budgets/${"x".repeat(3000)}`,
    `/budgets/${"x".repeat(3000)}/status`,
    "/budgets/%00",
    "/budgets/%F0%9F%9A%80",
    "/budgets/a%2Fb%3Fc",
    "/budgets/__proto__",
  ])("%.40s is about nothing", async (path) => {
    expectProblem(await gateway.request({ path, token: tokens.admin }), 404);
  });

  it.each([
    ["PUT", "/budgets"],
    ["DELETE", "/budgets/none"],
    ["POST", "/alerts"],
    ["DELETE", "/tokens/none"],
    ["DELETE", `/tokens/${"x".repeat(3000)}`],
    ["POST", "/budgets/none/deactivate"],
    ["POST", `/budgets/${"x".repeat(3000)}/deactivate`],
  ])("%s %.40s is about nothing", async (method, path) => {
    expectProblem(await gateway.request({ method, path, token: tokens.admin }), 404);
  });
});

describe("bad budget", () => {
  const budget = { scope: '"team:growth"', amount: '"100"', period: '"daily"' };
  const body = (fields: Record<string, string>) =>
    `{${Object.entries({ ...budget, ...fields })
      .filter(([, value]) => value !== "")
      .map(([name, value]) => `"${name}":${value}`)
      .join(",")}}`;
  const send = (text: string | Buffer, headers?: Record<string, string>) =>
    gateway.request({ method: "POST", path: "/budgets", token: tokens.admin, body: text, headers });

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
    ["time_zone", '"Mars/Olympus"'],
    ["time_zone", "null"],
    ["thresholds", "[]"],
    ["thresholds", '"50"'],
    ["thresholds", "[0]", "thresholds[0]"],
    ["thresholds", "[50,-1]", "thresholds[1]"],
    ["thresholds", "[1e400]", "thresholds[0]"],
    ["thresholds", '[{"percent":50,"level":"LOUD"}]', "thresholds[0]"],
    ["thresholds", deep(100_000), "thresholds[0]"],
    ["name", '""'],
    ["name", text("a\u0000b")],
    ["colour", '"red"'],
    ["__proto__", "{}"],
  ])("with %s %.30s is refused by the name of the field", async (field, value, named = field) => {
    expectProblem(await send(body({ [`${field}`]: value })), 400, named);
  });

  it.each<[string, string | Buffer, number]>([
    ["nothing", "", 400],
    ["a list", "[]", 400],
    ["null", "null", 400],
    ["half of JSON", "{", 400],
    ["UTF-16", Buffer.from(body({}), "utf16le"), 400],
    ["Latin-1", Buffer.from(body({ name: '"caf\u00e9"' }), "latin1"), 400],
    ["3 megabytes", body({ name: text("x".repeat(3 * 1024 * 1024)) }), 413],
  ])("of %s is refused", async (_, text, status) => {
    expectProblem(await send(text), status);
  });

  it("in plain text or compressed is refused", async () => {
    expectProblem(await send(body({}), { "content-type": "text/plain" }), 415);
    expectProblem(await send(gzipSync(body({})), { "content-encoding": "gzip" }), 415);
  });

  it("of another team than the token's is refused", async () => {
    const asked = { method: "POST", path: "/budgets", body: body({ scope: '"team:other"' }) };
    expectProblem(await gateway.request({ ...asked, token: tokens.growth }), 403);
  });
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
    expect(
      (await gateway.request({ method: "POST", path: "/ai_usage", body: metricText("bad") })).status,
    ).toBe(401);
  });

  it("is garbled, unknown, of another secret or scheme: 403", async () => {
    const [, , secret = ""] = tokens.admin.split("_");
    const other = formatToken("3", randomBytes(SECRET_BYTES));
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
      "aiu_3_\u0000",
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
    const expired = await newToken("5", ["admin"], undefined, { expiresAt: past });
    const revoked = await newToken("6", ["admin"], undefined, { revokedAt: past });
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
    ["read", "DELETE", "/tokens/3", "admin"],
    ["growth", "GET", "/tokens", "not limited to scopes"],
    ["growth", "DELETE", "/tokens/3", "not limited to scopes"],
    ["growth", "GET", "/ai_usage", "team:growth"],
    ["growth", "GET", "/ai_usage?team=other", "team:growth"],
    ["growth", "GET", "/ai_usage?operation=chat", "team:growth"],
  ])("with the role %s may not %s %s: 403, and what it takes", async (role, method, path, needed) => {
    const body = method === "POST" ? metricText("bad") : undefined;
    const answer = await gateway.request({ method, path, token: tokens[role], body });
    expectProblem(answer, 403);
    expect(answer.body.detail).toContain(needed);
  });

  it("of its own team's spending a limited one may ask", async () => {
    expect((await gateway.request({ path: "/ai_usage?team=growth", token: tokens.growth })).status).toBe(200);
  });
});
