import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type HomeLock, lockHome } from "./lock.ts";

export interface HomeOptions {
  /** @default a temporary directory when ephemeral, else AI_USAGE_HOME or .ai-usage */
  readonly directory?: string;
  readonly ephemeral: boolean;
}

/** The directory of a local stack, held by one process at a time. */
export interface Home {
  readonly directory: string;
  /** Where the stack keeps its state: the home itself, or a temporary directory that goes with the process. */
  readonly state: string;
  /** Tells the command line and others where the stack runs. */
  readonly localFile: string;
  /** Gives the home to the next one, and removes what was not to be kept. */
  leave(): void;
}

function defaultHome(): string {
  return resolve(process.env.AI_USAGE_HOME || ".ai-usage");
}

/** @throws HomeInUseError */
export function enterHome({ directory, ephemeral }: HomeOptions): Home {
  const temporary = ephemeral ? mkdtempSync(join(tmpdir(), "ai-usage-")) : undefined;
  const home = resolve(directory ?? temporary ?? defaultHome());
  mkdirSync(home, { recursive: true });
  let lock: HomeLock;
  try {
    lock = lockHome(home);
  } catch (error) {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
  const localFile = join(home, "local.json");
  return {
    directory: home,
    state: temporary ?? home,
    localFile,
    leave: () => {
      if (temporary !== undefined) {
        rmSync(localFile, { force: true });
        rmSync(temporary, { recursive: true, force: true });
      }
      lock.release();
    },
  };
}
