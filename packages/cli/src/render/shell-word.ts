import { printable } from "./format.ts";

/** A name as one word of a command to copy: names come from whoever sends metrics, and a shell must not run them. */
export function shellWord(text: string): string {
  return /^[\w.:@%+,/-]+$/.test(text) ? text : `'${printable(text).replaceAll("'", "'\\''")}'`;
}
