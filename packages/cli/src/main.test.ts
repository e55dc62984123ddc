import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProgram } from "./main.ts";
import { NOW, runCli } from "./testing/run-cli.ts";

let api: MemoryApi;
beforeAll(async () => {
  api = await startMemoryApi(() => NOW);
});
afterAll(() => api.close());

const ESCAPE = "\u001b[";
const REMOTE = { AI_USAGE_API_URL: "", AI_USAGE_TOKEN: "" };

describe("exit code", () => {
  it("is 0 when all was done, and for help and version", async () => {
    expect(await runCli(api, "health")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await runCli(api, "--help")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await runCli(api, "--version")).toMatchObject({ exitCode: 0, stdout: "0.1.0\n" });
  });

  it("is 1 when the request is refused, with what to do", async () => {
    const unknown = await runCli(api, "budget status bud_none");
    expect(unknown).toMatchObject({ exitCode: 1, stdout: "" });
    expect(unknown.stderr).toContain("there is no such budget");
    const refused = await runCli(api, "budget list", { env: { AI_USAGE_TOKEN: "aiu_wrong" } });
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/token was not accepted.*\n.*AI_USAGE_TOKEN/);
  });

  it.each([
    ["report --days none", "'--days <n>' argument 'none' is invalid"],
    ["report --days 3 --from 2026-11-01", "cannot be used with option '--from <day>'"],
    ["report --from 2026-11-23", "is after today"],
    ["report --tz Mars/Olympus", "IANA time zone"],
    ["report --group-by model,colour", "must be a comma list of day, hour"],
    ["report --frm 2026-11-01", "Did you mean --from?"],
    ["budget create --scope team --amount 5 --period daily", "dimension:value"],
    ["budget create --scope global:all --amount 1e5 --period daily", "plain decimal"],
    ["budget create --scope global:all --amount 5 --period fortnightly", "Allowed choices are minutely"],
    ["tokens create --name x --role owner", "ingest, read, admin"],
    ["tokens create --name x --role read --expires-in soon", "90d"],
    ["events --service openai", "give --service with --date"],
    ["record --service openai", "give --service and --operation"],
    ["record - --service openai", "every field comes from standard input"],
    ["record calls.json", "Allowed choices are -"],
    [
      "budget create --scope global:all --amount 5 --period daily --threshold lots",
      "comma list of percentages or amounts",
    ],
    ["budget create --scope global:all --amount 5 --period daily --spike 4", "times,dollars"],
    ["alerts list --state new", "open, acknowledged, resolved"],
    ["spend", "unknown command 'spend'"],
  ])("is 2 for %s", async (args, message) => {
    const { exitCode, stdout, stderr } = await runCli(api, args);
    expect(stderr).toContain(message);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  });

  it("is 3 when the API cannot be reached or none is known", async () => {
    const gone = await startMemoryApi(() => NOW);
    await gone.close();
    const unreachable = await runCli(gone, "health");
    expect(unreachable).toMatchObject({ exitCode: 3, stdout: "" });
    expect(unreachable.stderr).toMatch(/cannot be reached.*\nCheck AI_USAGE_API_URL/);
    const unknown = await runCli(api, "health", { env: REMOTE });
    expect(unknown.exitCode).toBe(3);
    expect(unknown.stderr).toContain("npm start");
  });
});

describe("connection", () => {
  it("is that of the local stack in a directory above", async () => {
    const root = mkdtempSync(join(tmpdir(), "cli-"));
    mkdirSync(join(root, ".ai-usage"));
    mkdirSync(join(root, "deep", "down"), { recursive: true });
    const local = { api_url: api.url, tokens: { admin: api.token } };
    writeFileSync(join(root, ".ai-usage", "local.json"), JSON.stringify(local));
    const { exitCode } = await runCli(api, "budget list", { env: REMOTE, cwd: join(root, "deep", "down") });
    rmSync(root, { recursive: true });
    expect(exitCode).toBe(0);
  });
});

describe("output", () => {
  it("has colours on a terminal alone, and not under NO_COLOR", async () => {
    const args = "budget create --scope global:all --amount 5 --period daily";
    expect((await runCli(api, args)).stdout).not.toContain(ESCAPE);
    expect((await runCli(api, args, { terminal: true })).stdout).toContain(ESCAPE);
    const plain = await runCli(api, args, { terminal: true, env: { NO_COLOR: "1" } });
    expect(plain.stdout).not.toContain(ESCAPE);
  });

  it("is JSON and nothing else with --json", async () => {
    for (const args of ["health", "budget list", "budget status", "alerts list", "tokens list", "report"]) {
      const { stdout, stderr } = await runCli(api, `${args} --json`, { terminal: true });
      expect(stderr).toBe("");
      expect(JSON.parse(stdout), args).toBeTypeOf("object");
    }
  });
});

describe("help", () => {
  const commands: [string, Command][] = [];
  const collect = (command: Command, path: string) => {
    commands.push([path, command]);
    for (const one of command.commands)
      if (one.name() !== "help") collect(one, `${path} ${one.name()}`.trim());
  };
  collect(
    createProgram({
      io: { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
      env: {},
      cwd: "/",
      clock: () => NOW,
      randomId: () => "id",
    }),
    "",
  );

  it.each(commands.map(([path]) => path))("of '%s' has examples and the exit codes", async (path) => {
    const { exitCode, stdout } = await runCli(api, `${path} --help`);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Examples:\n  ai-usage ${path}`);
    expect(stdout).toContain("Exit codes:");
  });

  it("is on every leaf with --json", () => {
    const leaves = commands.filter(([, command]) => command.commands.length === 0);
    expect(leaves.map(([path]) => path)).toHaveLength(55);
    for (const [path, command] of leaves) {
      expect(
        command.options.map(({ long }) => long),
        path,
      ).toContain("--json");
    }
  });
});
