import { linkSync, mkdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HomeInUseError } from "../engine/index.ts";

export interface HomeLock {
  release(): void;
}

/**
 * One process per home: two would write the same state. A lock that a killed process left is taken over.
 * @throws HomeInUseError
 */
export function lockHome(home: string): HomeLock {
  mkdirSync(home, { recursive: true });
  const file = join(home, "lock");
  const own = join(home, `lock.${process.pid}`);
  writeFileSync(own, `${processName(process.pid)}\n`);
  try {
    // A link appears whole or not at all, and fails when the name is taken.
    while (!tryLink(own, file)) {
      const holder = readText(file).trim();
      const pid = Number.parseInt(holder, 10);
      if (processName(pid) === holder) throw new HomeInUseError(home, pid);
      rmSync(file, { force: true });
    }
  } finally {
    unlinkSync(own);
  }
  return { release: () => rmSync(file, { force: true }) };
}

function tryLink(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

/**
 * Process id and, where the system tells it, its time of start: ids are used again, in a container at every start.
 * @returns undefined when no such process runs
 */
function processName(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!hasCode(error, "EPERM")) return undefined;
  }
  // The command's name, in parentheses, may hold spaces; the start is the 20th field after it.
  const started = readText(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ")[19];
  return started === undefined ? String(pid) : `${pid} ${started}`;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
