import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deep, expectProblem, many, newTokens, objectText, text } from "../support/bad-input.ts";
import { newTable, type TestTable } from "../support/engine.ts";
import { type Gateway, openGateway, type Request } from "../support/gateway.ts";
import { itemsOf } from "../support/items.ts";

let table: TestTable;
let gateway: Gateway;
let tokens: Awaited<ReturnType<typeof newTokens>>;

beforeAll(async () => {
  table = await newTable();
  gateway = await openGateway(table);
  tokens = await newTokens(table);
});

// Whatever was refused in this file, nothing of it is in the table.
afterAll(async () => {
  const stored = (await itemsOf(table, "USAGE#")).map(({ PK }) => String(PK));
  expect(stored.length).toBeGreaterThan(100);
  expect(stored.filter((key) => !key.startsWith("USAGE#good-"))).toEqual([]);
  await table.drop();
});

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
  return objectText({
    request_id: text(id),
    service: '"openai"',
    model: '"gpt-4o"',
    operation: '"chat.completions"',
    timestamp: text(new Date().toISOString()),
    ...fields,
  });
}

const goodText = () => metricText(`good-${count++}`, { cost_usd: '"0.5"' });

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
  ["time_to_first_token_ms", "-1"],
  ["time_to_first_token_ms", text("81")],
  ["time_to_first_token_ms", "1e12"],
  ["attempts", "0"],
  ["attempts", "1.5"],
  ["attempts", "1001"],
  ["attempts", text("2")],
  ["usage_estimated", text("yes")],
  ["usage_estimated", "1"],
  ["usage_estimated", "null"],
  ["response_quality_score", "-0.1"],
  ["response_quality_score", "1.0001"],
  ["response_quality_score", "0.12345"],
  ["response_quality_score", "1e-300"],
  ["response_quality_score", "1e400"],
  ["response_quality_score", text("0.5")],
  ["response_quality_score", "true"],
  ["prompt_hash", text("What is the capital of France?")],
  ["prompt_hash", text("a".repeat(31))],
  ["prompt_hash", text("a".repeat(65))],
  ["prompt_hash", text("A".repeat(32))],
  ["prompt_hash", text(`${"a".repeat(32)}\n`)],
  ["prompt_hash", "5"],
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

const gzipped = { "content-encoding": "gzip" };

/** A megabyte that is a gigabyte when it is unpacked: gzip may have any number of members. */
const gigabyte = () => Buffer.concat(Array(1_024).fill(gzipSync(Buffer.alloc(1024 * 1024))));

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
    ["text that says gzip", () => metricText("bad"), 400, "(body)", { "content-encoding": "gzip" }],
    ["half of gzip", () => gzipSync(metricText("bad")).subarray(0, 60), 400, "(body)", gzipped],
    ["gzip of no JSON", () => gzipSync("bad"), 400, "(body)", gzipped],
    ["gzip of 3 megabytes", () => gzipSync(megabytes(3)), 413, undefined, gzipped],
    ["gzip of 1 gigabyte", () => gigabyte(), 413, undefined, gzipped],
    ["brotli", () => metricText("bad"), 415, undefined, { "content-encoding": "br" }],
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

  it("of gzip is read", async () => {
    expect((await gateway.request(post(gzipSync(goodText()), gzipped))).status).toBe(200);
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
