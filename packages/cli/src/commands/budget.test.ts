import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOW, runCli } from "../testing/run-cli.ts";

let api: MemoryApi;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
});
afterEach(() => api.close());

describe("budget", () => {
  it("is created with what was given, the amount as text", async () => {
    const { exitCode, stdout } = await runCli(
      api,
      "budget create --scope team:growth --amount 99.5 --period monthly --tz Europe/Berlin --threshold 50,80% --name 'Growth team'",
    );
    expect(exitCode).toBe(0);
    expect(api.requests[0]?.body).toEqual({
      scope: "team:growth",
      amount: "99.5",
      period: "monthly",
      time_zone: "Europe/Berlin",
      thresholds: ["50", "80"],
      name: "Growth team",
    });
    expect(stdout).toMatch(
      /bud_1 +Growth team +team:growth +\$99\.50 +monthly +Europe\/Berlin +50, 80 % +active/,
    );
  });

  it("shows its status: of all active ones, or of one", async () => {
    await runCli(api, "budget create --scope global:all --amount 100 --period daily --name all");
    await runCli(api, "budget create --scope team:growth --amount 40 --period monthly --name growth");
    await runCli(api, "budget create --scope team:old --amount 1 --period daily --name old");
    await runCli(api, "budget deactivate bud_3");
    await runCli(api, "record --service s --operation o --team growth --cost-usd 50.001");
    const all = await runCli(api, "budget status");
    expect(all.stdout).toContain("$50.00 of $100.00 spent, $50.00 left, resets in 12h");
    expect(all.stdout).toContain("$50.00 of $40.00 spent, $10.00 over, resets in 8d 12h");
    expect(all.stdout).not.toContain("old");
    const one = JSON.parse((await runCli(api, "budget status bud_2 --json")).stdout);
    expect(one).toMatchObject({ spent: "50.001", overage: "10.001", exceeded: true });
    const statuses = JSON.parse((await runCli(api, "budget status --json")).stdout);
    expect(statuses.statuses).toHaveLength(2);
  });

  it("is listed over all pages, an empty one too", async () => {
    for (let index = 0; index < 3; index += 1) {
      await runCli(api, "budget create --scope global:all --amount 1 --period daily");
    }
    api.answerNext({ status: 200, body: { budgets: [], next_cursor: "0" } });
    const { stdout } = await runCli(api, "budget list --json");
    expect(JSON.parse(stdout).budgets).toHaveLength(3);
  });

  it("says how to set the first one", async () => {
    expect((await runCli(api, "budget list")).stdout).toContain("ai-usage budget create --scope");
  });
});
