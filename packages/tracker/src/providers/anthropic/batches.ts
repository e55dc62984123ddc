import type { BatchedCalls } from "../../recording/batch-results.ts";
import type { Recorder } from "../../recording/call.ts";
import { define } from "../stainless/instrument.ts";

/** What `results()` answers with. */
interface JsonLines {
  decoder(): AsyncIterator<unknown>;
}

const KEPT_MAX = 1_000;

/**
 * Results of message batches: each line is a call, recorded as it is read. When the batch ended is told before its results
 * can be read, and makes the time of each of its calls.
 *
 * https://platform.claude.com/docs/en/api/messages/batches/results
 */
export class MessageBatches {
  readonly #recorder: Recorder;
  readonly #service: string;
  readonly #ends = new Map<string, number>();

  constructor(recorder: Recorder, service: string) {
    this.#recorder = recorder;
    this.#service = service;
  }

  /** Somebody was told how a batch stands. */
  ended(batch: unknown): void {
    const { id, ended_at: endedAt } = (batch ?? {}) as { readonly id?: unknown; readonly ended_at?: unknown };
    if (typeof id !== "string" || typeof endedAt !== "string") return;
    if (this.#ends.size >= KEPT_MAX) this.#ends.clear();
    this.#ends.set(id, Date.parse(endedAt));
  }

  /** Somebody is about to read the results. */
  watch(lines: unknown, batchId: unknown): void {
    if (typeof batchId !== "string" || !isJsonLines(lines)) return;
    const { decoder } = lines;
    const calls = (): BatchedCalls => ({
      format: "anthropic.batch_line",
      service: this.#service,
      operation: "messages",
      batchId,
      endedAt: this.#ends.get(batchId),
    });
    const recorder = this.#recorder;
    define(lines, "decoder", async function* (this: JsonLines) {
      const { recordBatchLine } = await import("../../recording/batch-results.ts");
      const batch = calls();
      for await (const line of { [Symbol.asyncIterator]: () => decoder.call(lines) }) {
        recordBatchLine(recorder, batch, line);
        yield line;
      }
    });
  }
}

function isJsonLines(value: unknown): value is JsonLines {
  return (
    typeof value === "object" &&
    value !== null &&
    "decoder" in value &&
    typeof value.decoder === "function" &&
    Symbol.asyncIterator in value
  );
}
