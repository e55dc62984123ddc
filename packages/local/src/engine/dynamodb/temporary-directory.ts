import { accessSync, constants, mkdtempSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MEMORY = "/dev/shm";
/** Containers may have 64 MB there; 10,000 events with their stream take about 40. */
const MEMORY_BYTES_MIN = 1024 ** 3;

/**
 * Makes a directory for data that goes with the process, in memory where there is room for it: the engine waits for
 * the disk at every write, which makes an item take 2 to 4 ms instead of 0.6. TMPDIR, when set, has the last word.
 */
export function makeTemporaryDirectory(prefix: string, env: NodeJS.ProcessEnv = process.env): string {
  return mkdtempSync(join(env.TMPDIR || !hasRoomInMemory() ? tmpdir() : MEMORY, prefix));
}

function hasRoomInMemory(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= MEMORY_BYTES_MIN;
  } catch {
    return false;
  }
}
