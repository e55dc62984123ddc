import type { BuildOptions } from "esbuild";

/** How the code of every function is bundled. */
export const bundleOptions = {
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
} satisfies BuildOptions;
