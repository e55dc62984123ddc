import { readFileSync, statSync } from "node:fs";

/** One JSON object of a usage file, and where in it: `line 3`. */
export interface Entry {
  readonly value: Readonly<Record<string, unknown>>;
  readonly where: string;
}

export interface UsageFile {
  readonly entries: readonly Entry[];
  /** Of what is no JSON object, half a line for one, only the place: its content may be anything. */
  readonly unreadable: readonly string[];
}

const BYTES_MAX = 100 * 1024 * 1024;

/**
 * Reads what is in a file one a line, or as one document: an object, a list, or `{"metrics": […]}`.
 * @throws when there is no such file, or a larger one than that of any job
 */
export function readUsageFile(path: string): UsageFile {
  if (statSync(path).size > BYTES_MAX) throw new Error("the usage file has more than 100 MB");
  const text = readFileSync(path, "utf8").replace(/^\ufeff/, "");
  const lines = text.split("\n").map((line, index) => ({ line, where: `line ${index + 1}` }));
  const filled = lines.filter(({ line }) => line.trim() !== "");
  // A document over several lines shows in its first one, which is no JSON by itself.
  const isOneDocument = filled.length > 1 && parsed(filled[0]?.line ?? "") === undefined;
  const document = isOneDocument ? parsed(text) : undefined;
  const values =
    document === undefined
      ? filled.map(({ line, where }) => ({ value: parsed(line), where }))
      : [{ value: document, where: "the document" }];
  const entries: Entry[] = [];
  const unreadable: string[] = [];
  for (const { value, where } of values) {
    for (const [index, one] of itemsOf(value).entries()) {
      const place = Array.isArray(value) ? `${where}, entry ${index + 1}` : where;
      if (isObject(one)) entries.push({ value: one, where: place });
      else unreadable.push(place);
    }
  }
  return { entries, unreadable };
}

function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [value];
  const { metrics, ...others } = value;
  return Array.isArray(metrics) && Object.keys(others).length === 0 ? metrics : [value];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
