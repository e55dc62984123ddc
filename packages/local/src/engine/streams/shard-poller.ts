import { setTimeout as sleep } from "node:timers/promises";
import type { BatchDelivery } from "./batch-delivery.ts";
import { type BufferedRecord, nextStep } from "./batching.ts";
import type { MappingSettings } from "./mapping-settings.ts";
import type { ShardState } from "./mapping-state.ts";
import type { MappingStats } from "./mapping-stats.ts";
import { isInLane } from "./shard-layout.ts";
import type { CursorRead, ShardCursor } from "./stream-reader.ts";
import { isAfter, type StreamRecord } from "./stream-record.ts";

/** Between two reads when something comes in. */
const BUSY_POLL_MS = 25;
/** While a batch fills up, whose time is known. */
const FILLING_POLL_MS = 100;
/** Nothing has come for a while. */
const IDLE_POLL_MS = 200;
const READ_FAILED_MS = 500;
/** A checkpoint moved by filtered records only is written so often; losing it costs reading them again. */
const IDLE_SAVE_MS = 2_000;

export interface ShardPollerOptions {
  shard: ShardState;
  cursor: ShardCursor;
  settings: MappingSettings;
  delivery: BatchDelivery;
  save: () => void;
  /** The shard closes after so long, at what has been read by then. */
  lifetimeMs: number;
  stats: MappingStats;
  log: (line: string) => void;
  signal: AbortSignal;
}

/** Takes one shard from its checkpoint to its end: reads, filters, batches, has batches delivered. */
export class ShardPoller {
  readonly #options: ShardPollerOptions;
  #buffer: BufferedRecord[] = [];
  #delivering = false;
  #ended = false;
  #readUpToMs = 0;
  #lastReadWasEmpty = false;
  #pollMs = BUSY_POLL_MS;
  #savedMs = 0;
  readonly #closesAtMs: number;

  constructor(options: ShardPollerOptions) {
    this.#options = options;
    this.#closesAtMs = Date.now() + options.lifetimeMs;
  }

  /** Whether all that was written before this moment is delivered and checkpointed; not known of a shard that ends. */
  isDrainedUpTo(timeMs: number): boolean {
    return !this.#delivering && !this.#ended && this.#buffer.length === 0 && this.#readUpToMs >= timeMs;
  }

  get isIdle(): boolean {
    return !this.#delivering && this.#buffer.length === 0 && this.#lastReadWasEmpty;
  }

  get backlog(): { records: number; oldestMs: number | undefined } {
    return { records: this.#buffer.length, oldestMs: this.#buffer[0]?.createdMs };
  }

  async run(): Promise<"finished" | "stopped"> {
    const { signal, delivery, shard, settings } = this.#options;
    while (!signal.aborted) {
      this.#rollIfDue();
      const step = nextStep({
        ...settings,
        buffer: this.#buffer,
        window: shard.window,
        nowMs: Date.now(),
        readUpToMs: this.#readUpToMs,
        ended: this.#ended,
      });
      switch (step.do) {
        case "finish":
          return "finished";
        case "close window":
          if (shard.window !== undefined) await delivery.closeWindow(shard.window, step.early);
          break;
        case "deliver":
          await this.#deliver(step.count);
          break;
        case "read":
          await this.#read(step.byMs);
          break;
        default:
          step satisfies never;
      }
    }
    this.#saveIdleProgress(0);
    return "stopped";
  }

  async #deliver(count: number): Promise<void> {
    const { delivery, signal } = this.#options;
    this.#delivering = true;
    await delivery.deliver(this.#buffer.slice(0, count));
    // Stopped in the middle: what is left counts as not drained, and comes again after the next start.
    if (signal.aborted) return;
    this.#buffer = this.#buffer.slice(count);
    this.#delivering = false;
  }

  async #read(byMs: number): Promise<void> {
    await this.#wait(byMs);
    const { cursor, log, shard, signal } = this.#options;
    try {
      if (!signal.aborted) this.#take(await cursor.read());
    } catch (error) {
      if (signal.aborted) return;
      log(`${shard.shardId}: reading failed: ${error}`);
      this.#pollMs = READ_FAILED_MS;
    }
  }

  #take({ records, ended, askedAtMs }: CursorRead): void {
    const { shard, stats, cursor } = this.#options;
    const seenAtMs = Date.now();
    const until = shard.closing?.until;
    for (const record of records) {
      const number = record.dynamodb.SequenceNumber;
      if (until !== undefined && isAfter(number, until)) break;
      if (this.#isWanted(record)) {
        this.#buffer.push({
          record,
          createdMs: record.dynamodb.ApproximateCreationDateTime * 1000,
          seenAtMs,
        });
      } else {
        stats.filteredRecords++;
      }
    }
    this.#lastReadWasEmpty = records.length === 0;
    if (this.#lastReadWasEmpty) this.#readUpToMs = askedAtMs;
    this.#ended =
      ended || (until !== undefined && cursor.position !== undefined && !isAfter(until, cursor.position));
    this.#adaptPace(records.length);
    this.#saveIdleProgress(IDLE_SAVE_MS);
  }

  #isWanted(record: StreamRecord): boolean {
    const { shard, settings } = this.#options;
    return isInLane(record, shard.lane) && settings.matches(record);
  }

  #adaptPace(recordsRead: number): void {
    if (recordsRead >= 200) this.#pollMs = 0;
    else if (recordsRead > 0) this.#pollMs = BUSY_POLL_MS;
    else this.#pollMs = Math.min(IDLE_POLL_MS, Math.max(BUSY_POLL_MS, this.#pollMs * 1.5));
  }

  async #wait(byMs: number): Promise<void> {
    const filling = this.#buffer.length > 0 && this.#pollMs > 0 ? FILLING_POLL_MS : this.#pollMs;
    const ms = Math.min(filling, Math.max(0, byMs - Date.now()));
    if (ms > 0) await sleep(ms, undefined, { signal: this.#options.signal }).catch(() => {});
  }

  /** Closes a virtual shard at what has been read. Its child starts behind that, once this one is drained. */
  #rollIfDue(): void {
    const { shard, cursor, save } = this.#options;
    if (Date.now() < this.#closesAtMs || shard.closing !== undefined || cursor.position === undefined) return;
    shard.closing = { until: cursor.position, successor: "child" };
    this.#ended = true;
    save();
  }

  /** Filtered records move the checkpoint, too, when no other record is waiting. */
  #saveIdleProgress(everyMs: number): void {
    const { shard, cursor, save } = this.#options;
    const isBehind = cursor.position !== undefined && cursor.position !== (shard.checkpoint ?? shard.after);
    if (this.#buffer.length > 0 || !isBehind || Date.now() < this.#savedMs + everyMs) return;
    this.#savedMs = Date.now();
    const until = shard.closing?.until;
    shard.checkpoint = this.#ended && until !== undefined ? until : cursor.position;
    save();
  }
}
