import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildSync, type Metafile } from "esbuild";
import { bundleOptions } from "../../../lib/bundle-options.ts";

/** Code in one file, bundled as the functions are. */
export interface Bundle {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Of files that the code reads from beside itself when it starts. */
  readonly besideBytes: number;
  /** Bytes by what they come from. */
  readonly parts: Readonly<Record<string, number>>;
}

/** A library's own adapter, `libraries/<file>`, and which library of it is meant. */
export interface Source {
  readonly name: string;
  readonly file: string;
  readonly exported: string;
}

/** A directory of its own for bundles, until `use` is done with them. */
export async function withBundles<T>(use: (bundler: Bundler) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "ai-usage-bench-"));
  try {
    return await use(new Bundler(directory));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export class Bundler {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** A module whose `library` is the one meant, with all that pricing a call takes and nothing else. */
  bundleLibrary({ name, file, exported }: Source): Bundle {
    const contents = `export { ${exported} as library } from "./libraries/${file}";`;
    const resolveDir = fileURLToPath(new URL(".", import.meta.url));
    // Code from CommonJS may look for its files by this name, which ESM does not have.
    const js = `${bundleOptions.banner.js}const __dirname=import.meta.dirname;`;
    return this.#bundle(name, { stdin: { contents, resolveDir }, banner: { js } });
  }

  /** @param external packages that are left out */
  bundleFunction(functionName: string, external: string[] = []): Bundle {
    const handler = new URL(`../../../lambdas/${functionName}/handler.ts`, import.meta.url);
    return this.#bundle(functionName, { entryPoints: [fileURLToPath(handler)], external });
  }

  #bundle(name: string, options: Parameters<typeof buildSync>[0]): Bundle {
    const { outputFiles, metafile } = buildSync({
      ...bundleOptions,
      ...options,
      outdir: this.#directory,
      write: false,
      metafile: true,
    });
    const [output] = outputFiles ?? [];
    if (output === undefined || metafile === undefined) throw new Error(`esbuild made no bundle of ${name}`);
    const path = join(this.#directory, `${name.replaceAll(/\W+/g, "-")}.mjs`);
    writeFileSync(path, output.contents);
    return {
      name,
      path,
      bytes: output.contents.byteLength,
      gzipBytes: gzipSync(output.contents, { level: 9 }).byteLength,
      besideBytes: this.#copyWasm(metafile),
      parts: partsOf(metafile),
    };
  }

  /** The code that wasm-bindgen makes reads a file of its own name. */
  #copyWasm({ inputs }: Metafile): number {
    let bytes = 0;
    for (const input of Object.keys(inputs)) {
      const wasm = input.replace(/\.c?js$/, ".wasm");
      if (!wasm.endsWith(".wasm") || !existsSync(wasm)) continue;
      copyFileSync(wasm, join(this.#directory, basename(wasm)));
      bytes += statSync(wasm).size;
    }
    return bytes;
  }
}

function partsOf({ outputs }: Metafile): Record<string, number> {
  const parts: Record<string, number> = {};
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const part = partOf(path);
      parts[part] = (parts[part] ?? 0) + bytesInOutput;
    }
  }
  return parts;
}

/** `prices`, or the package: `decimal.js`, `packages/core`. */
function partOf(path: string): string {
  if (path.includes("packages/pricing/data/")) return "prices";
  const installed = path.split("node_modules/").at(-1) ?? path;
  const [first = "", second = ""] = installed.split("/");
  if (installed === path) return `${first}/${second}`;
  return first.startsWith("@") ? `${first}/${second}` : first;
}
