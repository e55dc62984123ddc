import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOW, runCli } from "../../testing/run-cli.ts";

let api: MemoryApi;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
});
afterEach(() => api.close());

const sums = {
  changed_metrics: 1200,
  changed_calls: 1234,
  cost_before_usd: "12",
  cost_after_usd: "12.4",
  difference_usd: "0.4",
};

function report(fields: object = {}) {
  return {
    restatement_id: "rst_1",
    state: "done",
    dry_run: false,
    from: "2026-11-01",
    to: "2026-11-24",
    service: "openai",
    model: null,
    only_unpriced: false,
    created_at: NOW,
    created_by: "admin",
    starts_at: NOW,
    finished_at: NOW,
    failure: null,
    progress: { steps_done: 24, steps_total: 24, metrics_seen: 34567 },
    ...sums,
    by_day: [
      { date: "2026-11-01", ...sums, difference_usd: "0.45" },
      { date: "2026-11-02", ...sums, difference_usd: "-0.05" },
    ],
    by_scope: [{ scope: "global:all", ...sums }],
    by_budget: [
      {
        budget_id: "bud_1",
        name: "Growth team",
        scope: "team:growth",
        period_id: "2026-11",
        amount_usd: "100",
        spent_before_usd: "99.8",
        spent_after_usd: "100.2",
        ...sums,
      },
    ],
    ...fields,
  };
}

const running = (fields: object = {}) =>
  report({ state: "running", progress: { steps_done: 6, steps_total: 24, metrics_seen: 8000 }, ...fields });

function answer(...bodies: readonly object[]) {
  api.answerNext(...bodies.map((body) => ({ status: 200, body })));
}

const RESTATE = "prices restate --from 2026-11-01 --to 2026-11-24";

describe("prices restate", () => {
  it("orders what the options say, and follows it to its end", async () => {
    answer(running(), running(), report());
    const { exitCode, stderr } = await runCli(
      api,
      `${RESTATE} --service openai --model gpt-4o --unpriced --yes`,
    );
    expect(exitCode).toBe(0);
    expect(api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /prices/restatements",
      "GET /prices/restatements/rst_1",
      "GET /prices/restatements/rst_1",
    ]);
    expect(api.requests[0]?.body).toEqual({
      from: "2026-11-01",
      to: "2026-11-24",
      service: "openai",
      model: "gpt-4o",
      only_unpriced: true,
      dry_run: false,
    });
    expect(stderr).toBe("rst_1 runs; should this be interrupted: ai-usage prices restate --resume rst_1\n");
  });

  it("shows the difference by day, scope and budget", async () => {
    answer(report());
    const { stdout } = await runCli(api, `${RESTATE} --yes`);
    expect(stdout).toMatch(/^What changed 2026-11-01 to 2026-11-24 {2}service:openai {2}rst_1\n/);
    expect(stdout).toMatch(/Calls changed +1,234 +of 34,567 records seen\n/);
    expect(stdout).toMatch(
      /They cost +\$12\.00\nThey cost now +\$12\.40\nDifference +\+\$0\.40 +\+3\.33 %\n/,
    );
    expect(stdout).toMatch(
      /By day\n.*\n2026-11-01 +1,234 +\$12\.00 +\$12\.40 +\+\$0\.45\n2026-11-02 .*-\$0\.05\n/,
    );
    expect(stdout).toMatch(/By scope\n.*\nglobal:all +1,234 /);
    expect(stdout).toMatch(
      /By budget\n.*\nGrowth team +2026-11 +\+\$0\.40 +\$99\.80 +\$100\.20 +\$100\.00 +now exceeded\n/,
    );
    expect(stdout).not.toContain("To apply it");
  });

  it("says how to apply a dry run, which asks nobody", async () => {
    answer(report({ dry_run: true }));
    const { stdout } = await runCli(api, `${RESTATE} --service openai --dry-run`);
    expect(api.requests[0]?.body).toMatchObject({ dry_run: true });
    expect(stdout).toMatch(/^What would change/);
    expect(stdout).toContain(
      "Nothing was changed. To apply it: ai-usage prices restate --from 2026-11-01 --to 2026-11-24 --service openai\n",
    );
  });

  it("says that nothing changes where nothing does", async () => {
    answer(report({ changed_calls: 0, by_day: [], by_scope: [], by_budget: [] }));
    const { stdout } = await runCli(api, `${RESTATE} --dry-run`);
    expect(stdout).toContain("Nothing changes");
    expect(stdout).not.toContain("To apply it");
  });

  it("shows the 20 scopes that change most, and the others as one", async () => {
    const scopes = Array.from({ length: 25 }, (_, index) => ({ scope: `user:u${index}`, ...sums }));
    answer(report({ by_scope: scopes }));
    const { stdout } = await runCli(api, `${RESTATE} --yes`);
    expect(stdout).toContain("user:u19");
    expect(stdout).not.toContain("user:u20");
    expect(stdout).toMatch(/\(5 others\) +6,170 +\$60\.00 +\$62\.00 +\+\$2\.00\n/);
  });

  it("asks on a terminal before it changes anything", async () => {
    for (const stdin of ["n\n", "\n", ""]) {
      const refused = await runCli(api, RESTATE, { stdin, terminal: true });
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toContain("Price all calls from 2026-11-01 to 2026-11-24 anew?");
    }
    expect(api.requests).toHaveLength(0);
    answer(report());
    expect((await runCli(api, RESTATE, { stdin: "yes\n", terminal: true })).exitCode).toBe(0);
  });

  it("shows on a terminal how far it is", async () => {
    answer(
      running({ starts_at: "2026-11-22T12:00:40.000Z" }),
      running({ progress: { steps_done: 0, steps_total: null, metrics_seen: 0 } }),
      running(),
      report(),
    );
    const { stderr } = await runCli(api, `${RESTATE} --yes`, { terminal: true });
    expect(stderr).toContain("\rwaiting until every function has the prices of now");
    expect(stderr).toContain("\rcounting what there is");
    expect(stderr).toMatch(/\r█████░{15} 6 of 24 steps, 8,000 seen, \+\$0\.40/);
  });

  it("survives a connection that breaks for longer than the client tries", async () => {
    answer(running());
    api.answerNext(...Array.from({ length: 9 }, () => "drop" as const));
    answer(report());
    const { exitCode, stdout, stderr } = await runCli(api, `${RESTATE} --yes`, { terminal: true });
    expect({ exitCode, isShown: stdout.includes("By budget") }).toEqual({ exitCode: 0, isShown: true });
    expect(stderr).toContain("the connection is lost");
  });

  it("ends when it is told off while it follows, and has said how to go on", async () => {
    answer(running());
    api.answerNext({ status: 403, body: { message: "Forbidden" } });
    const { exitCode, stderr } = await runCli(api, `${RESTATE} --yes`);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("--resume rst_1");
  });

  it("fails when it was given up, with what it came to", async () => {
    answer(report({ state: "failed", failure: "the table is throttled" }));
    const { exitCode, stdout, stderr } = await runCli(api, `${RESTATE} --yes`);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("By day");
    expect(stderr).toContain("given up: the table is throttled");
  });

  it("is the last answer alone with --json", async () => {
    answer(running(), report());
    const { stdout, stderr } = await runCli(api, `${RESTATE} --yes --json`);
    expect({ stderr, state: JSON.parse(stdout).state }).toEqual({ stderr: "", state: "done" });
  });

  it.each([
    ["prices restate", "give --from and --to"],
    ["prices restate --from 2026-11-05 --to 2026-11-01 --yes", "is after --to"],
    [RESTATE, "add --yes"],
    [`${RESTATE} --resume rst_1`, "cannot be used with"],
    ["prices restate --resume rst_1 --dry-run", "cannot be used with"],
  ])("refuses %s", async (args, message) => {
    const { exitCode, stderr } = await runCli(api, args);
    expect(stderr).toContain(message);
    expect({ exitCode, requests: api.requests.length }).toEqual({ exitCode: 2, requests: 0 });
  });
});

describe("prices restate --resume", () => {
  it("sets somebody to work on it, and follows it", async () => {
    answer(running(), running(), report());
    await runCli(api, "prices restate --resume rst_1");
    expect(api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /prices/restatements/rst_1",
      "POST /prices/restatements/rst_1/resume",
      "GET /prices/restatements/rst_1",
    ]);
  });

  it("shows one that is done as it is", async () => {
    answer(report());
    const { stdout } = await runCli(api, "prices restate --resume rst_1");
    expect(api.requests).toHaveLength(1);
    expect(stdout).toContain("What changed");
  });
});

describe("prices restatements", () => {
  it("lists them", async () => {
    answer({ restatements: [report({ dry_run: true }), report({ only_unpriced: true })], next_cursor: null });
    const { stdout } = await runCli(api, "prices restatements");
    expect(stdout).toMatch(
      /rst_1 +2026-11-22 12:00:00Z +done, dry run +2026-11-01 to 2026-11-24 +service:openai\n/,
    );
    expect(stdout).toContain("service:openai, calls without a price");
  });
});
