import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** For tokens and secrets: the owner alone reads them. */
export const PRIVATE_MODE = 0o600;

/** Writes a file as a whole or not at all: readers never see half of it. */
async function writeAtomically(file: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const unfinished = `${file}.${randomUUID()}.tmp`;
  const handle = await open(unfinished, "w", mode);
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
  await rename(unfinished, file);
}

export async function writeJson(file: string, value: unknown, mode?: number): Promise<void> {
  await writeAtomically(file, `${JSON.stringify(value, null, 2)}\n`, mode);
}

/** @returns undefined when there is no such file */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new Error(`${file} cannot be read`, { cause: error });
  }
}
