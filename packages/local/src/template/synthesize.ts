import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import * as z from "zod";
import { readJson } from "../home/files.ts";

/** Everything that can change what the app synthesizes. Tests and this runtime cannot. */
const SOURCES = [
  "bin",
  "lib",
  "lambdas",
  "packages",
  "docs/openapi.json",
  "package-lock.json",
  "cdk.json",
  "tsconfig.json",
];
/** Variables that the app takes settings from. */
const SETTINGS_VARIABLES = /^(DEFAULT_\w+_BUDGET|\w+_COST_LIMIT|ENABLE_\w+|EMAIL_\w+|ALERT_\w+|SLACK_\w+)$/;
const NOT_SOURCES = /(^|\/)(node_modules|cdk\.out)$|^packages\/local$|\.test\.ts$/;
const record = z.record(z.string(), z.unknown());
const KEPT_ASSEMBLIES = 3;

export interface SynthesisOptions {
  readonly repository: string;
  /** Assemblies are kept here, one directory per content hash, and never change once they are there. */
  readonly directory: string;
  /** The app's `settings`, laid over those of `cdk.json`. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly onSynthesis?: () => void;
}

/** Directory of the synthesized app, made anew only when something that it is made of has changed. */
export async function synthesize(options: SynthesisOptions): Promise<string> {
  const context = await appContext(options);
  const assembly = join(options.directory, await contentHash(options.repository, context));
  if (existsSync(join(assembly, "manifest.json"))) return assembly;

  options.onSynthesis?.();
  await mkdir(options.directory, { recursive: true });
  const unfinished = `${assembly}.${process.pid}.tmp`;
  try {
    await runApp(options.repository, unfinished, context);
    // Two starts may synthesize the same content at once: the second rename fails and either result will do.
    await rename(unfinished, assembly).catch((error: unknown) => {
      if (!existsSync(join(assembly, "manifest.json"))) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  await removeOldAssemblies(options.directory);
  return assembly;
}

/** The context that the CDK command line would hand to the app from `cdk.json`, with the local settings. */
async function appContext({ repository, settings }: SynthesisOptions): Promise<string> {
  const cdkJson = z
    .object({ context: record.default({}) })
    .parse((await readJson(join(repository, "cdk.json"))) ?? {});
  const declared = cdkJson.context.settings;
  const merged = {
    ...record
      .default({})
      .parse(typeof declared === "string" ? await readJson(resolve(repository, declared)) : declared),
    ...settings,
  };
  return JSON.stringify({ ...cdkJson.context, settings: merged });
}

async function contentHash(repository: string, context: string): Promise<string> {
  const variables = Object.entries(process.env)
    .filter(([name]) => SETTINGS_VARIABLES.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash("sha256")
    .update(JSON.stringify([context, variables]))
    .update(process.version);
  for (const source of SOURCES) {
    for (const file of await filesUnder(repository, resolve(repository, source))) {
      hash
        .update(relative(repository, file))
        .update("\0")
        .update(await readFile(file))
        .update("\0");
    }
  }
  return hash.digest("hex").slice(0, 16);
}

async function filesUnder(repository: string, path: string): Promise<string[]> {
  if (NOT_SOURCES.test(relative(repository, path))) return [];
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) return [];
  if (!info.isDirectory()) return [path];
  const names = (await readdir(path)).sort();
  return (await Promise.all(names.map((name) => filesUnder(repository, join(path, name))))).flat();
}

async function runApp(repository: string, directory: string, context: string): Promise<void> {
  const app = spawn(process.execPath, ["--import", "tsx", join("bin", "ai-usage.ts")], {
    cwd: repository,
    env: { ...process.env, CDK_OUTDIR: directory, CDK_VALIDATION: "false", CDK_CONTEXT_JSON: context },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  app.stdout.on("data", collect);
  app.stderr.on("data", collect);
  const code = await new Promise<number | null>((done, fail) => app.on("error", fail).on("close", done));
  if (code !== 0) throw new Error(`the app could not be synthesized (exit code ${code}):\n${output.trim()}`);
}

/** A running stack starts its functions from its assembly, so the newest few stay. */
async function removeOldAssemblies(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => /^[0-9a-f]{16}$/.test(name));
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(directory, name))).mtimeMs })),
  );
  const old = dated.sort((one, other) => other.at - one.at).slice(KEPT_ASSEMBLIES);
  await Promise.all(old.map(({ name }) => rm(join(directory, name), { recursive: true, force: true })));
}
