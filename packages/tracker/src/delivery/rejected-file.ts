import fs from "node:fs";
import { join } from "node:path";

export interface RejectedLine {
  readonly line: string;
  readonly field?: string;
  readonly message: string;
}

const REJECTED_FILE = "rejected.jsonl";
const REJECTED_BYTES_MAX = 10 * 1024 * 1024;

/**
 * Keeps what was refused for good, with the reason, where somebody can look at it.
 * @returns false when it could not: the disk, or the file, is full
 */
export async function keepRejected(directory: string, rejected: readonly RejectedLine[]): Promise<boolean> {
  const path = join(directory, REJECTED_FILE);
  // The metric goes in as it stands: it may be what cannot be parsed.
  const text = rejected.map(({ line, field, message }) => {
    const reason = JSON.stringify({ rejected: message, field });
    return `${reason.slice(0, -1)},"metric":${line}}\n`;
  });
  try {
    const size = await fs.promises.stat(path).then(
      (stat) => stat.size,
      () => 0,
    );
    if (size >= REJECTED_BYTES_MAX) return false;
    await fs.promises.appendFile(path, text.join(""), { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}
