import fs from "node:fs";
import { join } from "node:path";
import { newOwnerName, stateOfOwner } from "./spool-owner.ts";

/** What owners that ended have left, now in the hands of this process. */
export interface Claimed {
  /** The directories, which have to be kept alive until they are empty. */
  readonly directories: readonly string[];
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** How a spool stands. */
export interface SpoolSurvey {
  readonly ended: readonly string[];
  readonly live: readonly { readonly path: string; readonly files: number; readonly bytes: number }[];
}

/** @param own directories that are this process's. */
export async function surveySpool(
  spool: string,
  { now, own }: { now: number; own: ReadonlySet<string> },
): Promise<SpoolSurvey> {
  const ended: string[] = [];
  const live: { path: string; files: number; bytes: number }[] = [];
  for (const name of await namesIn(spool)) {
    const path = join(spool, name);
    const stat = own.has(path) ? undefined : await fs.promises.stat(path).catch(() => undefined);
    const state = stat?.isDirectory() ? stateOfOwner(name, now - stat.mtimeMs) : "other";
    if (state === "ended") ended.push(path);
    if (state === "live") {
      const files = await segmentsIn(path);
      live.push({ path, files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) });
    }
  }
  return { ended, live };
}

/**
 * Takes over the directories of owners that ended. The name says whose it is, so that to rename it is to claim it: of several
 * who try, one can. Should this process end too, the next one finds them under its name.
 */
export async function claimOrphans(spool: string, ended: readonly string[]): Promise<Claimed> {
  const directories: string[] = [];
  const files: { path: string; bytes: number }[] = [];
  for (const path of ended) {
    const claimed = join(spool, newOwnerName());
    try {
      await fs.promises.rename(path, claimed);
      await fs.promises.utimes(claimed, new Date(), new Date());
    } catch {
      // Somebody else has it.
      continue;
    }
    directories.push(claimed);
    await removeHalfWritten(claimed);
    files.push(...(await segmentsIn(claimed)));
  }
  return { directories, files };
}

/** What a rewrite left that did not come to its end: what it was made from is still there. */
async function removeHalfWritten(directory: string): Promise<void> {
  for (const name of await namesIn(directory))
    if (name.endsWith(".tmp")) await fs.promises.rm(join(directory, name), { force: true });
}

async function segmentsIn(directory: string): Promise<{ path: string; bytes: number }[]> {
  const files: { path: string; bytes: number }[] = [];
  for (const name of (await namesIn(directory)).sort()) {
    const path = join(directory, name);
    const stat = name.endsWith(".jsonl") ? await fs.promises.stat(path).catch(() => undefined) : undefined;
    if (stat) files.push({ path, bytes: stat.size });
  }
  return files;
}

const namesIn = (directory: string): Promise<string[]> => fs.promises.readdir(directory).catch(() => []);
