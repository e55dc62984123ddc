import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectProblem, newTokens } from "../support/bad-input.ts";
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

// Whatever was asked in this file, nothing of it is in the table.
afterAll(async () => {
  expect(await itemsOf(table, "")).toHaveLength(Object.keys(tokens).length);
  await table.drop();
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
