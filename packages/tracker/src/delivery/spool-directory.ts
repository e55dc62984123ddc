import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeCrypto } from "../node-crypto.ts";
import type { Transport } from "./transport.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** AI_USAGE_SPOOL_DIR, or a directory of the user's own in the system's temporary one. */
export function defaultSpoolDirectory(env: Environment): string {
  const named = env.AI_USAGE_SPOOL_DIR?.trim();
  return named || join(tmpdir(), `ai-usage-spool-${process.getuid?.() ?? "user"}`);
}

/** The part of a spool that is for one destination. It says in a file of its own which one that is. */
export interface SpoolPlace {
  readonly root: string;
  readonly directory: string;
  readonly destination: string;
}

const DESTINATION_FILE = "destination";

export function spoolPlace(
  root: string,
  { name, destination = name }: Pick<Transport, "name" | "destination">,
) {
  const hash = nodeCrypto().createHash("sha256").update(destination).digest("hex").slice(0, 16);
  return { root, directory: join(root, `${name}-${hash}`), destination };
}

/** @returns which destinations a spool has parts for, by their directories' names */
export async function destinationsIn(root: string): Promise<ReadonlyMap<string, string>> {
  const names = await fs.promises.readdir(root).catch(() => []);
  const labels = names.map(async (name) => {
    const label = await fs.promises
      .readFile(join(root, name, DESTINATION_FILE), "utf8")
      .catch(() => undefined);
    return label === undefined ? [] : [[join(root, name), label] as const];
  });
  return new Map((await Promise.all(labels)).flat());
}

/**
 * Makes an owner's directory, and the spool around it.
 * @throws when it cannot, or when the spool in a place that everybody writes to is somebody else's
 */
export function makeOwnerDirectory({ root, directory, destination }: SpoolPlace, owner: string): string {
  const path = join(directory, owner);
  if (fs.existsSync(path)) return path;
  fs.mkdirSync(root, { recursive: true, mode: 0o700 });
  if (root.startsWith(tmpdir())) refuseForeign(root);
  if (fs.mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined)
    fs.writeFileSync(join(directory, DESTINATION_FILE), destination, { mode: 0o600 });
  fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

function refuseForeign(spool: string): void {
  const stat = fs.lstatSync(spool);
  const uid = process.getuid?.() ?? stat.uid;
  if (!stat.isDirectory() || stat.uid !== uid || (stat.mode & 0o022) !== 0)
    throw new Error(`${spool} belongs to somebody else, or others may write to it`);
}

/** Removes it when there is nothing in it. */
export function removeIfEmpty(path: string): void {
  try {
    fs.rmdirSync(path);
  } catch {
    // There is something in it, or it is gone: both are as they should be.
  }
}
