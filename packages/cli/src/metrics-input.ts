import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { MetricInput } from "@ai-usage/client";
import { UsageError } from "./failures.ts";

/** A metric as it was given: the API reads it, and answers for each field. */
export type UnreadMetric = Partial<MetricInput>;

const SHAPES = 'a JSON object, {"metrics": [...]}, a JSON list, or one of these a line';

/** @throws UsageError naming the line */
export function readMetrics(input: Readable): AsyncGenerator<UnreadMetric, void> {
  return readJson(input, "standard input", metricsOf);
}

/**
 * What is in a stream of text: one JSON document, or one to a line, which is read as it comes.
 * @param itemsOf takes a document apart; `where` names it in an error, and a document that is no JSON is undefined
 */
export async function* readJson<Item>(
  input: Readable,
  source: string,
  itemsOf: (value: unknown, where: string) => readonly Item[],
): AsyncGenerator<Item, void> {
  let mode: "unknown" | "lines" | "document" = "unknown";
  const document: string[] = [];
  let lineNumber = 0;
  for await (const raw of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    lineNumber += 1;
    const line = lineNumber === 1 ? raw.replace(/^\ufeff/, "") : raw;
    if (mode === "document") document.push(line);
    else if (line.trim() !== "") {
      const parsed = parseJson(line);
      // A document over several lines shows in its first one, which is no JSON by itself.
      if (parsed === undefined && mode === "unknown") {
        mode = "document";
        document.push(line);
      } else {
        mode = "lines";
        yield* itemsOf(parsed?.value, `line ${lineNumber}`);
      }
    }
  }
  if (mode === "document") yield* itemsOf(parseJson(document.join("\n"))?.value, source);
}

function metricsOf(value: unknown, where: string): readonly UnreadMetric[] {
  if (isObject(value)) {
    const { metrics, ...others } = value;
    if (!Array.isArray(metrics) || Object.keys(others).length > 0) return [value];
    return metricsOf(metrics, where);
  }
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw new UsageError(`${where} is not ${SHAPES}`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
