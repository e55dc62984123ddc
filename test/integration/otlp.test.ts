import { gzipSync } from "node:zlib";
import { type Attributes, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newToken, newTokens } from "../support/bad-input.ts";
import { newTable, type TestTable } from "../support/engine.ts";
import { type Answer, type Gateway, openGateway } from "../support/gateway.ts";
import { itemsOf } from "../support/items.ts";
import { type Exporters, openExporters } from "../support/otlp.ts";

let table: TestTable;
let gateway: Gateway;
let exporters: Exporters;
let tokens: Awaited<ReturnType<typeof newTokens>>;

beforeAll(async () => {
  table = await newTable();
  gateway = await openGateway(table);
  tokens = await newTokens(table);
  exporters = await openExporters();
});
afterAll(async () => {
  await exporters.close();
  await table.drop();
});

const JSON_TYPE = "application/json";
const PROTOBUF_TYPE = "application/x-protobuf";

interface Sent {
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
}

const post = (
  body: string | Buffer,
  { contentType = JSON_TYPE, headers, token = tokens.ingest }: Sent = {},
) =>
  gateway.request({
    method: "POST",
    path: "/v1/traces",
    token,
    headers: { "content-type": contentType, ...headers },
    body,
  });

const startedAt = Date.now() - 60_000;

const call = (id: string, attributes: Attributes = {}): Attributes => ({
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "openai",
  "gen_ai.response.model": "gpt-4o-mini",
  "gen_ai.response.id": id,
  "gen_ai.usage.input_tokens": 1000,
  "gen_ai.usage.output_tokens": 100,
  "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"my secret plan"}]}]',
  ...attributes,
});

/** Spans beside one another, of a second each. */
const exported = (spans: readonly Attributes[], resource?: Attributes) =>
  exporters.export((tracer) => {
    for (const attributes of spans) {
      tracer.startSpan("my secret plan", { attributes, startTime: startedAt }).end(startedAt + 1_000);
    }
  }, resource);

const postJson = async (spans: readonly Attributes[], token?: string) =>
  post((await exported(spans)).json.toString("utf8"), token === undefined ? {} : { token });

async function stored(id: string) {
  const items = await itemsOf(table, "USAGE#");
  return items.find(({ PK }) => PK === `USAGE#${id}`);
}

const bytesOf = (answer: Answer) => Buffer.from(String(answer.body.text), "base64");
const partialSuccessOf = ({ status, body }: Answer) => {
  expect(status).toBe(200);
  const { rejectedSpans, errorMessage } = body.partialSuccess as Record<string, string>;
  return { rejectedSpans, errorMessage };
};

describe("a span of a call to a model", () => {
  const whole = call("whole", { "user.id": "ada", "ai_usage.team": "growth" });
  const resource = { "service.name": "summaries", "deployment.environment.name": "production" };

  it("is stored as a metric, with its price", async () => {
    const { json } = await exported([whole], resource);
    const answer = await post(json.toString("utf8"));
    expect([answer.status, answer.contentType, answer.body]).toEqual([200, JSON_TYPE, {}]);
    const day = new Date(startedAt).toISOString().slice(0, 10);
    const { body } = await gateway.request({
      path: `/ai_usage/events?service=openai&date=${day}`,
      token: tokens.read,
    });
    expect(body.events).toEqual([
      expect.objectContaining({
        request_id: "whole",
        service: "openai",
        model: "gpt-4o-mini",
        operation: "chat",
        timestamp: new Date(startedAt).toISOString(),
        usage: { input: 1000, output: 100 },
        cost_usd: "0.00021",
        latency_ms: 1000,
        user_id: "ada",
        team: "growth",
        feature: "summaries",
        environment: "production",
      }),
    ]);
  });

  it("is the same in protobuf and packed, and counts once", async () => {
    const { protobuf, json } = await exported([whole], resource);
    const gzip = { "content-encoding": "gzip" };
    const answers = [
      await post(protobuf, { contentType: PROTOBUF_TYPE }),
      await post(gzipSync(protobuf), { contentType: PROTOBUF_TYPE, headers: gzip }),
      await post(gzipSync(json), { headers: gzip }),
      await post(json.toString("utf8"), { contentType: "application/json; charset=UTF-8" }),
    ];
    expect(answers.map(({ status, contentType }) => [status, contentType])).toEqual([
      [200, PROTOBUF_TYPE],
      [200, PROTOBUF_TYPE],
      [200, JSON_TYPE],
      [200, JSON_TYPE],
    ]);
    // No word of a conflict: each is the very metric that is stored.
    expect(answers.map(({ body }) => body)).toEqual([{ text: "" }, { text: "" }, {}, {}]);
    expect(await itemsOf(table, "USAGE#whole")).toHaveLength(1);
  });

  it("has the id of its span where the answer has none", async () => {
    const { spans, json } = await exported([{ ...call(""), "gen_ai.response.id": "" }]);
    await post(json.toString("utf8"));
    const context = spans[0]?.spanContext();
    expect(await stored(`otel-${context?.traceId}-${context?.spanId}`)).toBeDefined();
  });

  it("leaves what the tracker stored of the same call as it is, and says so", async () => {
    const body = {
      request_id: "both",
      service: "openai",
      operation: "chat.completions",
      model: "gpt-4o-mini",
      timestamp: new Date(startedAt).toISOString(),
      usage: { input: 1000, output: 100 },
      team: "growth",
    };
    await gateway.request({
      method: "POST",
      path: "/ai_usage",
      token: tokens.ingest,
      body: JSON.stringify(body),
    });
    expect(partialSuccessOf(await postJson([call("both"), call("beside-both")]))).toEqual({
      rejectedSpans: "0",
      errorMessage: "gen_ai.response.id is of a call that is stored already, with other content",
    });
    expect(await stored("both")).toMatchObject({ operation: "chat.completions", team: "growth" });
    expect(await stored("beside-both")).toBeDefined();
  });

  it("counts once where frameworks tell of it at every level", async () => {
    const { json } = await exporters.export((tracer) => {
      const within = (parent: ReturnType<typeof tracer.startSpan>) => trace.setSpan(ROOT_CONTEXT, parent);
      const start = (attributes: Attributes, context = ROOT_CONTEXT) =>
        tracer.startSpan("span", { attributes, startTime: startedAt }, context);
      const agent = start({ ...call("level-1"), "gen_ai.operation.name": "invoke_agent" });
      const outer = start(call("level-2"), within(agent));
      const http = start({ "http.request.method": "POST" }, within(outer));
      const inner = start(call("level-3"), within(http));
      for (const span of [inner, http, outer, agent]) span.end(startedAt + 1_000);
    });
    expect((await post(json.toString("utf8"))).body).toEqual({});
    expect(await itemsOf(table, "USAGE#level-")).toMatchObject([{ PK: "USAGE#level-3" }]);
  });

  it("that failed is stored with the class of its error", async () => {
    const { json } = await exporters.export((tracer) => {
      const attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "ai_usage.team": "failed",
      };
      const span = tracer.startSpan("chat", { attributes, startTime: startedAt });
      span.recordException({ name: "RateLimitError", message: "my secret plan" });
      span.setStatus({ code: 2, message: "my secret plan" });
      span.end(startedAt + 1_000);
    });
    expect((await post(json.toString("utf8"))).body).toEqual({});
    const items = await itemsOf(table, "USAGE#otel-");
    expect(items.filter(({ team }) => team === "failed")).toMatchObject([
      { error: "RateLimitError", usage: {} },
    ]);
  });

  it("comes with as many others as an exporter sends at once", async () => {
    const spans = Array.from({ length: 1_100 }, (_, index) => call(`many-${index}`));
    const { protobuf } = await exported(spans);
    expect((await post(protobuf, { contentType: PROTOBUF_TYPE })).status).toBe(200);
    expect(await itemsOf(table, "USAGE#many-")).toHaveLength(1_100);
  });
});

describe("other spans", () => {
  it("are taken and not kept", async () => {
    const before = (await itemsOf(table, "")).length;
    const answer = await postJson([
      { "http.request.method": "GET" },
      { "db.system.name": "postgresql" },
      { "gen_ai.operation.name": "execute_tool" },
    ]);
    expect([answer.status, answer.body]).toEqual([200, {}]);
    expect(await post("{}")).toMatchObject({ status: 200, body: {} });
    expect((await itemsOf(table, "")).length).toBe(before);
  });
});

describe("a span that cannot be stored", () => {
  const bad = [
    call("bad-1", { "user.id": "a#b" }),
    call("bad-2", { "traceloop.association.properties.team": "x".repeat(129) }),
    call("bad-3", { "gen_ai.provider.name": "" }),
    call("bad-4", { "ai_usage.metadata.prompt": "Write me a poem" }),
    call("bad-5", { "gen_ai.operation.name": "chat#1" }),
  ];
  const reasons = [
    "user.id must not contain # or control characters",
    "traceloop.association.properties.team must have at most 128 characters",
    "gen_ai.provider.name is missing: it says who bills the call",
    "ai_usage.metadata.prompt must be an object of names (letters, digits, _ . -) and plain values",
    "gen_ai.operation.name must not contain # or control characters",
  ];

  it("is counted as rejected by the name of its attribute, and its neighbours are stored", async () => {
    const { rejectedSpans, errorMessage } = partialSuccessOf(
      await postJson([call("neighbour-1"), ...bad, call("neighbour-2")]),
    );
    expect(rejectedSpans).toBe("5");
    expect(errorMessage?.split("; ").toSorted()).toEqual(reasons.toSorted());
    expect(await itemsOf(table, "USAGE#bad-")).toEqual([]);
    expect(await itemsOf(table, "USAGE#neighbour-")).toHaveLength(2);
  });

  it("is rejected for its time, and for its token's scopes", async () => {
    const { json } = await exporters.export((tracer) => {
      for (const startTime of [Date.parse("2020-01-01T00:00:00Z"), Date.now() + 3_600_000]) {
        tracer.startSpan("chat", { attributes: call(`bad-${startTime}`), startTime }).end(startTime + 1);
      }
    });
    expect(partialSuccessOf(await post(json.toString("utf8"))).errorMessage).toMatch(
      /^startTimeUnixNano must be within the last 400 days; startTimeUnixNano must not be more than 5 minutes ahead/,
    );
    const sales = await newToken(table, "sales", ["ingest"], { scopes: ["department:sales"] });
    const own = call("own", { "ai_usage.metadata.department": "sales" });
    expect(partialSuccessOf(await postJson([call("bad-scope"), own], sales))).toEqual({
      rejectedSpans: "1",
      errorMessage: "(scope) must count in one of this token's scopes: department:sales",
    });
    expect(await stored("own")).toBeDefined();
    expect(await itemsOf(table, "USAGE#bad-")).toEqual([]);
  });

  it("is told of in protobuf to who speaks it", async () => {
    const { protobuf } = await exported([call("bad-6", { "user.id": "a#b" })]);
    const answer = await post(protobuf, { contentType: PROTOBUF_TYPE });
    const message = Buffer.from("user.id must not contain # or control characters");
    const inner = Buffer.concat([Buffer.from([0x08, 1, 0x12, message.length]), message]);
    expect(bytesOf(answer)).toEqual(Buffer.concat([Buffer.from([0x0a, inner.length]), inner]));
  });
});

describe("a request that is refused", () => {
  const large = Buffer.alloc(2 * 1024 * 1024 + 1, " ");
  const manySpans = JSON.stringify({
    resourceSpans: [{ scopeSpans: [{ spans: Array.from({ length: 20_001 }, () => ({})) }] }],
  });

  it.each<[string, number, string | Buffer, Sent]>([
    ["nothing", 400, "", {}],
    ["half of JSON", 400, '{"resourceSpans":[', {}],
    ["a list", 400, "[]", {}],
    ["no spans where spans are", 400, '{"resourceSpans":[{"scopeSpans":[{"spans":[5]}]}]}', {}],
    ["too many bytes", 413, large.toString(), {}],
    ["too many bytes when unpacked", 413, gzipSync(large), { headers: { "content-encoding": "gzip" } }],
    ["too many spans", 413, manySpans, {}],
    ["no gzip", 400, Buffer.from("{}"), { headers: { "content-encoding": "gzip" } }],
    ["another packing", 415, Buffer.from("{}"), { headers: { "content-encoding": "br" } }],
    ["text", 415, "{}", { contentType: "text/plain" }],
    ["another charset", 415, "{}", { contentType: "application/json; charset=latin1" }],
  ])("for %s is answered %i with a status", async (_what, status, body, sent) => {
    const answer = await post(body, sent);
    expect([answer.status, answer.contentType]).toEqual([status, JSON_TYPE]);
    expect(answer.body).toEqual({ code: 3, message: expect.stringMatching(/.+/) });
  });

  it.each<[string, number, Buffer, Sent]>([
    ["what is no protobuf", 400, Buffer.from("{}"), {}],
    ["too many bytes", 413, large, {}],
    ["another packing", 415, Buffer.from(""), { headers: { "content-encoding": "zstd" } }],
  ])("for %s in protobuf is answered %i in protobuf", async (_what, status, body, sent) => {
    const answer = await post(body, { contentType: PROTOBUF_TYPE, ...sent });
    expect([answer.status, answer.contentType]).toEqual([status, PROTOBUF_TYPE]);
    expect(bytesOf(answer).subarray(0, 3)).toEqual(Buffer.from([0x08, 3, 0x12]));
  });

  it("for its token is answered 403", async () => {
    const answer = await post("{}", { token: tokens.read });
    expect([answer.status, answer.body]).toEqual([
      403,
      { code: 7, message: expect.stringContaining("ingest") },
    ]);
  });
});

describe("the table", () => {
  it("has no word of what was said in any span", async () => {
    const items = JSON.stringify(await itemsOf(table, "USAGE#"));
    expect(items).toContain("neighbour-1");
    expect(items).not.toContain("secret plan");
    expect(items).not.toContain("poem");
  });
});
