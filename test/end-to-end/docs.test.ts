import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type AlertKind, alertKinds } from "@ai-usage/core";
import { type LocalStack, startLocalStack } from "@ai-usage/local";
import { type ProviderServer, startProviderServer } from "@ai-usage/tracker/testing";
import { alertDetailTypes, fromAlertEvent, toAlertEvent } from "@ai-usage/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { type DocPage, readDocPage, type Snippet } from "../support/doc-snippets.ts";
import { environmentOfProviders } from "../support/provider-environment.ts";
import { compileSnippets } from "../support/snippet-compiler.ts";
import { comparable, isRunnable, SnippetRunner } from "../support/snippet-runner.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string) => readFileSync(join(repository, file), "utf8");

const markdownIn = (folder: string): string[] =>
  readdirSync(join(repository, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));

const DECISIONS = join("docs", "decisions");
const folders = readdirSync(join(repository, "docs"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => join("docs", name))
  .filter((folder) => folder !== DECISIONS);
const guide = [".", "docs", ...folders].flatMap(markdownIn);
const pages = new Map<string, DocPage>(
  [...guide, ...markdownIn(DECISIONS)].map((file) => [file, readDocPage(read(file))]),
);
const pageOf = (file: string): DocPage => {
  const page = pages.get(file);
  if (page === undefined) throw new Error(`there is no page ${file}`);
  return page;
};

const directory = mkdtempSync(join(tmpdir(), "ai-usage-docs-"));
const assembly = join(directory, "cdk.out");
let stack: LocalStack;
let providers: ProviderServer;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  const home = join(directory, "home");
  mkdirSync(home);
  [stack, providers] = await Promise.all([startLocalStack({ ephemeral: true, home }), startProviderServer()]);
  env = {
    ...process.env,
    ...environmentOfProviders(providers),
    AI_USAGE_SPOOL_DIR: join(directory, "spool"),
    AI_USAGE_API_URL: stack.apiUrl,
    AI_USAGE_TOKEN: stack.tokens.admin,
    AI_USAGE_HOME: home,
    AI_USAGE_INGEST_FUNCTION: stack.ingestFunctionName,
    AWS_ENDPOINT_URL_LAMBDA: stack.lambdaEndpoint,
    AWS_PROFILE: undefined,
    AWS_REGION: "local",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    // The template is validated by its own tests; here it would take most of the time.
    CDK_VALIDATION: "false",
    CDK_OUTPUT: assembly,
    CDK_NOTICES: "false",
    CDK_DISABLE_CLI_TELEMETRY: "true",
    NODE_NO_WARNINGS: "1",
    // A command that is not installed is an error here, and no reason to ask a registry.
    npm_config_offline: "true",
    npm_config_update_notifier: "false",
  };
});

afterAll(async () => {
  await stack?.stop();
  await providers?.close();
  rmSync(directory, { recursive: true, force: true });
});

describe.each(guide)("%s", (file) => {
  const { snippets } = pageOf(file);
  const runner = new SnippetRunner({ repository, directory: join(directory, file.replaceAll("/", "-")) });
  let printed: string | undefined;

  it("says why of every block that is not run", () => {
    for (const { line, noRun } of snippets) expect(noRun ?? "none", `line ${line}`).not.toBe("");
  });

  it("holds JSON that is JSON", () => {
    for (const { line, text } of snippets.filter(({ language }) => language === "json")) {
      expect(() => JSON.parse(text), `line ${line}`).not.toThrow();
    }
  });

  const run = async (snippet: Snippet) => {
    // A reader is slower than the totals; the test waits for them.
    await stack.drained();
    const { exitCode, stdout, stderr } = await runner.run(snippet, env);
    expect(exitCode, `${stdout}${stderr}`).toBe(0);
    printed = stdout;
  };

  for (const snippet of snippets.filter((one) => isRunnable(one) || one.isAnswer)) {
    const { line, language, isAnswer, text } = snippet;
    if (isAnswer) {
      it(`line ${line} is what the block before it prints`, () => {
        expect(comparable(printed ?? "null")).toEqual(comparable(text));
      });
    } else {
      it(`line ${line} runs: ${language}`, async () => {
        printed = undefined;
        await run(snippet);
      });
    }
  }
});

describe.each([...pages.keys()])("links of %s", (file) => {
  const inside = pageOf(file).links.filter(({ target }) => !/^[a-z]+:/.test(target));

  it("lead to files and headings that exist", () => {
    for (const { line, target } of inside) {
      const [path = "", anchor] = target.split("#");
      const found = path === "" ? join(repository, file) : resolve(repository, dirname(file), path);
      expect(existsSync(found), `line ${line}: ${target}`).toBe(true);
      if (anchor === undefined) continue;
      const anchors = readDocPage(readFileSync(found, "utf8")).headings.map((heading) => heading.anchor);
      expect(anchors, `line ${line}: ${target}`).toContain(anchor);
    }
  });
});

describe("docs/README.md", () => {
  it("leads to every page of the guide", () => {
    const linked = pageOf("docs/README.md").links.map(({ target }) =>
      join("docs", target.split("#")[0] ?? ""),
    );
    expect(linked).toEqual(
      expect.arrayContaining(guide.filter((file) => file.startsWith("docs/") && file !== "docs/README.md")),
    );
  });
});

describe("docs/operations.md", () => {
  it("has a heading for every alarm of the template, and none for an alarm that there is not", async () => {
    const { headings } = pageOf("docs/operations.md");
    const first = headings.findIndex(({ anchor }) => anchor === "alarms") + 1;
    const last = headings.findIndex(({ level }, index) => index >= first && level <= 2);
    const written = headings.slice(first, last).map(({ anchor }) => anchor);
    expect(written.toSorted()).toEqual((await runbooksOfTemplate()).toSorted());
  });
});

/** Of the app as the guide synthesized it; or of one made here, when this test runs by itself. */
async function runbooksOfTemplate(): Promise<string[]> {
  if (!existsSync(assembly)) await synthesize();
  const templates = readdirSync(assembly).filter((name) => name.endsWith(".template.json"));
  const links = templates.flatMap((name) => [
    ...readFileSync(join(assembly, name), "utf8").matchAll(/docs\/operations\.md#([a-z0-9-]+)/g),
  ]);
  return [...new Set(links.map(([, anchor = ""]) => anchor))];
}

async function synthesize(): Promise<void> {
  const app = spawn(process.execPath, ["--import", "tsx", "bin/ai-usage.ts"], {
    cwd: repository,
    env: { ...env, CDK_OUTDIR: assembly },
    stdio: "ignore",
  });
  const exitCode = await new Promise((done, fail) => app.on("error", fail).on("close", done));
  expect(exitCode, "exit code of bin/ai-usage.ts").toBe(0);
}

const eventSchemas = {
  budget_threshold: "budget-threshold-crossed",
  budget_forecast: "budget-forecast",
  budget_recovered: "budget-recovered",
  cost_spike: "cost-spike",
  unpriced_model: "unpriced-model-seen",
} satisfies Record<AlertKind, string>;

describe.each(alertKinds.map((kind) => [alertDetailTypes[kind], eventSchemas[kind]] as const))(
  "docs/events.md, %s",
  (detailType, name) => {
    const example = pageOf("docs/events.md")
      .snippets.filter(({ language, isAnswer }) => language === "json" && !isAnswer)
      .map(({ text }) => JSON.parse(text))
      .find((value) => value["detail-type"] === detailType);
    const schema = JSON.parse(read(`docs/snippets/${name}.schema.json`));

    it("shows the event's detail as it is published", () => {
      const { detail } = example;
      expect(toAlertEvent(fromAlertEvent({ detailType, detail }))).toEqual({ detailType, detail });
    });

    it("has a schema that the detail fits, and that leaves nothing of it out", () => {
      expect(() => z.fromJSONSchema(schema).parse(example.detail)).not.toThrow();
      expect(() => z.fromJSONSchema(schema).parse({ ...example.detail, schema_version: "2" })).toThrow();
      expect(Object.keys(schema.properties)).toEqual(Object.keys(example.detail));
      const described = Object.keys(schema.properties.alert.properties);
      expect(described).toEqual(expect.arrayContaining(Object.keys(example.detail.alert)));
    });
  },
);

describe("the guide", () => {
  it("leaves no metric behind that has not been sent", () => {
    const spool = join(directory, "spool");
    const left = existsSync(spool) ? readdirSync(spool, { recursive: true, encoding: "utf8" }) : [];
    expect(left.filter((name) => name.endsWith(".jsonl"))).toEqual([]);
  });

  it("shows TypeScript that compiles", async () => {
    const blocks = join(directory, "compiled");
    expect(await compileSnippets({ repository, directory: blocks, pages })).toBe("");
  });

  it("names only files that exist", () => {
    const named = /`((?:packages|lambdas|lib|bin|test|docs|scripts)\/[\w./-]+\.\w+)`/g;
    for (const file of guide) {
      for (const [, name = ""] of read(file).matchAll(named)) {
        expect(existsSync(join(repository, name)), `${file}: ${name}`).toBe(true);
      }
    }
  });
});
