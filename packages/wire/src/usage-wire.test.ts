import { aggregations, Money, parseInstant, type UsageReport, zeroTotals } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { ProblemError } from "./problem.ts";
import { parseUsageQuestion, toWireUsageReport } from "./usage-wire.ts";

const now = parseInstant("2026-11-22T20:00:00Z");

function fieldRefused(query: Record<string, string>): string | undefined {
  try {
    parseUsageQuestion(query, now);
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.errors?.[0]?.field;
    throw error;
  }
  return undefined;
}

describe("question of a query string", () => {
  it("is about the last 30 days by UTC when it says nothing", () => {
    expect(parseUsageQuestion({}, now)).toEqual({
      firstDate: "2026-10-24",
      lastDate: "2026-11-22",
      timeZone: "UTC",
      aggregations: ["day"],
      filter: {},
    });
  });

  it("ends today by the clock of its zone, and begins 30 days before its end", () => {
    expect(parseUsageQuestion({ tz: "asia/kathmandu" }, now)).toMatchObject({
      lastDate: "2026-11-23",
      timeZone: "Asia/Kathmandu",
    });
    expect(parseUsageQuestion({ end_date: "2024-03-01" }, now).firstDate).toBe("2024-02-01");
  });

  it("takes every aggregation, each once", () => {
    expect(parseUsageQuestion({ aggregation: aggregations.join(",") }, now).aggregations).toEqual(
      aggregations,
    );
    expect(parseUsageQuestion({ aggregation: "day,day" }, now).aggregations).toEqual(["day"]);
    expect(parseUsageQuestion({ aggregation: "" }, now).aggregations).toEqual([]);
  });

  it("takes a person, a team, a job or any scope as its scope", () => {
    expect(parseUsageQuestion({ user: "ann" }, now).filter.scope).toBe("user:ann");
    expect(parseUsageQuestion({ scope: "department:r&d" }, now).filter.scope).toBe("department:r&d");
    expect(parseUsageQuestion({ service: "s", model: "m", operation: "o" }, now).filter).toEqual({
      service: "s",
      model: "m",
      operation: "o",
    });
  });

  it.each<[Record<string, string>, string]>([
    [{ start_date: "2026-02-30" }, "start_date"],
    [{ start_date: "1999-12-31" }, "start_date"],
    [{ end_date: "10000-01-01" }, "end_date"],
    [{ end_date: "22.11.2026" }, "end_date"],
    [{ start_date: "2026-11-23" }, "start_date"],
    [{ tz: "Mars/Olympus" }, "tz"],
    [{ tz: "" }, "tz"],
    [{ aggregation: "week" }, "aggregation"],
    [{ aggregation: "day,,user" }, "aggregation"],
    [{ aggregation: "constructor" }, "aggregation"],
    [{ user: "" }, "user"],
    [{ service: "a#b" }, "service"],
    [{ scope: "growth" }, "scope"],
    [{ user: "ann", team: "growth" }, "team"],
    [{ user: "ann", scope: "team:growth" }, "scope"],
    [{ from: "2026-01-01" }, "from"],
    [Object.fromEntries([["__proto__", "x"]]), "__proto__"],
  ])("is refused with %j", (query, field) => {
    expect(fieldRefused(query)).toBe(field);
  });
});

describe("answer", () => {
  const totals = {
    ...zeroTotals,
    cost: Money.parse("0.100000000000000001"),
    calls: 3,
    inputTokens: 10,
    outputTokens: 5,
    failedCalls: 1,
  };
  const report: UsageReport = {
    summary: totals,
    groups: new Map([
      [
        "model",
        new Map([["gpt-4o", { totals, services: ["openai"], models: ["gpt-4o"], operations: ["chat"] }]]),
      ],
      ["user", new Map([["__proto__", { totals }]])],
    ]),
  };
  const question = parseUsageQuestion({ aggregation: "model,user", start_date: "2026-11-20" }, now);

  it("has numbers for those who draw and exact text for those who bill", () => {
    const { summary, aggregations: groups, query } = toWireUsageReport(report, question);
    expect(summary).toEqual({
      total_cost_usd: 0.1,
      total_cost_usd_exact: "0.100000000000000001",
      total_tokens: 15,
      input_tokens: 10,
      output_tokens: 5,
      total_api_calls: 3,
      unpriced_calls: 0,
      failed_calls: 1,
      average_cost_per_call: 0.03333333333333333,
      date_range: { start: "2026-11-20", end: "2026-11-22" },
    });
    expect(groups.by_model?.["gpt-4o"]).toMatchObject({
      cost_usd_exact: "0.100000000000000001",
      api_calls: 3,
      service: "openai",
      average_tokens_per_call: 5,
    });
    expect(query).toMatchObject({ aggregation: ["model", "user"], service: null, tz: "UTC" });
  });

  it("shows a group whatever it is called", () => {
    expect(JSON.stringify(toWireUsageReport(report, question))).toContain('"by_user":{"__proto__":{');
  });

  it("of no calls has no average", () => {
    const { summary } = toWireUsageReport({ summary: zeroTotals, groups: new Map() }, question);
    expect([summary.average_cost_per_call, summary.total_cost_usd_exact]).toEqual([0, "0"]);
  });
});
