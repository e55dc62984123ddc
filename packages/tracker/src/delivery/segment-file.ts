import fs from "node:fs";

/** What a segment's file says of itself in its first line. */
export interface Header {
  readonly ai_usage_spool: 1;
  readonly opened_at: string;
  /** `corrected`: its timestamps have been put right by the other side's clock, and must not be again. */
  readonly clock: "as-is" | "corrected";
}

export const headerLine = (header: Omit<Header, "ai_usage_spool">): string =>
  `${JSON.stringify({ ai_usage_spool: 1, ...header } satisfies Header)}\n`;

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
