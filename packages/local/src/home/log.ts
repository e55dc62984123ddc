import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** @returns a function that appends one line with the time */
export function openLog(file: string): (line: string) => void {
  mkdirSync(dirname(file), { recursive: true });
  return (line) => appendFileSync(file, `${new Date().toISOString()} ${line}\n`);
}
