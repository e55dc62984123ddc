import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";

/** An application's part that is ours, as a bundler that splits code at dynamic imports makes it. */
export class Bundle {
  readonly #outputs: Metafile["outputs"];
  readonly #texts: ReadonlyMap<string | undefined, string>;

  private constructor(outputs: Metafile["outputs"], texts: ReadonlyMap<string | undefined, string>) {
    this.#outputs = outputs;
    this.#texts = texts;
  }

  /** @param main the file of the tracker's main entry, whether it is built or not */
  static async of(main: string): Promise<Bundle> {
    const application = `
      import { createTracker, withUsageContext } from ${JSON.stringify(main)};
      const tracker = createTracker();
      const client = tracker.wrap(globalThis.client);
      withUsageContext({ team: "growth" }, () => client.ask()).then(() => tracker.flush());
    `;
    const { metafile, outputFiles } = await build({
      stdin: { contents: application, resolveDir: dirname(main) },
      ...{ bundle: true, minify: true, splitting: true, write: false, metafile: true, legalComments: "none" },
      ...{ format: "esm", platform: "node", target: "node20", outdir: "/bundled", logLevel: "silent" },
      // The application's own.
      external: ["openai", "@anthropic-ai/sdk", "@google/genai", "@aws-sdk/*", "gpt-tokenizer"],
    });
    return new Bundle(metafile.outputs, new Map(outputFiles.map(({ path, text }) => [nameOf(path), text])));
  }

  /** Source files that an application has before it wraps a client. */
  get loadedAtOnce(): readonly string[] {
    return [...this.#closure(this.#outputOf(/^<stdin>$/))].flatMap((file) =>
      Object.keys(this.#outputs[file]?.inputs ?? {}),
    );
  }

  /** @param reader what reads the calls of a provider, by its file @returns bytes of all that an application of that provider has, minified and compressed */
  gzipBytes(reader: RegExp): number {
    const files = [/^<stdin>$/, reader].flatMap((entry) => [...this.#closure(this.#outputOf(entry))]);
    const texts = [...new Set(files)].map((file) => this.#texts.get(nameOf(file)) ?? "");
    return gzipSync(texts.join("\n"), { level: 9 }).length;
  }

  #outputOf(entry: RegExp): string {
    const found = Object.entries(this.#outputs).find(([, { entryPoint = "" }]) => entry.test(entryPoint));
    if (found === undefined) throw new Error(`there is no output of ${entry}`);
    return found[0];
  }

  /** The file with all that it cannot be without. */
  #closure(file: string, seen = new Set<string>()): Set<string> {
    const output = this.#outputs[file];
    if (output === undefined || seen.has(file)) return seen;
    seen.add(file);
    for (const { path, kind } of output.imports) if (kind === "import-statement") this.#closure(path, seen);
    return seen;
  }
}

const nameOf = (path: string): string | undefined => path.split("/").at(-1);
