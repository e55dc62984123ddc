import type { OpenWindow } from "./mapping-state.ts";
import type { StreamRecord } from "./stream-record.ts";

/** Lambda takes 6 MB of payload; records are counted by what they may grow to as JSON. */
const MAX_BATCH_BYTES = 6_000_000;

/**
 * After a window's end by the clock, how long a record with a time inside it may still appear. The engine stamps a write
 * a little before it is visible.
 */
export const WINDOW_GRACE_MS = 50;

export interface BufferedRecord {
  record: StreamRecord;
  createdMs: number;
  /** When it was read; the batching window counts from the first one's. */
  seenAtMs: number;
}

export type Step =
  | { do: "deliver"; count: number }
  | { do: "close window"; early: boolean }
  | { do: "finish" }
  /** Read on; at `byMs` there is something to decide, whatever is read until then. */
  | { do: "read"; byMs: number };

export interface ShardView {
  /** Read, passed by the filter, and not yet delivered. */
  buffer: readonly BufferedRecord[];
  window: OpenWindow | undefined;
  nowMs: number;
  /** All that was written before this moment has been read. */
  readUpToMs: number;
  /** There will be no more records. */
  ended: boolean;
  batchSize: number;
  batchingWindowMs: number;
  tumblingWindowMs: number;
}

/** What a poller does next; of what it knows, only. */
export function nextStep(view: ShardView): Step {
  const { buffer, window, ended } = view;
  const first = buffer[0];
  if (window !== undefined && first !== undefined && !isWithin(first, window))
    return { do: "close window", early: false };
  if (first !== undefined) return nextBatch(view, first);
  if (window === undefined) return ended ? { do: "finish" } : { do: "read", byMs: Number.POSITIVE_INFINITY };
  const over = view.readUpToMs >= window.endMs + WINDOW_GRACE_MS;
  if (over || ended) return { do: "close window", early: !over };
  return { do: "read", byMs: window.endMs + WINDOW_GRACE_MS };
}

function nextBatch(view: ShardView, first: BufferedRecord): Step {
  const { buffer, batchSize, nowMs, tumblingWindowMs } = view;
  const count = batchLength(view, first);
  const isFull = count === batchSize || count < buffer.length;
  const dueMs = first.seenAtMs + view.batchingWindowMs;
  const windowEndMs =
    tumblingWindowMs > 0 ? windowOf(first.createdMs, tumblingWindowMs).endMs + WINDOW_GRACE_MS : Infinity;
  if (isFull || view.ended || nowMs >= dueMs || view.readUpToMs >= windowEndMs)
    return { do: "deliver", count };
  return { do: "read", byMs: Math.min(dueMs, windowEndMs) };
}

/** As many records from the front as one invocation may have: of one tumbling window, within the size limits. */
function batchLength({ buffer, batchSize, tumblingWindowMs }: ShardView, first: BufferedRecord): number {
  const window = tumblingWindowMs > 0 ? windowOf(first.createdMs, tumblingWindowMs) : undefined;
  let bytes = 0;
  let count = 0;
  for (const buffered of buffer) {
    bytes += payloadBytes(buffered.record);
    const fits = count < batchSize && (count === 0 || bytes <= MAX_BATCH_BYTES);
    if (!fits || (window !== undefined && !isWithin(buffered, window))) break;
    count++;
  }
  return count;
}

/** SizeBytes counts names and values; JSON adds types, quotes and braces. */
function payloadBytes(record: StreamRecord): number {
  return 3 * record.dynamodb.SizeBytes + 500;
}

export function windowOf(timeMs: number, lengthMs: number): { startMs: number; endMs: number } {
  const startMs = Math.floor(timeMs / lengthMs) * lengthMs;
  return { startMs, endMs: startMs + lengthMs };
}

export function isWithin(
  { createdMs }: { createdMs: number },
  window: { startMs: number; endMs: number },
): boolean {
  return createdMs >= window.startMs && createdMs < window.endMs;
}
