import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DockerImage } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { buildSync } from "esbuild";

export const functionNames = [
  "ingest",
  "api",
  "authorizer",
  "rollup",
  "budget-watch",
  "notify",
  "first-token",
] as const;
export type FunctionName = (typeof functionNames)[number];

/** Where `<name>/handler.ts` of each function lies. */
export const lambdasDirectory = fileURLToPath(new URL("../lambdas", import.meta.url));

/** A file that a function reads at run time. */
export interface BundledFile {
  readonly path: string;
  /** What it is called beside `index.mjs`. */
  readonly name: string;
}

/** The code of one function: `index.mjs`, and beside it the file it is given. */
export function lambdaBundle(name: FunctionName, directory: string, file?: BundledFile): Code {
  const contents = new Map([["index.mjs", bundleOf(name, directory)]]);
  if (file !== undefined) contents.set(file.name, readFileSync(file.path));
  return Code.fromAsset(join(directory, name), {
    assetHash: hashOf(contents),
    bundling: {
      // The type asks for an image; it is never pulled, since bundling on this machine always succeeds.
      image: DockerImage.fromRegistry("unused"),
      local: {
        tryBundle(outputDirectory: string): boolean {
          for (const [fileName, bytes] of contents) writeFileSync(join(outputDirectory, fileName), bytes);
          return true;
        },
      },
    },
  });
}

function hashOf(contents: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash("sha256");
  for (const [fileName, bytes] of contents) hash.update(`${fileName}\0${bytes.length}\0`).update(bytes);
  return hash.digest("hex");
}

const bundled = new Map<string, ReadonlyMap<string, Uint8Array>>();

function bundleOf(name: FunctionName, directory: string): Uint8Array {
  const bundles = bundled.get(directory) ?? bundleAll(directory);
  bundled.set(directory, bundles);
  const bytes = bundles.get(name);
  if (bytes === undefined) throw new Error(`esbuild made no bundle of ${name}`);
  return bytes;
}

// One esbuild call for all functions, once per process: an app of several stacks, or a run of tests, bundles once.
function bundleAll(directory: string): ReadonlyMap<string, Uint8Array> {
  const { outputFiles } = buildSync({
    entryPoints: functionNames.map((name) => ({ in: join(directory, name, "handler.ts"), out: name })),
    outdir: ".",
    write: false,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    mainFields: ["module", "main"],
    // ESM has no `require`, which CommonJS dependencies call for Node's own modules.
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    minify: true,
    // Stack traces in the logs name functions and errors as the source does.
    keepNames: true,
    legalComments: "none",
    logLevel: "silent",
  });
  return new Map(outputFiles.map(({ path, contents }) => [basename(path, ".js"), contents]));
}
