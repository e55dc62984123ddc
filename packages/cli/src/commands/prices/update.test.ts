import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOW, runCli } from "../../testing/run-cli.ts";

let api: MemoryApi;
let cwd: string;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
  cwd = mkdtempSync(join(tmpdir(), "update-"));
});
afterEach(() => {
  rmSync(cwd, { recursive: true });
  return api.close();
});

function difference(fields: object) {
  return {
    kind: "changed",
    provider: "openai",
    model: "gpt-4o",
    unit: "input",
    when: null,
    before: "2.5",
    after: "2",
    from: "2026-12-01T00:00:00.000Z",
    ...fields,
  };
}

function answer(differences: readonly { kind: string }[], applied = false, warnings: readonly string[] = []) {
  const of = (kind: string) => differences.filter((one) => one.kind === kind).length;
  const summary = { added: of("added"), changed: of("changed"), withdrawn: of("withdrawn") };
  api.answerNext({ status: 200, body: { differences, summary, warnings, applied } });
}

function write(name: string, content: unknown) {
  writeFileSync(join(cwd, name), typeof content === "string" ? content : JSON.stringify(content));
}

const openai = { provider: "openai", models: [] };
const own = { provider: "in_house", models: [] };

describe("prices update from a file", () => {
  it("shows changes, withdrawals and additions, and writes nothing", async () => {
    write("prices.json", openai);
    answer([
      difference({}),
      difference({ kind: "withdrawn", unit: "output", before: "12", after: null }),
      difference({
        kind: "added",
        model: "gpt-9",
        before: null,
        after: "1",
        from: null,
        when: { tier: "batch" },
      }),
    ]);
    const { stdout, stderr } = await runCli(api, "prices update --from prices.json", { cwd });
    expect(api.requests.map(({ body }) => body)).toEqual([
      { format: "price-file", data: openai, dry_run: true },
    ]);
    expect(stdout).toMatch(
      /Changes\n.*old +new +by +from\nopenai\/gpt-4o +input +\$2\.50 +\$2\.00 +-20 % +2026-12-01\n/,
    );
    expect(stdout).toMatch(/Withdrawals\n.*\nopenai\/gpt-4o +output +\$12\.00 +2026-12-01\n/);
    expect(stdout).toMatch(/Additions\n.*\nopenai\/gpt-9 +input +tier batch +\$1\.00\n/);
    expect(stdout).toContain("1 changed, 1 withdrawn, 1 added\n");
    expect(stderr).toContain(
      "Nothing was written. To take them over: ai-usage prices update --from prices.json --apply",
    );
  });

  it("sends one provider at a time, and adds up what comes back", async () => {
    write("prices.json", { providers: [openai, own] });
    answer([difference({})], true);
    answer([difference({ provider: "in_house", kind: "added", before: null })], true);
    const { stdout, stderr } = await runCli(api, "prices update --from prices.json --apply --json", { cwd });
    expect(api.requests.map(({ body }) => body)).toEqual([
      { format: "price-file", data: openai, dry_run: false },
      { format: "price-file", data: own, dry_run: false },
    ]);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({
      differences: [{ provider: "openai" }, { provider: "in_house" }],
      summary: { added: 1, changed: 1, withdrawn: 0 },
      applied: true,
    });
  });

  it("says what was written, and where a failure came", async () => {
    write("prices.json", { providers: [openai, own] });
    answer([difference({})], true);
    answer([], false);
    expect((await runCli(api, "prices update --from prices.json --apply", { cwd })).stdout).toContain(
      "1 changed, 0 withdrawn, 0 added: written as prices of your own",
    );
    answer([difference({})], true);
    api.answerNext({ status: 500, body: {} });
    const broken = await runCli(api, "prices update --from prices.json --apply", { cwd });
    expect(broken.exitCode).toBe(1);
    expect(broken.stderr).toContain("This happened at in_house; those before it are written.");
  });

  it("goes on after a provider that is refused, and fails in the end", async () => {
    write("prices.json", { providers: [openai, own] });
    const problem = { type: "about:blank", title: "Bad request", status: 400, detail: "data has no models" };
    api.answerNext({ status: 400, body: problem });
    answer([difference({ provider: "in_house" })]);
    const { exitCode, stdout, stderr } = await runCli(api, "prices update --from prices.json", { cwd });
    expect(exitCode).toBe(1);
    expect(stdout).toContain("in_house/gpt-4o");
    expect(stderr).toContain(
      "error: the prices of these providers were refused\nopenai: data has no models\n",
    );
  });

  it("does not call refused prices the ones in force", async () => {
    write("prices.json", openai);
    const problem = { type: "about:blank", title: "Bad request", status: 400, detail: "data has no models" };
    api.answerNext({ status: 400, body: problem });
    const { exitCode, stdout, stderr } = await runCli(api, "prices update --from prices.json", { cwd });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain("openai: data has no models");
  });

  it("takes one provider of several", async () => {
    write("prices.json", { providers: [openai, own] });
    answer([]);
    const { stdout } = await runCli(api, "prices update --from prices.json --provider in_house", { cwd });
    expect(api.requests).toHaveLength(1);
    expect(stdout).toContain("No difference");
  });

  it("notes what could not be taken over", async () => {
    write("prices.json", openai);
    answer([], false, ["openai/free: left out, for it has no price"]);
    const { stderr } = await runCli(api, "prices update --from prices.json", { cwd });
    expect(stderr).toBe("openai/free: left out, for it has no price\n");
  });

  it("shows as many of each kind as asked for", async () => {
    write("prices.json", openai);
    answer(Array.from({ length: 5 }, (_, index) => difference({ model: `m${index}` })));
    const { stdout } = await runCli(api, "prices update --from prices.json --top 2", { cwd });
    expect(stdout).toContain("openai/m1");
    expect(stdout).not.toContain("openai/m2");
    expect(stdout).toContain("… and 3 more");
  });

  it.each([
    ["a file that is not there", undefined, "cannot be read"],
    ["what is no JSON", "prices:", "is not JSON"],
    ["a file without a provider", { models: [] }, "names no provider"],
    [
      "a list with one that has none",
      { providers: [openai, {}] },
      "prices.json, providers[1] names no provider",
    ],
  ])("refuses %s", async (_, content, message) => {
    if (content !== undefined) write("prices.json", content);
    const { exitCode, stderr } = await runCli(api, "prices update --from prices.json", { cwd });
    expect(stderr).toContain(message);
    expect({ exitCode, requests: api.requests.length }).toEqual({ exitCode: 2, requests: 0 });
  });

  it("refuses a provider that is not in it", async () => {
    write("prices.json", { providers: [openai, own] });
    const { exitCode, stderr } = await runCli(api, "prices update --from prices.json --provider xai", {
      cwd,
    });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: "error: prices.json has no prices of xai, but of openai, in_house\n",
    });
  });
});

describe("prices update from the installed package", () => {
  function install(source: string) {
    const folder = join(cwd, "node_modules/@pydantic/genai-prices");
    mkdirSync(folder, { recursive: true });
    const about = { name: "@pydantic/genai-prices", version: "9.9.9", type: "module", module: "./list.js" };
    writeFileSync(join(folder, "package.json"), JSON.stringify(about));
    writeFileSync(join(folder, "list.js"), source);
  }

  it("sends the providers that are taken over, each with the package's version", async () => {
    install(`
      const providers = [{ id: "openai", models: [1] }, { id: "openrouter", models: [] }, { id: "x-ai", models: [] }];
      export const findProvider = ({ providerId }) => providers.find(({ id }) => id.includes(providerId));
    `);
    answer([difference({})]);
    answer([]);
    mkdirSync(join(cwd, "deep/down"), { recursive: true });
    const { stderr } = await runCli(api, "prices update --from package", { cwd: join(cwd, "deep/down") });
    expect(api.requests.map(({ body }) => body)).toEqual([
      {
        format: "genai-prices",
        data: { version: "9.9.9", providers: [{ id: "openai", models: [1] }] },
        dry_run: true,
      },
      {
        format: "genai-prices",
        data: { version: "9.9.9", providers: [{ id: "x-ai", models: [] }] },
        dry_run: true,
      },
    ]);
    expect(stderr).toContain("ai-usage prices update --from package --apply");
    answer([]);
    await runCli(api, "prices update --from package --provider xai", { cwd });
    expect(api.requests.at(-1)?.body).toMatchObject({ data: { providers: [{ id: "x-ai" }] } });
  });

  it("says that it is not installed, and what to do", async () => {
    const { exitCode, stderr } = await runCli(api, "prices update --from package", { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`@pydantic/genai-prices is not installed in ${cwd}: run \`npm install`);
  });

  it("says that it is not what it was", async () => {
    install("export const prices = 1;");
    const { exitCode, stderr } = await runCli(api, "prices update --from package", { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("@pydantic/genai-prices 9.9.9 cannot be read");
  });
});
