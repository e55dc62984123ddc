import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const repository = join(import.meta.dirname, "../..");
const sources = ["lib/table.ts", "test/support/synthesize-table.ts"];

/** Properties of the table that `lib/` declares, as JSON; synthesized anew only when the declaration has changed. */
export function tableProperties(): string {
  const hash = createHash("sha256");
  for (const source of sources) hash.update(readFileSync(join(repository, source)));
  const directory = join(repository, "node_modules/.cache/ai-usage");
  const file = join(directory, `table-${hash.digest("hex").slice(0, 16)}.json`);
  if (existsSync(file)) return readFileSync(file, "utf8");
  const properties = execFileSync(
    process.execPath,
    ["--import", "tsx", join(repository, "test/support/synthesize-table.ts")],
    { cwd: repository, encoding: "utf8" },
  ).trim();
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, properties);
  renameSync(`${file}.${process.pid}`, file);
  return properties;
}
