// Takes the published prices of @pydantic/genai-prices over into packages/pricing/data/seed, and shows in what they differ
// from what was there, as Markdown on the standard output. What could not be taken over goes to the standard error.
//
//   npm run prices:update                       the package that is installed
//   npm run prices:update -- --package DIR      the package in a folder
//   npm run prices:update -- --check            shows the difference and writes nothing
//
// Ends with 0 when there was no difference or it was written, 1 when --check found one, 2 when it could not do its work.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { instantFromEpochMs, type UtcDate, utcDateOf } from "@ai-usage/core";
import { comparePriceFiles, parsePriceFile, renderPriceDifferences } from "@ai-usage/pricing";
import {
  type ImportedFile,
  importedProviders,
  importGenaiPrices,
  keepProvenance,
  type SourceProvider,
} from "@ai-usage/pricing/import";

const root = fileURLToPath(new URL("..", import.meta.url));
const installed = join(root, "node_modules/@pydantic/genai-prices");
const seed = join(root, "packages/pricing/data/seed");
const seedPath = (provider: string) => join(seed, `${provider}.json`);

async function main(today: UtcDate): Promise<number> {
  const { values } = parseArgs({ options: { package: { type: "string" }, check: { type: "boolean" } } });
  const isChosen = values.package !== undefined && values.package !== "installed";
  const { version, providers } = await readPackage(isChosen ? resolve(values.package ?? "") : installed);
  const { files, warnings } = importGenaiPrices(providers, { version, importedOn: today });
  const before = files.flatMap(({ provider }) => readSeed(provider) ?? []);
  const after = files.map((file) =>
    keepProvenance(
      file,
      before.find(({ provider }) => provider === file.provider),
    ),
  );

  const differences = comparePriceFiles(before.map(parsePriceFile), after.map(parsePriceFile), { today });
  for (const warning of warnings) console.error(warning);
  process.stdout.write(renderPriceDifferences(differences) || "No difference.\n");
  if (values.check) return differences.length === 0 ? 0 : 1;
  writeSeed(after);
  return 0;
}

async function readPackage(folder: string): Promise<{ version: string; providers: SourceProvider[] }> {
  const { name, version, module } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (name !== "@pydantic/genai-prices")
    throw new Error(`${folder} holds ${name}, not @pydantic/genai-prices`);
  const { findProvider } = await import(pathToFileURL(join(folder, module)).href);
  const providers = importedProviders.map(({ sourceId }): SourceProvider => {
    const provider = findProvider({ providerId: sourceId });
    if (provider?.id === sourceId) return provider;
    throw new Error(
      `version ${version} no longer lists ${sourceId}: take it out of imported-providers.ts, with its file`,
    );
  });
  return { version, providers };
}

function readSeed(provider: string): ImportedFile | undefined {
  const path = seedPath(provider);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

function writeSeed(files: readonly ImportedFile[]): void {
  mkdirSync(seed, { recursive: true });
  for (const file of files) writeFileSync(seedPath(file.provider), JSON.stringify(file));
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  execFileSync(process.execPath, [biome, "format", "--write", seed], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

main(utcDateOf(instantFromEpochMs(Date.now()))).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
