import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ai-usage-prices-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Never without `--check`: it would write into the checkout. */
function check(...parameters: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const script = [
    "--disable-warning=Warning",
    "--import",
    "tsx",
    "scripts/update-prices.ts",
    "--check",
    ...parameters,
  ];
  return new Promise((resolve) => {
    execFile(process.execPath, script, { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

/** A package like the installed one, whose provider data went through `change`, the body of a function of `provider`. */
function aPackage(name: string, change: string): string {
  const installed = pathToFileURL(join(root, "node_modules/@pydantic/genai-prices/dist/index.js")).href;
  const path = join(folder, name);
  mkdirSync(path);
  const description = {
    name: "@pydantic/genai-prices",
    version: "9.9.9",
    type: "module",
    module: "./index.js",
  };
  writeFileSync(join(path, "package.json"), JSON.stringify(description));
  writeFileSync(
    join(path, "index.js"),
    `import { findProvider as find } from ${JSON.stringify(installed)};
     const change = (provider) => { ${change} };
     export const findProvider = (options) => change(structuredClone(find(options)));`,
  );
  return path;
}

describe("prices:update", () => {
  it("finds no difference to the package that is installed", async () => {
    expect(await check()).toMatchObject({ code: 0, stdout: "No difference.\n" });
  });

  it("shows the difference to another package and ends with 1", async () => {
    const other = aPackage(
      "cheaper",
      `if (provider.id === "openai") provider.models.find(({ id }) => id === "gpt-4o").prices.input_mtok = 1.25;
       return provider;`,
    );
    const { code, stdout } = await check("--package", other);
    expect(stdout).toContain("1 change.");
    expect(stdout).toContain("| openai/gpt-4o | input per 1,000,000 | 2.5 | 1.25 | -50 % |  |  |");
    expect(code).toBe(1);
  });

  it("ends with 2 where a provider is gone, and says what to do", async () => {
    const without = aPackage("without-groq", `return provider.id === "groq" ? undefined : provider;`);
    expect(await check("--package", without)).toMatchObject({
      code: 2,
      stderr: "version 9.9.9 no longer lists groq: take it out of imported-providers.ts, with its file\n",
    });
  });

  it("ends with 2 where there is no such package", async () => {
    expect((await check("--package", join(folder, "nowhere"))).code).toBe(2);
    expect((await check("--package", root)).stderr).toMatch(/holds ai-usage, not @pydantic\/genai-prices/);
    expect((await check("--chek")).code).toBe(2);
  });
});

describe("weekly workflow", () => {
  const workflow = readFileSync(join(root, ".github/workflows/update-prices.yml"), "utf8");

  it("pins each action to a commit", () => {
    const actions = [...workflow.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !/@[0-9a-f]{40}$/.test(action ?? ""))).toEqual([]);
  });

  it("lets only the job that runs nothing downloaded write", () => {
    const [, importing = "", proposing = ""] = workflow.split(/^ {2}(?:import|propose):$/m);
    expect(importing).toMatch(/permissions:\n\s+contents: read\n\s+outputs/);
    expect(proposing).toMatch(/contents: write/);
    expect(proposing).not.toMatch(/npm|npx|node /);
    expect(workflow).toMatch(/^permissions: \{\}$/m);
  });
});
