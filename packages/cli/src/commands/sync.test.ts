import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { httpTransport, startDelivery } from "@ai-usage/tracker";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOW, runCli } from "../testing/run-cli.ts";

let api: MemoryApi;
let directory: string;
beforeEach(async () => {
  // By the clock that the answers show.
  api = await startMemoryApi(() => NOW);
  directory = mkdtempSync(join(tmpdir(), "cli-sync-"));
});
afterEach(async () => {
  await api.close();
  rmSync(directory, { recursive: true });
});

const line = (id: string, fields: object = {}) =>
  JSON.stringify({ request_id: id, service: "openai", operation: "chat", timestamp: NOW, ...fields });

/** A spool as a tracker leaves it whose process is no more. */
async function spoolOf(...lines: readonly string[]): Promise<void> {
  const delivery = startDelivery({
    transport: httpTransport({ apiUrl: api.url, token: "wrong" }),
    spoolDirectory: directory,
  });
  for (const one of lines) delivery.add(one);
  await delivery.close();
  const [place = ""] = readdirSync(directory);
  for (const owner of readdirSync(join(directory, place)).filter((name) => name !== "destination")) {
    // No process has this number.
    const ended = owner.replace(/\.\d+\./, `.${2 ** 30}.`);
    renameSync(join(directory, place, owner), join(directory, place, ended));
  }
}

const posted = () => api.requests.filter(({ method }) => method === "POST");

describe("sync of a spool", () => {
  it("sends what ended processes left, once", async () => {
    await spoolOf(line("a"), line("b"));
    expect(await runCli(api, `sync --directory ${directory}`)).toMatchObject({
      exitCode: 0,
      stdout: "2 delivered\n",
      stderr: "",
    });
    expect([...api.ledger.metrics.keys()]).toEqual(["a", "b"]);
    const again = await runCli(api, "sync", { env: { AI_USAGE_SPOOL_DIR: directory } });
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("nothing waits in") });
  });

  it("tells what is refused, with the reason, and delivers the rest", async () => {
    await spoolOf(line("a", { input_tokens: -1 }), line("b"));
    const { exitCode, stdout, stderr } = await runCli(api, `sync --directory ${directory}`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "1 delivered\n" });
    expect(stderr).toContain("1 were refused\n  input_tokens must be");
  });

  it("keeps all when the token is not accepted", async () => {
    await spoolOf(line("a"));
    const env = { AI_USAGE_TOKEN: "aiu_wrong" };
    const refused = await runCli(api, `sync --directory ${directory}`, { env });
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain("the token was not accepted: it is wrong, expired or revoked; 1 wait");
    expect(api.ledger.metrics.size).toBe(0);
  });

  it("names other destinations that there are spools for", async () => {
    await spoolOf(line("a"));
    const other = await startMemoryApi(() => NOW);
    const { exitCode, stderr } = await runCli(other, `sync --directory ${directory}`);
    await other.close();
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`There is a spool for ${api.url}`);
  });

  it("says as JSON how all stands", async () => {
    await spoolOf(line("a"));
    const { stdout, stderr } = await runCli(api, `sync --directory ${directory} --json`, { terminal: true });
    expect(JSON.parse(stdout)).toMatchObject({
      delivered: 1,
      rejected: 0,
      torn: 0,
      waiting: 0,
      running: 0,
      elsewhere: [],
    });
    expect(stderr).toBe("\r1 sent\n");
  });
});

describe("sync of a file", () => {
  const file = (text: string) => {
    writeFileSync(join(directory, "metrics.jsonl"), text);
    return `sync --file ${join(directory, "metrics.jsonl")}`;
  };

  it("sends its lines, passes over half-written ones, and counts once what is given twice", async () => {
    const args = file(`${line("a")}\n${line("b").slice(0, 30)}\n${line("c")}\n`);
    const first = await runCli(api, args);
    expect(first).toMatchObject({ exitCode: 0, stdout: "2 delivered\n" });
    expect(first.stderr).toBe("1 half-written lines were passed over\n");
    expect(await runCli(api, args)).toMatchObject({ exitCode: 0, stdout: "2 delivered\n" });
    expect([...api.ledger.metrics.keys()]).toEqual(["a", "c"]);
  });

  it("reads standard input", async () => {
    expect(await runCli(api, "sync --file -", { stdin: line("a") })).toMatchObject({ exitCode: 0 });
    expect(api.ledger.metrics.size).toBe(1);
  });

  it("says when there is nothing in it", async () => {
    expect(await runCli(api, file(""))).toMatchObject({ exitCode: 0, stdout: "there was nothing to send\n" });
    expect(posted()).toEqual([]);
  });

  it("is 3 when the API cannot be reached", async () => {
    const gone = await startMemoryApi(() => NOW);
    await gone.close();
    const { exitCode, stderr } = await runCli(gone, file(line("a")));
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(
      /^error: http:\S+ cannot be reached: connect ECONNREFUSED [^;]*; 1 wait for the next time\n/,
    );
  });

  it.each([
    ["sync --file none.jsonl", "none.jsonl cannot be read"],
    ["sync --file a --directory b", "cannot be used with option"],
  ])("refuses %s", async (args, message) => {
    const { exitCode, stderr } = await runCli(api, args);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });
});
