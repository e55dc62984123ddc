import fs from "node:fs";

/** What a segment's file says of itself in its first line. */
interface Header {
  readonly ai_usage_spool: 1;
  readonly opened_at: string;
  /** `corrected`: its timestamps have been put right by the other side's clock, and must not be again. */
  readonly clock: "as-is" | "corrected";
}

export interface SegmentContent {
  readonly lines: string[];
  readonly isCorrected: boolean;
  /** Lines that were half written when their process ended or the disk was full. */
  readonly torn: number;
}

export const headerLine = (header: Omit<Header, "ai_usage_spool">): string =>
  `${JSON.stringify({ ai_usage_spool: 1, ...header } satisfies Header)}\n`;

/**
 * Reads a file however it ends: a last line that is whole counts, though its end of line is missing.
 * @param isComplete whether it is known to have been written to its end: then its lines are not looked at
 * @throws the file system's error
 */
export async function readSegmentFile(path: string, { isComplete = false } = {}): Promise<SegmentContent> {
  const all = (await fs.promises.readFile(path, "utf8")).split("\n").filter((line) => line !== "");
  const [first = ""] = all;
  const header = headerOf(first);
  const found = header ? all.slice(1) : all;
  const lines = isComplete ? found : found.filter(isWhole);
  return {
    lines,
    isCorrected: header?.clock === "corrected",
    torn: found.length - lines.length,
  };
}

/** Puts a whole segment in place of what was there, or leaves that as it was. @throws the file system's error */
export async function writeSegmentFile(
  path: string,
  { lines, ...header }: { lines: readonly string[]; opened_at: string; clock: Header["clock"] },
): Promise<number> {
  const text = `${headerLine(header)}${lines.join("\n")}\n`;
  const temporary = `${path}.tmp`;
  try {
    await fs.promises.writeFile(temporary, text, { mode: 0o600 });
    await fs.promises.rename(temporary, path);
  } catch (error) {
    await fs.promises.rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  return Buffer.byteLength(text);
}

function headerOf(line: string): Header | undefined {
  const value = line.startsWith('{"ai_usage_spool"') ? parsed(line) : undefined;
  return value as Header | undefined;
}

const isWhole = (line: string): boolean => {
  const value = parsed(line);
  return typeof value === "object" && value !== null && !("ai_usage_spool" in value);
};

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
