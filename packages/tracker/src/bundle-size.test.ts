import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";

const APPLICATION = `
  import { createTracker, withUsageContext } from "./index.ts";
  const tracker = createTracker();
  const client = tracker.wrap(globalThis.client);
  withUsageContext({ team: "growth" }, () => client.ask()).then(() => tracker.flush());
`;

/** An application's part that is ours, as a bundler that splits code at dynamic imports makes it. */
async function bundled() {
  const { metafile, outputFiles } = await build({
    stdin: { contents: APPLICATION, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    ...{ bundle: true, minify: true, splitting: true, write: false, metafile: true, legalComments: "none" },
    ...{ format: "esm", platform: "node", target: "node20", outdir: "/bundled" },
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [path.split("/").at(-1), text]));
  const textOf = (file: string) => texts.get(file.split("/").at(-1)) ?? "";
  return { outputs: metafile.outputs, textOf };
}

let bundle: Awaited<ReturnType<typeof bundled>>;
beforeAll(async () => {
  bundle = await bundled();
});

function outputOf(entry: RegExp): string {
  const found = Object.entries(bundle.outputs).find(([, { entryPoint = "" }]) => entry.test(entryPoint));
  if (found === undefined) throw new Error(`there is no output of ${entry}`);
  return found[0];
}

/** The file with all that it cannot be without. */
function closure(file: string, seen = new Set<string>()): Set<string> {
  const output: Metafile["outputs"][string] | undefined = bundle.outputs[file];
  if (output === undefined || seen.has(file)) return seen;
  seen.add(file);
  for (const { path, kind } of output.imports) if (kind === "import-statement") closure(path, seen);
  return seen;
}

function gzipBytes(...files: readonly string[]): number {
  const all = new Set(files.flatMap((file) => [...closure(file)]));
  return gzipSync([...all].map(bundle.textOf).join("\n"), { level: 9 }).length;
}

describe("what the tracker adds to an application, minified and compressed", () => {
  it.each([
    ["OpenAI", /openai\/endpoints\.ts$/],
    ["Anthropic", /anthropic\/messages\.ts$/],
    ["Google", /google\/calls\.ts$/],
    ["Bedrock", /bedrock\/calls\.ts$/],
  ])("is at most 30 kB with what reads the calls of %s", (_, entry) => {
    expect(gzipBytes(outputOf(/^<stdin>$/), outputOf(entry))).toBeLessThanOrEqual(30_000);
  });

  it("has no part of providers that are not used", () => {
    const loaded = [...closure(outputOf(/^<stdin>$/))].flatMap((file) =>
      Object.keys(bundle.outputs[file]?.inputs ?? {}),
    );
    expect(loaded.length).toBeGreaterThan(50);
    expect(
      loaded.filter((file) => /normalize\/(openai|anthropic|gemini|bedrock)|calls\.ts$/.test(file)),
    ).toEqual([]);
  });
});
