// Builds the package that applications install, from the sources that the workspace runs on: JavaScript for `import` and for
// `require`, and one set of types for each. Nothing of ours stays a dependency of it.
// `npm run build:tracker [directory]`; then `npm publish` that directory.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = join(root, "packages", "tracker");

/** What is exported to the workspace's own tests, and to nobody else. */
const INTERNAL = ["./testing"];

/** What becomes part of the package. */
const OURS = ["core", "client", "wire", "pricing", "store", "ingest"].map((name) => `@ai-usage/${name}`);

/**
 * Entries that share no file with the others: esbuild puts what several use into common files whole, and these use nearly all
 * of the workspace, which nobody else shall load.
 */
const APART = ["dynamodb"];

/** @returns the names of the package's entries with their source files: `{ index: "…/src/index.ts", hono: … }` */
function entriesOf(manifest) {
  const published = Object.entries(manifest.exports).filter(([name]) => !INTERNAL.includes(name));
  return Object.fromEntries(
    published.map(([name, file]) => [name === "." ? "index" : name.slice(2), join(source, file)]),
  );
}

async function buildCode({ format, entries, directory, external }) {
  const { metafile } = await build({
    entryPoints: entries,
    outdir: directory,
    bundle: true,
    // `require` has no chunks that several entries share; what must be one in a process is kept on `globalThis`.
    splitting: format === "esm",
    minify: true,
    sourcemap: "linked",
    sourcesContent: false,
    platform: "node",
    target: "node20",
    format,
    external,
    mainFields: ["module", "main"],
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  return metafile;
}

/** @returns the metafile of the entries that share files */
async function buildAllCode({ entries, ...options }) {
  const { format, directory } = options;
  const isApart = ([name]) => APART.includes(name);
  const [together, apart] = [(one) => !isApart(one), isApart].map((belongs) =>
    Object.fromEntries(Object.entries(entries).filter(belongs)),
  );
  const [metafile] = await Promise.all([
    buildCode({ ...options, entries: together }),
    buildCode({ ...options, entries: apart }),
  ]);
  writeFileSync(
    join(directory, "package.json"),
    `${JSON.stringify({ type: format === "esm" ? "module" : "commonjs", sideEffects: false })}\n`,
  );
  return metafile;
}

/** The declarations of the package's files, and of those of the workspace that they name, each in a file of its own. */
function declare(entries, directory) {
  const files = [...Object.values(entries), ...Object.values(oursByName())];
  const compilerOptions = {
    // That they are right, the tests' own check of types says.
    noCheck: true,
    ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, outDir: directory },
    ...{ rootDir: join(root, "packages"), typeRoots: [join(root, "node_modules", "@types")] },
  };
  const config = join(directory, "tsconfig.json");
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    config,
    JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions, files, include: [] }),
  );
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "--project", config], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the types of the package cannot be made:\n${stdout}`);
}

/** Every way into a package of ours, `@ai-usage/client/leases` for one, with its source file. */
function oursByName() {
  const ways = OURS.flatMap((name) => {
    const folder = join(root, "packages", name.replace("@ai-usage/", ""));
    const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return Object.entries(exports).map(([way, file]) => [name + way.slice(1), join(folder, file)]);
  });
  return Object.fromEntries(ways);
}

async function buildTypes({ entries, directory }) {
  const declarations = `${directory}-declarations`;
  declare(entries, declarations);
  const declared = (file) =>
    join(
      declarations,
      relative(file.startsWith(declarations) ? declarations : join(root, "packages"), file),
    ).replace(/\.ts$/, ".d.ts");
  const ours = oursByName();
  const bundle = await rollup({
    input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, declared(file)])),
    plugins: [
      {
        name: "ours",
        resolveId(id, importer) {
          if (Object.hasOwn(ours, id)) return declared(ours[id]);
          if (id.startsWith(".") && importer)
            return declared(join(dirname(importer), id.replace(/(\.d)?\.ts$/, ".ts")));
          return importer ? { id, external: true } : null;
        },
      },
      dts({ respectExternal: false }),
    ],
    onwarn: ({ code, message }) => {
      if (code !== "EMPTY_BUNDLE" && code !== "CIRCULAR_DEPENDENCY") console.warn(message);
    },
  });
  await bundle.write({
    ...{ dir: directory, format: "es", entryFileNames: "[name].d.ts", chunkFileNames: "shared-[hash].d.ts" },
  });
  await bundle.close();
  rmSync(declarations, { recursive: true });
}

/** The manifest as it is published: with what was built, and without dependencies on the workspace. */
function publishedManifest(manifest, names) {
  const { name, version, license, description, engines, peerDependencies, peerDependenciesMeta } = manifest;
  const exports = Object.fromEntries(
    names.map((entry) => [
      entry === "index" ? "." : `./${entry}`,
      {
        import: { types: `./esm/${entry}.d.ts`, default: `./esm/${entry}.js` },
        require: { types: `./cjs/${entry}.d.ts`, default: `./cjs/${entry}.js` },
      },
    ]),
  );
  return {
    ...{ name, version, description, license, type: "module", engines, sideEffects: false },
    ...{ main: "./cjs/index.js", module: "./esm/index.js", types: "./esm/index.d.ts", exports },
    ...{ peerDependencies, peerDependenciesMeta },
  };
}

/**
 * @param directory what is in it is replaced
 * @returns esbuild's metafile of the modules
 */
export async function buildTracker(directory) {
  const manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  const entries = entriesOf(manifest);
  const external = Object.keys(manifest.peerDependencies ?? {});
  rmSync(directory, { recursive: true, force: true });
  const [esm, cjs] = ["esm", "cjs"].map((name) => join(directory, name));
  for (const one of [esm, cjs]) mkdirSync(one, { recursive: true });
  const [metafile] = await Promise.all([
    buildAllCode({ format: "esm", entries, directory: esm, external }),
    buildAllCode({ format: "cjs", entries, directory: cjs, external }),
    buildTypes({ entries, directory: esm, external }),
  ]);
  for (const file of readdirSync(esm).filter((name) => name.endsWith(".d.ts")))
    cpSync(join(esm, file), join(cjs, file));
  writeFileSync(
    join(directory, "package.json"),
    `${JSON.stringify(publishedManifest(manifest, Object.keys(entries)), null, 2)}\n`,
  );
  for (const name of ["README.md", "LICENSE"]) {
    const file = [join(source, name), join(root, name)].find(existsSync);
    if (file !== undefined) cpSync(file, join(directory, name));
  }
  return metafile;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const directory = resolve(process.argv[2] ?? join(source, "dist"));
  await buildTracker(directory);
  console.log(`The package is in ${directory}`);
}
