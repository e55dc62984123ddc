import { basename, join } from "node:path";
import { build } from "esbuild";

/** As applications are deployed: many that each compile TypeScript would measure the compiler. @returns the file to run */
export async function bundleApplication(source: string, directory: string): Promise<string> {
  const outfile = join(directory, basename(source).replace(/\.ts$/, ".mjs"));
  await build({
    entryPoints: [source],
    ...{ outfile, bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "warning" },
    // Optional peers, which nothing there needs.
    external: ["@anthropic-ai/sdk", "@google/genai", "@aws-sdk/*", "gpt-tokenizer"],
  });
  return outfile;
}
