import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { run } from "@ai-usage/cli";
import { instantFromEpochMs } from "@ai-usage/core";
import { listBudgetChanges, listBudgets, listTemplates } from "@ai-usage/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newTokens } from "../support/bad-input.ts";
import { newTable, type TestTable } from "../support/engine.ts";
import { fetchThrough, type Gateway, openGateway } from "../support/gateway.ts";

// The command line speaks to the functions that would be deployed, over what API Gateway does between them.

let table: TestTable;
let gateway: Gateway;
let tokens: Awaited<ReturnType<typeof newTokens>>;

beforeAll(async () => {
  table = await newTable();
  gateway = await openGateway(table);
  tokens = await newTokens(table);
});
afterAll(() => table.drop());

/** Runs the command with a file on standard input. */
async function budget(command: string, file: string, token = tokens.admin) {
  const [out, err]: [string[], string[]] = [[], []];
  const exitCode = await run(["budget", ...command.split(" ")], {
    io: {
      stdin: Readable.from([file]),
      stdout: { write: (text) => out.push(text) },
      stderr: { write: (text) => err.push(text) },
    },
    env: { AI_USAGE_API_URL: "https://api.example.com", AI_USAGE_TOKEN: token },
    cwd: "/",
    clock: () => instantFromEpochMs(Date.now()),
    randomId: () => "id",
    fetch: fetchThrough(gateway),
    retryDelayMs: 1,
  });
  return { exitCode, out: out.join(""), err: err.join("") };
}

const example = readFileSync(new URL("../../docs/snippets/budgets.yaml", import.meta.url), "utf8");
const stored = async () => (await listBudgets(table, { limit: 100 })).items;

describe("budgets as code, over HTTP", () => {
  it("are made once, whatever is applied again, and are then as the file says", async () => {
    expect((await budget("plan - --detailed-exitcode", example)).exitCode).toBe(2);
    const applied = await budget("apply - --yes", example);
    expect(applied).toMatchObject({ exitCode: 0, err: "" });
    expect(applied.out).toContain("production: 4 to create");
    expect((await budget("apply - --yes", example)).out).toContain("nothing to do, all 4");
    expect(await budget("drift -", example)).toMatchObject({ exitCode: 0 });
    expect(await stored()).toHaveLength(3);
    expect(await listTemplates(table)).toHaveLength(1);
  });

  it("tell what was changed by hand, and set it right", async () => {
    const growth = (await stored()).find(({ managedKey }) => managedKey === "growth");
    await budget(`update ${growth?.budgetId} --amount 1 --no-rollover --reason oops`, "");
    const drifted = await budget("drift -", example);
    expect(drifted.exitCode).toBe(2);
    expect(drifted.out).toMatch(/amount +\$800\.00 → \$1\.00/);
    expect(drifted.out).toContain("update by admin: oops");
    await budget("apply - --yes --reason again", example);
    expect(await budget("drift -", example)).toMatchObject({ exitCode: 0 });
    const { items } = await listBudgetChanges(table, growth?.budgetId ?? "", { limit: 5 });
    expect(items.map(({ kind, reason }) => [kind, reason])).toEqual([
      ["update", "again"],
      ["update", "oops"],
      ["create", "budgets as code: production"],
    ]);
  });

  it("are replaced by another period and back again, and ended with the file", async () => {
    const daily = example.replace("period: monthly", "period: daily");
    expect((await budget("apply - --yes", daily)).out).toContain("1 to replace");
    expect(await budget("drift -", daily)).toMatchObject({ exitCode: 0 });
    expect((await budget("apply - --yes", example)).out).toContain("1 to take up again, 1 to deactivate");
    expect(await budget("drift -", example)).toMatchObject({ exitCode: 0 });
    await budget("apply - --yes", "name: production\n");
    expect((await stored()).filter(({ active }) => active)).toEqual([]);
    expect((await listTemplates(table)).filter(({ active }) => active)).toEqual([]);
  });

  it("of a team are kept by a token of the team", async () => {
    const file = "name: growth\nbudgets: [{scope: 'team:growth', amount: 5, period: daily}]\n";
    expect((await budget("apply - --yes", file, tokens.growth)).out).toContain("created team:growth daily");
    expect(await budget("drift -", file, tokens.growth)).toMatchObject({ exitCode: 0 });
    const others = file.replace("team:growth", "team:sales");
    expect(await budget("apply - --yes", others, tokens.growth)).toMatchObject({ exitCode: 1 });
  });
});
