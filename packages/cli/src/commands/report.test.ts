import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NOW, runCli } from "../testing/run-cli.ts";

let api: MemoryApi;
beforeAll(async () => {
  api = await startMemoryApi(() => NOW);
  const calls = [
    ["2026-11-20T23:30:00Z", "gpt-4o", "growth", "0.000000000000000001"],
    ["2026-11-21T09:00:00Z", "gpt-4o", "growth", "12.5"],
    ["2026-11-22T10:00:00Z", "claude-sonnet-4-5", '=SUM(A1), "quoted"', "30.25"],
  ];
  const stdin = calls
    .map(([timestamp, model, team, cost_usd]) =>
      JSON.stringify({
        service: "s",
        operation: "chat",
        timestamp,
        model,
        team,
        cost_usd,
        input_tokens: 1000,
      }),
    )
    .join("\n");
  await runCli(api, "record -", { stdin });
});
afterAll(() => api.close());

let asked: () => Readonly<Record<string, string>> | undefined;
beforeEach(() => {
  const before = api.requests.length;
  asked = () => api.requests[before]?.query;
});

describe("report", () => {
  it("asks for 30 days up to today, by day and model", async () => {
    const { exitCode, stdout } = await runCli(api, "report");
    expect(exitCode).toBe(0);
    expect(asked()).toEqual({
      start_date: "2026-10-24",
      end_date: "2026-11-22",
      tz: "UTC",
      aggregation: "day,model",
    });
    expect(stdout).toContain("claude-sonnet-4-5  $30.25   70.76 %");
  });

  it("takes today from the time zone asked for", async () => {
    await runCli(api, "report --tz Pacific/Auckland --days 3");
    expect(asked()).toMatchObject({ start_date: "2026-11-21", end_date: "2026-11-23" });
  });

  it("draws one or two days by the hour, unless filters leave days only", async () => {
    await runCli(api, "report --days 2");
    expect(asked()?.aggregation).toBe("hour,model");
    const before = api.requests.length;
    await runCli(api, "report --days 2 --service s --model gpt-4o");
    expect(api.requests[before]?.query.aggregation).toBe("day,model");
  });

  it("asks of a scope what is kept of scopes", async () => {
    const { exitCode } = await runCli(api, "report --team growth");
    expect(exitCode).toBe(0);
    expect(asked()).toMatchObject({ aggregation: "day", team: "growth" });
  });

  it("passes on what the API says cannot be answered", async () => {
    const { exitCode, stderr } = await runCli(api, "report --team growth --group-by model");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("ask for those, or without the filter");
  });

  it("leaves out what only charts need with --no-chart", async () => {
    const { stdout } = await runCli(api, "report --no-chart --group-by model,team");
    expect(asked()?.aggregation).toBe("model,team");
    expect(stdout).not.toContain("█");
  });

  it("prints the API's answer with --json, every digit", async () => {
    const answer = JSON.parse((await runCli(api, "report --json --group-by team")).stdout);
    expect(answer.summary.total_cost_usd_exact).toBe("42.750000000000000001");
    expect(answer.aggregations.by_team.growth.cost_usd_exact).toBe("12.500000000000000001");
  });

  it("prints CSV with every digit, quoted where a field needs it, and no formulas", async () => {
    const { stdout } = await runCli(api, "report --csv --group-by team,day");
    expect(stdout.split("\n")).toEqual([
      "group_by,group,cost_usd,percent_of_total,api_calls,failed_calls,unpriced_calls,tokens,input_tokens,output_tokens",
      `team,"'=SUM(A1), ""quoted""",30.25,70.76,1,0,0,1000,1000,0`,
      "team,growth,12.500000000000000001,29.23,2,0,0,2000,2000,0",
      "day,2026-11-20,0.000000000000000001,0,1,0,0,1000,1000,0",
      "day,2026-11-21,12.5,29.23,1,0,0,1000,1000,0",
      "day,2026-11-22,30.25,70.76,1,0,0,1000,1000,0",
      "",
    ]);
  });
});
