import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NOW, runCli } from "../../testing/run-cli.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "cli-budgets-"));
});
afterAll(() => rmSync(cwd, { recursive: true }));

let api: MemoryApi;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
});
afterEach(() => api.close());

const GROWTH = `
name: prod
budgets:
  - key: growth
    scope: team:growth
    amount: 100
    period: monthly
`;

function run(command: string, file: string, setting: { terminal?: boolean; stdin?: string } = {}) {
  writeFileSync(join(cwd, "budgets.yaml"), file);
  return runCli(api, command, { cwd, ...setting });
}

const plan = (file: string, flags = "") => run(`budget plan budgets.yaml ${flags}`, file);
const apply = (file: string) => run("budget apply budgets.yaml --yes", file);
const drift = (file: string, flags = "") => run(`budget drift budgets.yaml ${flags}`, file);

const changes = () =>
  api.requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);

const idOf = (key: string): string => {
  const found = [...api.ledger.budgets.all.values()].find(({ managedKey }) => managedKey === key);
  if (!found) throw new Error(`there is no ${key}`);
  return found.budgetId;
};

describe("budget plan", () => {
  it("shows what would be made, and makes nothing", async () => {
    const { exitCode, stdout } = await plan(GROWTH);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("prod: 1 to create\n  + growth\n");
    expect(stdout).toMatch(/ {4}amount +\$100\.00\n/);
    expect(changes()).toEqual([]);
  });

  it("shows of a change what it was and will be, to the last digit", async () => {
    await apply(GROWTH);
    const { stdout } = await plan(`${GROWTH}    contact: ops\n`.replace("100", '"100.001"'));
    expect(stdout).toContain("prod: 1 to change");
    expect(stdout).toMatch(
      new RegExp(`~ growth {2}${idOf("growth")}\n +amount +\\$100\\.00 → \\$100\\.001\n`),
    );
    expect(stdout).toMatch(/contact +none → ops/);
    expect(stdout).not.toContain("thresholds");
  });

  it("says by the exit code whether there is something to do, when it is asked to", async () => {
    expect((await plan(GROWTH, "--detailed-exitcode")).exitCode).toBe(2);
    await apply(GROWTH);
    const unchanged = await plan(GROWTH, "--detailed-exitcode");
    expect(unchanged).toMatchObject({
      exitCode: 0,
      stdout: "prod: nothing to do, all 1 are as the file says\n",
    });
  });

  it("is JSON with --json, in the fields of the API", async () => {
    await apply(GROWTH);
    const answer = JSON.parse((await plan(GROWTH.replace("monthly", "weekly"), "--json")).stdout);
    expect(answer).toEqual({
      set: "prod",
      managed_by: "code:prod",
      changes: [
        {
          subject: "budget",
          kind: "replace",
          key: "growth",
          id: idOf("growth"),
          before: { period: "monthly", name: "team:growth monthly" },
          after: { period: "weekly", name: "team:growth weekly" },
        },
      ],
      unchanged: 0,
    });
  });

  it("reads the file from standard input, and JSON", async () => {
    const file = JSON.stringify({
      name: "prod",
      budgets: [{ scope: "team:growth", amount: "1", period: "daily" }],
    });
    const { stdout } = await runCli(api, "budget plan -", { stdin: file });
    expect(stdout).toContain("+ team:growth daily");
  });

  it("takes the example of the guide", async () => {
    const example = readFileSync(
      new URL("../../../../../docs/snippets/budgets.yaml", import.meta.url),
      "utf8",
    );
    expect((await plan(example)).stdout).toContain("production: 4 to create");
  });
});

describe("a file that is wrong", () => {
  it.each([
    ["budgets.yaml:6:5: budgets[0].amount must be more than zero", GROWTH.replace("100", "0")],
    ["budgets.yaml:7:5: budgets[0].period must be one of minutely", GROWTH.replace("monthly", "fortnightly")],
    ["budgets.yaml:8:5: budgets[0].ammount is not a field", `${GROWTH}    ammount: 5\n`],
    ["budgets.yaml:4:5: budgets[0].scope must be a string", GROWTH.replace("    scope: team:growth\n", "")],
    [
      "budgets.yaml:8:22: budgets[0].thresholds[1] must be a percentage",
      `${GROWTH}    thresholds: [50, lots]\n`,
    ],
    ["budgets.yaml:9:1: Flow sequence", `${GROWTH}  - {key: [\n`],
    ["budgets.yaml:8:1: Map keys must be unique", `${GROWTH}name: twice\n`],
    ["budgets.yaml: Unresolved alias", `${GROWTH}    contact: *nobody\n`],
    ["budgets.yaml:2:1: the file must hold a name, budgets and templates", "\n- 1\n"],
  ])("is refused with %s", async (message, file) => {
    const { exitCode, stdout, stderr } = await drift(file);
    expect(stderr).toContain(message);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(api.requests).toEqual([]);
  });

  it("is told from differences by the exit code, as wrong options are", async () => {
    expect((await runCli(api, "budget drift none.yaml", { cwd })).exitCode).toBe(1);
    expect((await runCli(api, "budget drift --colour", { cwd })).exitCode).toBe(1);
    expect((await runCli(api, "budget plan", { cwd })).exitCode).toBe(1);
    expect((await runCli(api, "budget drift --help", { cwd })).exitCode).toBe(0);
  });
});

describe("budget apply", () => {
  it("makes what the file says, and nothing more when it is applied again", async () => {
    const { stdout } = await apply(GROWTH);
    expect(stdout).toContain(`created growth  ${idOf("growth")}`);
    expect(api.ledger.budgets.get(idOf("growth"))).toMatchObject({
      managedBy: "code:prod",
      managedKey: "growth",
    });
    expect(api.ledger.budgets.changes[0]).toMatchObject({ reason: "budgets as code: prod" });
    const again = await apply(GROWTH);
    expect(again.stdout).toBe("prod: nothing to do, all 1 are as the file says\n");
    expect(changes()).toEqual(["POST /budgets"]);
  });

  it("asks first, and changes nothing when the answer is no", async () => {
    const no = await run("budget apply budgets.yaml", GROWTH, { terminal: true, stdin: "no\n" });
    expect(no.exitCode).toBe(1);
    expect(no.stderr).toContain(`Apply this to ${api.url}? [y/N]`);
    const nobody = await run("budget apply budgets.yaml", GROWTH);
    expect(nobody.exitCode).toBe(2);
    expect(nobody.stderr).toContain("add --yes");
    expect(changes()).toEqual([]);
  });

  it("makes what is new before it ends what it takes the place of, and leaves others alone", async () => {
    await runCli(api, "budget create --scope team:growth --amount 1 --period daily --name by-hand");
    await apply(GROWTH);
    const old = idOf("growth");
    await apply(GROWTH.replace("monthly", "weekly"));
    expect(changes().slice(2)).toEqual(["POST /budgets", `POST /budgets/${old}/deactivate`]);
    expect(api.ledger.budgets.get("bud_1").active).toBe(true);
    const { stdout } = await apply("name: prod\n");
    expect(stdout).toContain("prod: 1 to deactivate");
    expect([...api.ledger.budgets.all.values()].filter(({ active }) => active)).toHaveLength(1);
  });

  it("says what waits for a second person, once", async () => {
    await apply(GROWTH);
    api.ledger.budgets.policy = { aboveRatio: "2" };
    const more = GROWTH.replace("100", "1000");
    const { exitCode, stdout } = await apply(more);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("waits for a second person: ai-usage budget approve prop_1");
    const again = JSON.parse((await run("budget apply budgets.yaml --yes --json", more)).stdout);
    expect(again.edits).toEqual([
      { outcome: "waiting", edit: "update", key: "growth", id: idOf("growth"), proposal_id: "prop_1" },
    ]);
    expect(api.ledger.budgets.proposals.size).toBe(1);
    expect((await plan(more)).stdout).toContain("waits for a second person: ai-usage budget approve prop_1");
  });

  it("sets templates, changes them in their place, and ends them", async () => {
    const file = "name: prod\ntemplates:\n  - {key: people, pattern: 'user:*', amount: 50, period: daily}\n";
    await apply(file);
    const { stdout } = await apply(file.replace("50", "60"));
    expect(stdout).toContain("for scopes that are first seen from then on");
    const templates = [...api.ledger.budgets.templates.values()];
    expect(templates).toMatchObject([{ active: true, managedKey: "people" }]);
    expect(templates[0]?.terms.amount.toString()).toBe("60");
    expect((await apply(file.replace("50", "60"))).stdout).toContain("nothing to do");
    await apply("name: prod\n");
    expect([...api.ledger.budgets.templates.values()]).toMatchObject([{ active: false }]);
  });

  it("stops at what is refused, and goes on from there the next time", async () => {
    const two = `${GROWTH}  - {key: sales, scope: 'team:sales', amount: 5, period: daily}\n`;
    // The budgets, the templates, then the first budget.
    api.answerNext(
      { status: 200, body: { budgets: [], next_cursor: null } },
      { status: 200, body: { templates: [] } },
      {
        status: 503,
        body: {},
      },
    );
    const stopped = await apply(two);
    expect(stopped.exitCode).toBe(1);
    expect(stopped.stderr).toContain("Stopped at growth, after 0 changes. Apply it again to go on.");
    expect((await apply(two)).stdout).toContain("created sales");
    expect((await apply(two)).stdout).toContain("nothing to do, all 2");
  });

  it("needs no right to see templates where the file has none", async () => {
    writeFileSync(join(cwd, "budgets.yaml"), GROWTH);
    const forbidden = {
      type: "about:blank",
      title: "Not allowed",
      status: 403,
      detail: "not for this token",
    };
    const fetchWithout: typeof fetch = (input, init) =>
      String(input).endsWith("/budget-templates")
        ? Promise.resolve(Response.json(forbidden, { status: 403 }))
        : fetch(input, init);
    const { stdout } = await runCli(api, "budget plan budgets.yaml", { cwd, fetch: fetchWithout });
    expect(stdout).toContain("prod: 1 to create");
  });
});

describe("budget drift", () => {
  beforeEach(() => apply(GROWTH));

  it("is none after the file was applied", async () => {
    expect(await drift(GROWTH)).toMatchObject({
      exitCode: 0,
      stdout: "prod: no drift, all are as the file says\n",
    });
  });

  it("says what was changed by hand, by whom and why", async () => {
    await runCli(api, `budget update ${idOf("growth")} --amount 250 --reason 'quick fix'`);
    const { exitCode, stdout } = await drift(GROWTH);
    expect(exitCode).toBe(2);
    expect(stdout).toContain("prod: 1 is not as the file says (file → deployment)");
    expect(stdout).toMatch(/amount +\$100\.00 → \$250\.00/);
    expect(stdout).toMatch(/2026-11-22 12:00:00Z update by token1: quick fix/);
    const answer = JSON.parse((await drift(GROWTH, "--json")).stdout);
    expect(answer).toMatchObject({
      in_sync: false,
      differences: [
        {
          kind: "update",
          key: "growth",
          before: { amount: "250" },
          after: { amount: "100" },
          last_change: { by: "token1", reason: "quick fix" },
        },
      ],
    });
  });

  it("says what was deactivated, what is missing, and what is no longer in the file", async () => {
    await runCli(api, `budget deactivate ${idOf("growth")} --yes`);
    const missing = `${GROWTH}  - {key: sales, scope: 'team:sales', amount: 5, period: daily}\n`;
    const { exitCode, stdout } = await drift(missing);
    expect(exitCode).toBe(2);
    expect(stdout).toContain(`growth  ${idOf("growth")} is deactivated`);
    expect(stdout).toContain("sales  is missing");
    await runCli(api, `budget reactivate ${idOf("growth")}`);
    expect((await drift("name: prod\n")).stdout).toContain(`growth  ${idOf("growth")} is not in the file`);
  });

  it("notes budgets beside the file and increases for a while, which are no drift", async () => {
    await runCli(api, "budget create --scope team:growth --amount 7 --period daily --name by-hand");
    await runCli(api, `budget increase ${idOf("growth")} --amount 20 --for 12h --reason launch`);
    const { exitCode, stdout } = await drift(GROWTH);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('note: team:growth has another budget beside the file: "by-hand" $7.00 daily');
    expect(stdout).toContain("note: growth has $20.00 more until 2026-11-23 00:00:00Z, by token1");
  });
});
