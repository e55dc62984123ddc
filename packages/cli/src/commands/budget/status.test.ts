import type { BudgetLedger } from "@ai-usage/client";
import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOW, runCli } from "../../testing/run-cli.ts";

let now = NOW;
let api: MemoryApi;
beforeEach(async () => {
  now = NOW;
  api = await startMemoryApi(() => now);
});
afterEach(() => api.close());

const spend = (amount: string, at: string = NOW) =>
  runCli(
    api,
    `record --service s --operation o --team growth --cost-usd ${amount} --timestamp ${at} --request-id ${at}`,
  );

describe("budget status", () => {
  it("is shown of all active ones, or of one", async () => {
    await runCli(api, "budget create --scope global:all --amount 100 --period daily --name all");
    await runCli(api, "budget create --scope team:growth --amount 40 --period monthly --name growth");
    await runCli(api, "budget create --scope team:old --amount 1 --period daily --name old");
    await runCli(api, "budget deactivate bud_3 --yes");
    await spend("50.001");
    const all = await runCli(api, "budget status");
    expect(all.stdout).toContain("$50.00 of $100.00 spent, $50.00 left, resets in 12h");
    expect(all.stdout).toContain("$50.00 of $40.00 spent, $10.00 over, resets in 8d 12h");
    expect(all.stdout).not.toContain("old");
    const one = JSON.parse((await runCli(api, "budget status bud_2 --json")).stdout);
    expect(one).toMatchObject({ spent: "50.001", overage: "10.001", exceeded: true });
    const statuses = JSON.parse((await runCli(api, "budget status --json")).stdout);
    expect(statuses.statuses).toHaveLength(2);
  });

  it("says how it goes on, and when it is used up", async () => {
    await runCli(api, "budget create --scope team:growth --amount 40 --period daily --name growth");
    await spend("24", "2026-11-22T06:00:00Z");
    const { stdout } = await runCli(api, "budget status bud_1");
    expect(stdout).toContain(`${"█".repeat(14)}▍${"░".repeat(9)} 60 %`);
    expect(stdout).toContain(
      "at $2.00 an hour it will be $48.00 at the end, used up in 8h, 2026-11-22 20:00:00Z",
    );
  });

  it("says what makes up the limit, and what is reserved of it", async () => {
    await runCli(api, "budget create --scope team:growth --amount 40 --period monthly --name growth");
    await runCli(api, "budget increase bud_1 --amount 20 --for 12h --reason launch");
    now = "2026-11-22T12:01:00.000Z" as typeof NOW;
    const status = JSON.parse((await runCli(api, "budget status bud_1 --json")).stdout);
    const reserved = { ...status, spent: "15", reserved: "15", remaining: "30", percent_used: "25" };
    api.answerNext({ status: 200, body: reserved });
    const { stdout } = await runCli(api, "budget status bud_1");
    expect(stdout).toContain("██████▒▒▒▒▒▒░░░░░░░░░░░░ 25 %");
    expect(stdout).toContain("$15.00 of $60.00 spent, $15.00 reserved, $30.00 left");
    expect(stdout).toContain("the limit is $40.00 + $20.00 more for a while");
  });

  it("counts what a shadow budget would have refused", async () => {
    await runCli(api, "budget create --scope team:growth --amount 40 --period monthly --enforcement shadow");
    const status = JSON.parse((await runCli(api, "budget status bud_1 --json")).stdout);
    api.answerNext({
      status: 200,
      body: { ...status, would_have_refused: { calls: 1200, amount: "3.5" } },
    });
    const { stdout } = await runCli(api, "budget status bud_1");
    expect(stdout).toContain("it would have refused 1,200 calls, which asked for $3.50");
  });
});

describe("budget history", () => {
  it("has a row for each period with a bar, the running one first", async () => {
    now = "2026-11-20T12:00:00.000Z" as typeof NOW;
    await runCli(
      api,
      "budget create --scope team:growth --amount 40 --period daily --rollover 10 --name growth",
    );
    now = NOW;
    await spend("10", "2026-11-20T13:00:00Z");
    await spend("45", "2026-11-21T13:00:00Z");
    const { stdout } = await runCli(api, "budget history bud_1");
    expect(stdout.split("\n").map((line) => line.trim().split(/ {2,}/))).toEqual([
      ["period", "budgeted", "rolled over", "limit", "spent", "used"],
      ["2026-11-22 (running)", "$40.00", "$5.00", "$45.00", "$0.00", "0.00 %", "░".repeat(20)],
      ["2026-11-21", "$40.00", "$10.00", "$50.00", "$45.00", "90.00 %", `${"█".repeat(18)}░░`],
      ["2026-11-20", "$40.00", "$0.00", "$40.00", "$10.00", "25.00 %", `${"█".repeat(5)}${"░".repeat(15)}`],
      [""],
    ]);
    expect(
      JSON.parse((await runCli(api, "budget history bud_1 --periods 2 --json")).stdout).periods,
    ).toHaveLength(2);
  });
});

describe("budget changes", () => {
  it("says who changed what, when and why", async () => {
    await runCli(
      api,
      "budget create --scope team:growth --amount 40 --period daily --name growth --reason start",
    );
    await runCli(api, "budget update bud_1 --amount 40.001 --enforcement hard --reason 'to the last digit'");
    await runCli(api, "budget increase bud_1 --amount 5 --for 1h --reason launch");
    await runCli(api, "budget deactivate bud_1 --yes");
    const { stdout } = await runCli(api, "budget changes bud_1");
    const [deactivated, increased, updated, created] = stdout.split(/\n(?=2026)/);
    expect(deactivated).toMatch(/deactivate {2}by token1\n +state +active → inactive/);
    expect(increased).toMatch(
      /increase {2}by token1: launch\n +inc_1: \$5\.00 more from .* until 2026-11-22 13:00:00Z/,
    );
    expect(updated).toMatch(/amount +\$40\.00 → \$40\.001/);
    expect(updated).toMatch(/enforcement +soft → hard/);
    expect(created).toMatch(/create {2}by token1: start\n +scope +team:growth/);
  });
});

describe("budget ledger", () => {
  const ledger: BudgetLedger = {
    budget_id: "bud_1",
    unit: "usd",
    enforcement: "hard",
    period: { id: "2026-11-22", kind: "daily", start: NOW, end: NOW },
    limit: "1",
    spent: "0.97",
    reserved: "0.000000000000000001",
    remaining: "0.029999999999999999",
    holding: { open_leases: 1, held: "0.000000000000000001", settled: "0.97", seen: "0.94" },
    leases: [
      { lease_id: "lea_1", held: "0.000000000000000001", calls: 2, acquired_at: NOW, expires_at: NOW },
    ],
    drift: { holding: "0", unconfirmed: "0.03", surplus: "0", in_sync: false },
    repairs: [
      {
        repair_id: "rep_1",
        at: NOW,
        by: "token1",
        period_id: "2026-11-22",
        before: { held: "0.1", settled: "0.97", remaining: "-0.07" },
        after: { held: "0", settled: "0.97", remaining: "0.03" },
      },
    ],
  };

  it("shows the equation to the last digit, who holds what, and the drift", async () => {
    api.answerNext({ status: 200, body: ledger });
    const { stdout } = await runCli(api, "budget ledger bud_1");
    expect(stdout).toContain("limit      $1.000000000000000000");
    expect(stdout).toContain("=  spent      $0.970000000000000000");
    expect(stdout).toContain("+  reserved   $0.000000000000000001");
    expect(stdout).toContain("+  remaining  $0.029999999999999999");
    expect(stdout).toContain("1 open lease holds $0.000000000000000001");
    expect(stdout).toContain("drift: $0.03 settled that no metric has borne out yet");
    expect(stdout).toContain(
      "repaired 2026-11-22 12:00:00Z by token1 in 2026-11-22: held $0.10 → $0.00, remaining -$0.07 → $0.03",
    );
    expect(stdout).toMatch(/lea_1 +\$0\.000000000000000001 +2 /);
  });

  it("is repaired on demand, and says what was wrong", async () => {
    const after = { ...ledger, leases: [], drift: { ...ledger.drift, unconfirmed: "0", in_sync: true } };
    api.answerNext({ status: 200, body: { before: ledger, after } });
    const { stdout } = await runCli(api, "budget ledger bud_1 --repair");
    expect(api.requests[0]).toMatchObject({ method: "POST", path: "/budgets/bud_1/ledger/repair" });
    expect(stdout).toContain("repaired: drift: $0.03 settled");
    expect(stdout).toContain("in step with the metrics");
  });
});

describe("budget template", () => {
  it("is added, listed, and removed after asking", async () => {
    const added = await runCli(
      api,
      "budget template add --pattern 'user:*' --amount 50 --period daily --name 'Daily limit of {value}'",
    );
    expect(api.requests[0]?.body).toEqual({
      pattern: "user:*",
      amount: "50",
      period: "daily",
      name: "Daily limit of {value}",
    });
    expect(added.stdout).toMatch(
      /tpl_1 +user:\* +\$50\.00 +daily, UTC +soft .* Daily limit of \{value\} +active/,
    );
    expect((await runCli(api, "budget template remove tpl_1")).exitCode).toBe(2);
    expect((await runCli(api, "budget template remove tpl_1 --yes")).stdout).toContain("inactive");
    expect((await runCli(api, "budget template list")).stdout).toContain("inactive");
  });
});
