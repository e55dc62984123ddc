import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DockerImage } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { buildSync } from "esbuild";
import { bundleOptions } from "./bundle-options.ts";

export const functionNames = [
  "ingest",
  "api",
  "authorizer",
  "rollup",
  "budget-watch",
  "notify",
  "restate",
  "first-token",
  "apply-budgets",
] as const;
export type FunctionName = (typeof functionNames)[number];

/** Where `<name>/handler.ts` of each function lies. */
export const lambdasDirectory = fileURLToPath(new URL("../lambdas", import.meta.url));

const FILE_NAME = "index.mjs";

/** The code of one function. */
export function lambdaBundle(name: FunctionName, directory: string): Code {
  const bytes = bundleOf(name, directory);
  return Code.fromAsset(join(directory, name), {
    assetHash: createHash("sha256").update(bytes).digest("hex"),
    bundling: {
      // The type asks for an image; it is never pulled, since bundling on this machine always succeeds.
      image: DockerImage.fromRegistry("unused"),
      local: {
        tryBundle(outputDirectory: string): boolean {
          writeFileSync(join(outputDirectory, FILE_NAME), bytes);
          return true;
        },
      },
    },
  });
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
    ...bundleOptions,
  });
  return new Map(outputFiles.map(({ path, contents }) => [basename(path, ".js"), contents]));
}
