import { createHash } from "node:crypto";
import { anthropicBatchLine, openAIBatchLine } from "@ai-usage/core/normalize/batch-lines";
import { readUsage } from "@ai-usage/core/normalize/read-usage";
import { withUsageContext } from "../context/usage-context.ts";
import type { Recorder } from "./call.ts";

const FORMATS = { "openai.batch_line": openAIBatchLine, "anthropic.batch_line": anthropicBatchLine };

export type BatchFormatName = keyof typeof FORMATS;

export interface BatchedCalls {
  readonly format: BatchFormatName;
  /** Who bills them. */
  readonly service: string;
  /** The provider's own name of what the batch's requests do. */
  readonly operation: string;
  readonly batchId?: string | undefined;
  /** Epoch milliseconds: when the batch ended. Unless each answer tells when it was made, this is the time of its call. */
  readonly endedAt?: number | undefined;
}

export interface BatchResultsOptions extends Partial<Omit<BatchedCalls, "format">> {}

/** The file of a batch's results as the SDKs hand it over, its text, or its lines: as text or parsed. */
export type BatchResults = Response | string | Iterable<unknown> | AsyncIterable<unknown>;

const USUAL = {
  "openai.batch_line": { service: "openai", operation: "batch" },
  "anthropic.batch_line": { service: "anthropic", operation: "messages" },
} as const;

/**
 * Records each line of a batch's results as a call of its own, at the batch's price. A line has its own id: recorded again, it counts
 * once.
 *
 * @returns how many lines there were
 */
export async function recordBatchResults(
  recorder: Recorder,
  format: BatchFormatName,
  results: BatchResults,
  options: BatchResultsOptions = {},
): Promise<number> {
  const batch: BatchedCalls = { ...USUAL[format], ...options, format };
  let count = 0;
  for await (const line of linesOf(results)) {
    recordBatchLine(recorder, batch, line);
    count += 1;
  }
  return count;
}

/** Records one line of a batch's results, as text or parsed. */
export function recordBatchLine(recorder: Recorder, batch: BatchedCalls, line: unknown): void {
  const { format, service, operation, batchId } = batch;
  const parsed = typeof line === "string" ? parsedLine(line) : line;
  const startedAt = madeAt(parsed) ?? batch.endedAt;
  const call = withUsageContext(batchId === undefined ? {} : { batchId }, () =>
    recorder.begin({ service, operation, ...(startedAt !== undefined && { startedAt }) }),
  );
  const requestId = idOfLine(parsed, batchId);
  call.succeeded(parsed, {
    reading: readUsage(FORMATS[format], parsed, { service }),
    ...(requestId !== undefined && { requestId }),
  });
}

function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** When an answer of OpenAI's was made, by itself: epoch seconds. */
function madeAt(line: unknown): number | undefined {
  const body = (line as { response?: { body?: { created?: unknown; created_at?: unknown } } } | undefined)
    ?.response?.body;
  const seconds = body?.created ?? body?.created_at;
  return typeof seconds === "number" ? seconds * 1000 : undefined;
}

/** For lines without an answer. What the application calls them is its own, so it goes out as a hash. */
function idOfLine(line: unknown, batchId: string | undefined): string | undefined {
  const customId = (line as { readonly custom_id?: unknown } | undefined)?.custom_id;
  if (batchId === undefined || typeof customId !== "string") return undefined;
  return createHash("sha256").update(`${batchId}\n${customId}`).digest("hex").slice(0, 32);
}

async function* linesOf(results: BatchResults): AsyncGenerator<unknown> {
  const isResponse = results instanceof Object && "body" in results && "headers" in results;
  const pieces = isResponse ? (results.body ?? []) : typeof results === "string" ? [results] : results;
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of pieces as AsyncIterable<unknown>) {
    if (piece instanceof Uint8Array) {
      // Bytes end anywhere.
      const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      yield* lines.filter(isNotEmpty);
    } else if (typeof piece === "string") yield* piece.split("\n").filter(isNotEmpty);
    else yield piece;
  }
  if (isNotEmpty(rest)) yield rest;
}

const isNotEmpty = (line: string): boolean => line.trim() !== "";
