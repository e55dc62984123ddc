// Builds the package that applications install, from the sources that the workspace runs on: JavaScript for `import` and for
// `require`, and one set of types for each. Nothing of ours stays a dependency of it.
// `npm run build:tracker [directory]`; then `npm publish` that directory.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, transform } from "esbuild";
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

const COMMON = {
  ...{ bundle: true, platform: "node", target: "node20", mainFields: ["module", "main"] },
  ...{ legalComments: "none", logLevel: "warning" },
};

/** For `require`: each entry alone, as there are no files that several share; what must be one in a process is kept on `globalThis`. */
async function buildForRequire({ entries, directory, external }) {
  await build({ ...COMMON, format: "cjs", minify: true, entryPoints: entries, outdir: directory, external });
}

/**
 * For `import`: what is not needed at once is in files of its own. All that the main entry needs at once is in one file, since each
 * file takes a while to be found and read, and esbuild makes a dozen of it.
 */
async function buildForImport({ entries, directory, external }) {
  const parts = `${directory}-parts`;
  await build({ ...COMMON, format: "esm", splitting: true, entryPoints: entries, outdir: parts, external });
  const input = Object.fromEntries(Object.keys(entries).map((name) => [name, join(parts, `${name}.js`)]));
  const bundle = await rollup({ input, external: /^[^./]/, treeshake: { moduleSideEffects: false } });
  const main = input.index ?? "";
  await bundle.write({
    ...{ dir: directory, format: "es", chunkFileNames: "[name].js", plugins: [minified] },
    manualChunks(id, { getModuleInfo }) {
      const isCore = id !== main && neededBy(main, getModuleInfo).has(id);
      return isCore ? "core" : undefined;
    },
  });
  await bundle.close();
  rmSync(parts, { recursive: true });
}

const minified = {
  name: "minified",
  renderChunk: async (code) => ({ code: (await transform(code, { minify: true, target: "node20" })).code }),
};

/** What a module cannot be without, by the names of its files. */
function neededBy(id, getModuleInfo, found = new Set()) {
  if (found.has(id)) return found;
  found.add(id);
  for (const imported of getModuleInfo(id)?.importedIds ?? []) neededBy(imported, getModuleInfo, found);
  return found;
}

async function buildCode(format, { entries, directory, external }) {
  const buildFor = format === "esm" ? buildForImport : buildForRequire;
  const isApart = ([name]) => APART.includes(name);
  for (const belongs of [(one) => !isApart(one), isApart])
    await buildFor({
      entries: Object.fromEntries(Object.entries(entries).filter(belongs)),
      directory,
      external,
    });
  writeFileSync(
    join(directory, "package.json"),
    `${JSON.stringify({ type: format === "esm" ? "module" : "commonjs", sideEffects: false })}\n`,
  );
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

/** @param directory what is in it is replaced */
export async function buildTracker(directory) {
  const manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  const entries = entriesOf(manifest);
  const external = Object.keys(manifest.peerDependencies ?? {});
  rmSync(directory, { recursive: true, force: true });
  const [esm, cjs] = ["esm", "cjs"].map((name) => join(directory, name));
  for (const one of [esm, cjs]) mkdirSync(one, { recursive: true });
  const options = { entries, external };
  await Promise.all([
    buildCode("esm", { ...options, directory: esm }),
    buildCode("cjs", { ...options, directory: cjs }),
    buildTypes({ entries, directory: esm }),
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
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const directory = resolve(process.argv[2] ?? join(source, "dist"));
  await buildTracker(directory);
  console.log(`The package is in ${directory}`);
}
