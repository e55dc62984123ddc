import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTracker } from "../../scripts/build-tracker.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
let application: string;
let installed: string;

/** An application that has nothing but the package. */
beforeAll(async () => {
  application = mkdtempSync(join(tmpdir(), "ai-usage-package-"));
  installed = join(application, "node_modules", "@ai-usage", "tracker");
  mkdirSync(join(application, "node_modules", "@ai-usage"), { recursive: true });
  await buildTracker(installed);
});
afterAll(() => rmSync(application, { recursive: true, force: true }));

function run(file: string, code: string) {
  writeFileSync(join(application, file), code);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(application, file)], {
    encoding: "utf8",
    cwd: application,
    env: { PATH: process.env.PATH, TMPDIR: application },
  });
  return { status, stdout: stdout.trim(), stderr };
}

/** Two calls, from two copies of the code: the context is one, and both are recorded where they were made. */
const WORK = `
  const metrics = memoryTransport();
  const tracker = createTracker({ transport: metrics, spoolDirectory: false });
  const call = tracker.track({ service: "acme", operation: "ask" }, async () => "answer");
  withUsageContext({ team: "growth" }, call)
    .then(() => tracker.close())
    .then(() => console.log(JSON.stringify(metrics.metrics.map(({ service, team }) => ({ service, team })))));
`;
const NAMES = "createTracker, memoryTransport, withUsageContext";

describe("the package that applications install", () => {
  it.each([
    ["import", "works.mjs", `import { ${NAMES} } from "@ai-usage/tracker";${WORK}`],
    ["require", "works.cjs", `const { ${NAMES} } = require("@ai-usage/tracker");${WORK}`],
  ])("works by %s", (_, file, code) => {
    expect(run(file, code)).toMatchObject({
      status: 0,
      stdout: JSON.stringify([{ service: "acme", team: "growth" }]),
    });
  });

  it("has one context for all of a process, however it was loaded", () => {
    const { stdout, stderr } = run(
      "both.mjs",
      `import { withUsageContext } from "@ai-usage/tracker";
       import { createRequire } from "node:module";
       const { currentUsageContext } = createRequire(import.meta.url)("@ai-usage/tracker");
       withUsageContext({ team: "growth" }, () => console.log(currentUsageContext().team));`,
    );
    expect([stdout, stderr]).toEqual(["growth", ""]);
  });

  it.each([
    ["import", "table.mjs", (names: string, from: string) => `import { ${names} } from "${from}";`],
    ["require", "table.cjs", (names: string, from: string) => `const { ${names} } = require("${from}");`],
  ])("says by %s what is missing to write to a table", (_, file, load) => {
    const { stdout, stderr } = run(
      file,
      `${load("createTracker", "@ai-usage/tracker")}
       ${load("dynamoDBTransport", "@ai-usage/tracker/dynamodb")}
       const onProblem = ({ kind, error }) => kind === "delivery" && console.log(error.reason, error.message);
       const tracker = createTracker({ transport: dynamoDBTransport({ tableName: "usage" }), onProblem });
       tracker.track({ service: "acme", operation: "ask" }, () => "answer")();
       tracker.close();`,
    );
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^misconfigured @aws-sdk\/client-dynamodb and .* install them$/);
  });

  it("needs no other package", () => {
    const {
      dependencies = {},
      peerDependencies,
      peerDependenciesMeta,
    } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    expect(dependencies).toEqual({});
    for (const peer of Object.keys(peerDependencies))
      expect(peerDependenciesMeta[peer]).toEqual({ optional: true });
  });

  it("has types for both ways, and for every entry", () => {
    const { exports } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    const entries = Object.keys(exports).map((entry) => `@ai-usage/tracker${entry.slice(1)}`);
    const code = [
      ...entries.map((entry, index) => `import * as entry${index} from "${entry}";`),
      `import { createTracker, type Tracker, type UsageContext } from "@ai-usage/tracker";`,
      `const context: UsageContext = { team: "growth" };`,
      `export const tracker: Tracker = createTracker({ defaults: context });`,
      "class Client { ask(question: string): number { return question.length; } }",
      "export const wrapped: Client = tracker.wrap(new Client());",
      `// @ts-expect-error a team is text`,
      `createTracker({ defaults: { team: 7 } });`,
      `export const all = [${entries.map((_, index) => `entry${index}`).join(", ")}];`,
    ].join("\n");
    for (const file of ["types.mts", "types.cts"]) writeFileSync(join(application, file), code);
    const config = {
      compilerOptions: {
        ...{
          module: "node16",
          target: "es2022",
          strict: true,
          noEmit: true,
          skipLibCheck: true,
          types: ["node"],
        },
        typeRoots: [join(root, "node_modules", "@types")],
        // What the integrations are for is the application's own, so it is there for those that it uses.
        ...{ paths: { "*": [join(root, "node_modules", "*")] } },
      },
      files: ["types.mts", "types.cts"],
    };
    writeFileSync(join(application, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "--project", application], { encoding: "utf8" });
    expect(stdout).toBe("");
  });

  it("holds nothing of the workspace's tests", () => {
    const files = readdirSync(join(installed, "esm"));
    expect(files).toContain("index.d.ts");
    expect(files.filter((name) => name.startsWith("testing"))).toEqual([]);
  });
});
