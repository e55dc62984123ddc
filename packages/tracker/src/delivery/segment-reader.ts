import fs from "node:fs";
import type { Header } from "./segment-file.ts";

interface SegmentContent {
  readonly lines: string[];
  readonly isCorrected: boolean;
  /** Lines that were half written when their process ended or the disk was full. */
  readonly torn: number;
}

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
