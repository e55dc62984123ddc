import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

/** The path of a `dynoxide` binary: the optional dependency first, then the command on PATH. */
export function findEngineBinary(path = process.env.PATH ?? ""): string | undefined {
  const candidates = [
    ...packagedBinary(),
    ...path
      .split(delimiter)
      .filter((directory) => directory !== "")
      .map((directory) => join(directory, "dynoxide")),
  ];
  return candidates.find(isExecutable);
}

function packagedBinary(): string[] {
  try {
    const manifest = createRequire(import.meta.url).resolve("@dynoxide/linux-x64/package.json");
    return [join(dirname(manifest), "dynoxide")];
  } catch {
    return [];
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
