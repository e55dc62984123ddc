import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { synthesize } from "./synthesized.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "ai-usage-app-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs Node in the repository, with no AWS account to be found anywhere. */
function node(args: readonly string[], environment: Record<string, string> = {}) {
  return promisify(execFile)(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: directory, ...environment },
  });
}

// A synthesis with all validation takes ten seconds on an idle machine.
const timeout = 300_000;

const app = ["--import", "tsx", "bin/ai-usage.ts"];

const templateIn = (assembly: string, stack: string): unknown =>
  JSON.parse(readFileSync(join(assembly, `${stack}.template.json`), "utf8"));

describe("cdk synth", () => {
  it("needs no account, passes all rules and writes the same bytes each time", {
    timeout: 120_000,
  }, async () => {
    const assembly = join(directory, "by-cli");
    const plain = ["--no-path-metadata", "--no-asset-metadata"];
    await node(["node_modules/aws-cdk/bin/cdk", "synth", "--quiet", ...plain, "--output", assembly]);
    expect(templateIn(assembly, "ai-usage-prod")).toEqual(synthesize().toJSON());
    const { pluginReports } = JSON.parse(readFileSync(join(assembly, "validation-report.json"), "utf8"));
    expect(pluginReports).toEqual([]);
  });
});

describe("the app", () => {
  it("runs without the CLI, with settings in the context", { timeout }, async () => {
    const assembly = join(directory, "alone");
    await node(app, {
      CDK_OUTDIR: assembly,
      CDK_VALIDATION: "false",
      CDK_CONTEXT_JSON: JSON.stringify({ settings: { stage: "test", retentionDays: 7 } }),
    });
    expect(templateIn(assembly, "ai-usage-test")).toEqual(
      synthesize({ stage: "test", retentionDays: 7 }).toJSON(),
    );
  });

  it("says what is wrong with its settings, and makes nothing", { timeout }, async () => {
    const assembly = join(directory, "nothing");
    const run = node(app, {
      CDK_OUTDIR: assembly,
      CDK_CONTEXT_JSON: JSON.stringify({ settings: { retentionDays: "long" } }),
    });
    await expect(run).rejects.toMatchObject({
      code: 1,
      stderr:
        "settings in the context cannot be used:\n" +
        "  - retentionDays must be a whole number of days from 1 to 3650\n",
    });
    expect(existsSync(join(assembly, "manifest.json"))).toBe(false);
  });
});
