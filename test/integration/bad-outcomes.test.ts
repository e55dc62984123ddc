import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deep, expectProblem, many, newTokens, objectText, text } from "../support/bad-input.ts";
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

// Whatever was refused in this file, nothing of it is in the table.
afterAll(async () => {
  const stored = (await itemsOf(table, "OUTCOME#")).map(({ PK }) => String(PK));
  expect(stored.length).toBeGreaterThan(50);
  expect(stored.filter((key) => !key.startsWith("OUTCOME#good-"))).toEqual([]);
  await table.drop();
});

const post = (body: string) =>
  gateway.request({ method: "POST", path: "/outcomes", token: tokens.ingest, body });

/** JSON text of an outcome; a field's value is JSON text too. */
function outcomeText(id: string, fields: Record<string, string> = {}): string {
  return objectText({
    outcome_id: text(id),
    timestamp: text(new Date().toISOString()),
    outcome: '"ticket_resolved"',
    ...fields,
  });
}

let count = 0;
const goodText = () => outcomeText(`good-${count++}`, { value: '"0.5"' });

/** Which field is bad, its JSON text, and the field that the answer must name if it is another. */
const badOutcomes: [field: string, value: string, named?: string][] = [
  ["outcome_id", ""],
  ["outcome_id", "5"],
  ["outcome_id", text("")],
  ["outcome_id", text("bad#id")],
  ["outcome_id", text("x".repeat(129))],
  ["timestamp", ""],
  ["timestamp", "1763719200"],
  ["timestamp", text("yesterday")],
  ["timestamp", text("2026-11-21T10:00:00")],
  ["timestamp", text("2020-01-01T00:00:00Z")],
  ["timestamp", text("9999-12-31T23:59:59Z")],
  ["outcome", ""],
  ["outcome", "true"],
  ["outcome", text(" ")],
  ["outcome", text("ticket\nresolved")],
  ["success", text("yes")],
  ["success", "1"],
  ["success", "null"],
  ["value", "-1"],
  ["value", text("-0.01")],
  ["value", text("a lot")],
  ["value", text("1e3")],
  ["value", "0.1234567890123456"],
  ["value", "1e400"],
  ["value", text(`0.${"1".repeat(19)}`)],
  ["value", text("1000000000.01")],
  ["value", "null"],
  ["cost_usd", "-1"],
  ["cost_usd", text("NaN")],
  ["cost_usd", "{}"],
  ["quality_score", "-0.1"],
  ["quality_score", "1.01"],
  ["quality_score", "0.00001"],
  ["quality_score", text("0.5")],
  ["user_id", "5"],
  ["team", text("a#b")],
  ["feature", "[]"],
  ["environment", text("")],
  ["job_id", "{}"],
  ["request_ids", text("req-1")],
  ["request_ids", "null"],
  ["request_ids", "[5]", "request_ids[0]"],
  ["request_ids", '["ok",""]', "request_ids[1]"],
  ["request_ids", `[${Array(21).fill('"r"').join(",")}]`],
  ["request_ids", deep(100_000), "request_ids[0]"],
  ["metadata", "[]"],
  ["metadata", '{"prompt":"Write me a poem"}', "metadata.prompt"],
  ["metadata", '{"a":{"b":1}}', "metadata.a"],
  ["metadata", '{"__proto__":"x"}', "metadata"],
  ["metadata", many(21), "metadata"],
  ["colour", '"red"'],
  ["outcomeId", '"bad"'],
  ["__proto__", '{"outcome_id":"bad"}'],
];

describe("bad outcome", () => {
  it.each(
    badOutcomes.map(([field, value, named]) => ({
      field,
      value,
      named: named ?? field,
      shown: value.slice(0, 40),
    })),
  )(
    "with $field $shown is rejected by the name of the field, and its neighbours are stored",
    async ({ field, value, named }) => {
      const bad = outcomeText("bad", { [`${field}`]: value });
      const { status, body } = await post(`{"outcomes":[${goodText()},${bad},${goodText()}]}`);
      expect(status).toBe(207);
      expect(body.summary).toEqual({ received: 3, recorded: 2, duplicate: 0, conflict: 0, rejected: 1 });
      const [before, rejected, after] = body.results as Record<string, unknown>[];
      expect([before?.status, rejected?.status, after?.status]).toEqual(["recorded", "rejected", "recorded"]);
      expect(rejected?.error).toEqual({
        field: `outcomes[1].${named}`,
        message: expect.stringMatching(/^(must|is) /),
      });
    },
  );

  it.each(["null", "5", '"bad"', "[]", deep(100_000)])(
    "that is %.20s, and no object, is rejected",
    async (bad) => {
      const { body } = await post(`{"outcomes":[${bad},${goodText()}]}`);
      expect(body.results).toMatchObject([
        { status: "rejected", outcome_id: null, error: { field: "outcomes[0].(body)" } },
        { status: "recorded" },
      ]);
    },
  );
});

describe("bad request", () => {
  it.each<[string, () => string, number, string]>([
    ["nothing", () => "", 400, "(body)"],
    ["half of JSON", () => outcomeText("bad").slice(0, -1), 400, "(body)"],
    ["a list", () => `[${outcomeText("bad")}]`, 400, "(body)"],
    ["null", () => "null", 400, "(body)"],
    ["no outcomes", () => '{"outcomes":[]}', 400, "outcomes"],
    ["outcomes that are no list", () => `{"outcomes":${outcomeText("bad")}}`, 400, "outcomes"],
    [
      "outcomes and something else",
      () => `{"outcomes":[${outcomeText("bad")}],"dry_run":true}`,
      400,
      "dry_run",
    ],
    [
      "501 outcomes",
      () => `{"outcomes":[${Array(501).fill(outcomeText("bad")).join(",")}]}`,
      413,
      "outcomes",
    ],
  ])("of %s is refused", async (_, body, status, field) => {
    expectProblem(await post(body()), status, field);
  });

  it.each<[string, string]>([
    ["start_date=yesterday", "start_date"],
    ["start_date=2026-11-21T10:00:00Z", "start_date"],
    ["end_date=2026-02-30", "end_date"],
    ["start_date=2026-11-22&end_date=2026-11-21", "start_date"],
    ["start_date=2024-01-01&end_date=2026-11-21", "start_date"],
    ["team=", "team"],
    ["team=a%23b", "team"],
    ["team=a&team=b", "team"],
    ["outcome=%00", "outcome"],
    ["limit=0", "limit"],
    ["limit=501", "limit"],
    ["cursor=x", "cursor"],
    [`cursor=${"x".repeat(2_000)}`, "cursor"],
    ["user=ada", "user"],
  ])("that asks for %.60s is refused", async (query, field) => {
    expectProblem(await gateway.request({ path: `/outcomes?${query}`, token: tokens.read }), 400, field);
  });
});
