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

const GROWTH = "budget create --scope team:growth --amount 40 --period monthly --name growth";

describe("budget create", () => {
  it("sends what was given, amounts as text", async () => {
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
    expect(stdout).toMatch(/^Growth team {2}team:growth {2}bud_1\n/);
    expect(stdout).toContain("$99.50, monthly, Europe/Berlin");
    expect(stdout).toContain("50 % INFO, 80 % WARNING");
  });

  it("takes all terms that a budget may have", async () => {
    await runCli(
      api,
      "budget create --scope user:ada --amount 100 --period weekly --week-starts-on sunday --enforcement shadow " +
        "--fail-mode closed --rollover --spike 4x,10 --contact ops@example.com --metadata cost_center=4711 " +
        "--threshold amount:75=CRITICAL,forecast:100 --reason 'new person'",
    );
    expect(api.requests[0]?.body).toEqual({
      scope: "user:ada",
      amount: "100",
      period: "weekly",
      week_starts_on: "sunday",
      enforcement: "shadow",
      fail_mode: "closed",
      rollover: {},
      spike: { times: "4", at_least: "10" },
      contact: "ops@example.com",
      metadata: { cost_center: "4711" },
      thresholds: [
        { amount: "75", level: "CRITICAL" },
        { percent: "100", on: "forecast" },
      ],
      reason: "new person",
    });
    const { stdout } = await runCli(api, "budget show bud_1");
    expect(stdout).toContain("weekly, UTC, from sunday");
    expect(stdout).toContain("shadow; while nobody can be asked: fail closed");
    expect(stdout).toContain("$75.00 CRITICAL, forecast 100 % WARNING");
    expect(stdout).toContain("up to $100.00");
    expect(stdout).toContain("an hour at 4 times the usual, $10.00 at least");
    expect(stdout).toContain("cost_center=4711");
  });

  it("limits tokens and calls, and by the minute", async () => {
    const { stdout } = await runCli(
      api,
      "budget create --scope user:ada --amount 20000 --unit tokens --period minutely --enforcement hard",
    );
    expect(stdout).toContain("20,000 tokens, minutely");
    const refused = await runCli(
      api,
      "budget create --scope user:ada --amount 1.5 --unit requests --period daily",
    );
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain("whole number of requests");
  });
});

describe("budget list", () => {
  it("goes over all pages, an empty one too", async () => {
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

  it("asks for a scope, for what keeps them, for those that are active or not", async () => {
    await runCli(api, "budget list --scope team:growth --managed-by code:prod --active");
    expect(api.requests[0]?.query).toMatchObject({
      scope: "team:growth",
      managed_by: "code:prod",
      active: "true",
    });
    await runCli(api, "budget list --no-active");
    expect(api.requests[1]?.query.active).toBe("false");
    await runCli(api, "budget list");
    expect(api.requests[2]?.query.active).toBeUndefined();
  });
});

describe("budget update", () => {
  beforeEach(() => runCli(api, `${GROWTH} --rollover 10 --spike 4,10 --contact ops`));

  it("changes what is given and nothing else", async () => {
    const { stdout } = await runCli(
      api,
      "budget update bud_1 --amount 75.5 --no-rollover --no-spike --no-contact --threshold none --reason 'less news'",
    );
    expect(api.requests[1]).toMatchObject({
      method: "PATCH",
      body: {
        amount: "75.5",
        rollover: null,
        spike: null,
        contact: null,
        thresholds: [],
        reason: "less news",
      },
    });
    expect(stdout).toContain("$75.50");
    expect(stdout).toMatch(/alerts at +never/);
    expect(stdout).not.toContain("rollover");
  });

  it("wants something to change", async () => {
    expect(await runCli(api, "budget update bud_1 --reason why")).toMatchObject({ exitCode: 2, stdout: "" });
  });
});

describe("an increase beyond the policy", () => {
  it("waits for a second person, and says how to let it through", async () => {
    await runCli(api, GROWTH);
    api.ledger.budgets.policy = { aboveRatio: "2" };
    const { stdout } = await runCli(api, "budget update bud_1 --amount 500 --reason 'big launch'");
    expect(stdout).toContain("needs a second person");
    expect(stdout).toContain("ai-usage budget approve prop_1");
    expect((await runCli(api, "budget proposals")).stdout).toMatch(
      /prop_1 +pending +bud_1 +40 +500 +for good .* big launch/,
    );
    const own = await runCli(api, "budget approve prop_1");
    expect(own).toMatchObject({ exitCode: 1, stdout: "" });
    expect(own.stderr).toContain("takes a second person");
    const rejected = JSON.parse((await runCli(api, "budget reject prop_1 --reason no --json")).stdout);
    expect(rejected).toMatchObject({ state: "withdrawn", decision_reason: "no" });
    expect((await runCli(api, "budget proposals")).stdout).toBe("No proposals.\n");
  });
});

describe("budget increase", () => {
  beforeEach(() => runCli(api, GROWTH));

  it("adds an amount for a while, with who and why, and ends it before its time", async () => {
    await runCli(api, "budget increase bud_1 --amount 20 --for 36h --reason 'launch day'");
    now = "2026-11-22T12:01:00.000Z" as typeof NOW;
    const { stdout } = await runCli(api, "budget show bud_1");
    expect(api.requests[1]?.body).toEqual({ amount: "20", hours: 36, reason: "launch day" });
    expect(stdout).toMatch(/inc_1 +\$20\.00 .* 2026-11-24 00:00:00Z +in force +token1 +launch day/);
    const ended = JSON.parse((await runCli(api, "budget increase bud_1 --end inc_1 --json")).stdout);
    expect(ended.increases).toMatchObject([
      { increase_id: "inc_1", state: "ended", until: "2026-11-22T12:01:00.000Z" },
    ]);
    expect(api.requests.at(-1)).toMatchObject({ method: "DELETE", path: "/budgets/bud_1/increases/inc_1" });
  });

  it.each([
    ["--amount 20 --reason x", "--for or --until"],
    ["--amount 20 --for 1h", "--reason"],
    ["--amount 20 --for 1h --until 2026-12-01T00:00:00Z --reason x", "cannot be used with"],
    ["--end inc_1 --amount 20", "cannot be used with"],
  ])("is refused with %s", async (args, message) => {
    const { exitCode, stderr } = await runCli(api, `budget increase bud_1 ${args}`);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("budget deactivate and reactivate", () => {
  beforeEach(() => runCli(api, GROWTH));

  it("asks first, and changes nothing when the answer is no", async () => {
    const no = await runCli(api, "budget deactivate bud_1", { terminal: true, stdin: "n\n" });
    expect(no.exitCode).toBe(1);
    expect(no.stderr).toContain('Deactivate "growth" of team:growth? nobody is alerted then. [y/N]');
    expect(api.ledger.budgets.get("bud_1").active).toBe(true);
    const nobody = await runCli(api, "budget deactivate bud_1");
    expect(nobody.exitCode).toBe(2);
    expect(nobody.stderr).toContain("add --yes");
    expect((await runCli(api, "budget deactivate bud_1", { terminal: true, stdin: "yes\n" })).exitCode).toBe(
      0,
    );
    expect(api.ledger.budgets.get("bud_1").active).toBe(false);
  });

  it("is there again afterwards", async () => {
    await runCli(api, "budget deactivate bud_1 --yes --reason 'project ended'");
    expect(api.requests.at(-1)?.body).toEqual({ reason: "project ended" });
    expect((await runCli(api, "budget reactivate bud_1")).stdout).toBe("bud_1 is active again\n");
    expect(api.ledger.budgets.get("bud_1").active).toBe(true);
  });
});
