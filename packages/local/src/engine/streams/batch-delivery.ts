import { setTimeout as sleep } from "node:timers/promises";
import type { InvokeResult, JsonValue } from "../functions/invoke-result.ts";
import { type BufferedRecord, isWithin, windowOf } from "./batching.ts";
import { type DiscardReason, type FailureDocument, failureDocument } from "./failure-document.ts";
import type { ShardFaults } from "./faults.ts";
import type { FunctionCaller } from "./function-caller.ts";
import type { MappingSettings } from "./mapping-settings.ts";
import type { OpenWindow, ShardState } from "./mapping-state.ts";
import type { MappingStats } from "./mapping-stats.ts";
import { type Outcome, readOutcome } from "./response.ts";

const FIRST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 5_000;
/** What is remembered for redeliveries; only with faults. */
const HISTORY_LENGTH = 2_000;

/** Records that go into one invocation, and how often that has failed. */
interface Part {
  records: BufferedRecord[];
  retries: number;
  invocations: number;
}

export interface DeliveryOptions {
  shard: ShardState;
  streamArn: string;
  settings: MappingSettings;
  functionArn: string;
  caller: FunctionCaller;
  onFailure: (document: FailureDocument) => Promise<void>;
  /** Makes the shard's state durable. */
  save: () => void;
  faults: ShardFaults | undefined;
  stats: MappingStats;
  log: (line: string) => void;
  signal: AbortSignal;
}

/** Brings batches of one shard to the function: at least once, in order, each checkpointed before the next. */
export class BatchDelivery {
  readonly #options: DeliveryOptions;
  readonly #isTumbling: boolean;
  #history: BufferedRecord[] = [];

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#isTumbling = options.settings.tumblingWindowMs > 0;
  }

  /** Returns when all are done or discarded, or when the mapping is being stopped. */
  async deliver(records: readonly BufferedRecord[]): Promise<void> {
    const { faults, signal } = this.#options;
    let parts = (faults?.cut(records) ?? [[...records]]).map(newPart);
    for (let part = parts.shift(); part !== undefined && !signal.aborted; part = parts.shift()) {
      const current = await this.#discardTooOld(part);
      if (current === undefined) continue;
      const outcome = await this.#attempt(current);
      if (outcome.kind === "success" && faults?.losesCheckpoint()) {
        // A new poller starts at the last checkpoint: these records again, and those behind them, with new borders.
        parts = faults.cutAnywhere([current, ...parts].flatMap((again) => again.records)).map(newPart);
      } else {
        parts.unshift(...(await this.#settle(current, outcome)));
      }
    }
  }

  /** The invocation without records at the end of a window. */
  async closeWindow(window: OpenWindow, isWindowTerminatedEarly: boolean): Promise<void> {
    const { shard, settings, save, signal } = this.#options;
    const event = {
      ...this.#windowEvent([], window, window.state),
      isFinalInvokeForWindow: true,
      isWindowTerminatedEarly,
    };
    for (let retries = 0; ; retries++) {
      const result = await this.#options.caller.call(event);
      if (result.functionError === undefined || retries >= settings.maximumRetryAttempts) break;
      await this.#pause(retries);
      if (signal.aborted) return;
    }
    shard.window = undefined;
    save();
  }

  async #settle(part: Part, outcome: Outcome): Promise<Part[]> {
    switch (outcome.kind) {
      case "success":
        this.#commitDelivered(part.records, outcome.state);
        await this.#redeliver();
        return [];
      case "partial": {
        const { failedFrom, state } = outcome;
        if (failedFrom > 0) this.#commitDelivered(part.records.slice(0, failedFrom), state);
        return this.#retry({ ...part, records: part.records.slice(failedFrom) }, failedFrom > 0);
      }
      case "failed":
        return this.#retry(part, false);
      default:
        return outcome satisfies never;
    }
  }

  /** What to deliver next of a part that failed. Cutting it, by halves or at the reported record, is not a retry. */
  async #retry(part: Part, isCut: boolean): Promise<Part[]> {
    const { settings, stats } = this.#options;
    stats.retries++;
    if (isCut) return [part];
    if (settings.bisects && part.records.length > 1) return halves(part);
    if (part.retries >= settings.maximumRetryAttempts) {
      await this.#discard(part, "RetryAttemptsExhausted");
      return [];
    }
    await this.#pause(part.retries);
    return [{ ...part, retries: part.retries + 1 }];
  }

  async #attempt(part: Part): Promise<Outcome> {
    const { settings, stats, log, shard } = this.#options;
    part.invocations++;
    const result = await this.#call(part.records);
    const records = part.records.map(({ record }) => record);
    const rules = { isTumbling: this.#isTumbling, reportsItemFailures: settings.reportsItemFailures };
    const outcome = readOutcome(result, records, rules);
    if (outcome.kind === "success") return outcome;
    stats.failedInvocations++;
    const reason =
      outcome.kind === "partial" ? `failed from record ${outcome.failedFrom} on` : outcome.reason;
    log(`${shard.shardId}: ${records.length} records: ${reason}`);
    return outcome;
  }

  /** Records of one window, when there are windows. */
  #call(buffered: readonly BufferedRecord[]): Promise<InvokeResult> {
    const { caller, settings, shard } = this.#options;
    const [first] = buffered;
    if (!this.#isTumbling || first === undefined)
      return caller.call({ Records: buffered.map(({ record }) => record) });
    const state = shard.window !== undefined && isWithin(first, shard.window) ? shard.window.state : {};
    const window = windowOf(first.createdMs, settings.tumblingWindowMs);
    return caller.call({
      ...this.#windowEvent(buffered, window, state),
      isFinalInvokeForWindow: false,
      isWindowTerminatedEarly: false,
    });
  }

  #windowEvent(
    buffered: readonly BufferedRecord[],
    window: { startMs: number; endMs: number },
    state: JsonValue,
  ) {
    const { shard, streamArn } = this.#options;
    return {
      Records: buffered.map(({ record }) => record),
      window: { start: isoSeconds(window.startMs), end: isoSeconds(window.endMs) },
      state,
      shardId: shard.shardId,
      eventSourceARN: streamArn,
    };
  }

  #commitDelivered(records: readonly BufferedRecord[], state: JsonValue): void {
    this.#commit(records, state);
    this.#options.stats.deliveredRecords += records.length;
    if (this.#options.faults !== undefined)
      this.#history = [...this.#history, ...records].slice(-HISTORY_LENGTH);
  }

  /** Without a new state, the window keeps the one that it has. */
  #commit(records: readonly BufferedRecord[], state: JsonValue | undefined): void {
    const { shard, settings, save } = this.#options;
    const last = records.at(-1);
    if (last === undefined) return;
    shard.checkpoint = last.record.dynamodb.SequenceNumber;
    if (this.#isTumbling) {
      const { startMs, endMs } = windowOf(last.createdMs, settings.tumblingWindowMs);
      shard.window = { startMs, endMs, state: state ?? shard.window?.state ?? {} };
    }
    save();
  }

  /** Replays lie at or below the checkpoint; whatever they answer changes nothing. */
  async #redeliver(): Promise<void> {
    const { faults, stats, signal } = this.#options;
    for (;;) {
      const again = faults?.redelivery(this.#history);
      if (again === undefined) return;
      for (const records of this.#byWindow(again)) {
        if (signal.aborted) return;
        stats.redeliveredRecords += records.length;
        await this.#call(records);
      }
    }
  }

  #byWindow(records: readonly BufferedRecord[]): BufferedRecord[][] {
    const { tumblingWindowMs } = this.#options.settings;
    if (!this.#isTumbling) return [[...records]];
    const groups = new Map<number, BufferedRecord[]>();
    for (const buffered of records) {
      const { startMs } = windowOf(buffered.createdMs, tumblingWindowMs);
      const group = groups.get(startMs);
      if (group === undefined) groups.set(startMs, [buffered]);
      else group.push(buffered);
    }
    return [...groups.values()];
  }

  /** The rest of the part, which is young enough; undefined when nothing is left. */
  async #discardTooOld(part: Part): Promise<Part | undefined> {
    const oldestMs = Date.now() - this.#options.settings.maximumRecordAgeMs;
    const young = part.records.findIndex(({ createdMs }) => createdMs >= oldestMs);
    if (young === 0) return part;
    const count = young === -1 ? part.records.length : young;
    await this.#discard({ ...part, records: part.records.slice(0, count) }, "RecordAgeExceeded");
    const records = part.records.slice(count);
    return records.length > 0 ? { ...part, records } : undefined;
  }

  /** A checkpoint that moves on without the records being done: only once the destination has been told. */
  async #discard(part: Part, reason: DiscardReason): Promise<void> {
    const { functionArn, shard, onFailure, stats, log, signal } = this.#options;
    const [first] = part.records;
    const last = part.records.at(-1);
    if (first === undefined || last === undefined) return;
    const { invocations } = part;
    const batchSize = part.records.length;
    const { shardId } = shard;
    const document = failureDocument({
      first,
      last,
      batchSize,
      reason,
      invocations,
      functionArn,
      shardId,
      nowMs: Date.now(),
    });
    for (let attempts = 0; !signal.aborted; attempts++) {
      try {
        await onFailure(document);
        stats.discardedRecords += batchSize;
        this.#commit(part.records, undefined);
        return;
      } catch (error) {
        log(`${shardId}: the on-failure destination failed: ${error}`);
        await this.#pause(attempts);
      }
    }
  }

  async #pause(failures: number): Promise<void> {
    const ms = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures, 20));
    await sleep(ms, undefined, { signal: this.#options.signal }).catch(() => {});
  }
}

function newPart(records: BufferedRecord[]): Part {
  return { records, retries: 0, invocations: 0 };
}

function halves(part: Part): Part[] {
  const middle = Math.ceil(part.records.length / 2);
  return [part.records.slice(0, middle), part.records.slice(middle)].map((records) => ({ ...part, records }));
}

/** AWS writes window bounds without milliseconds. */
function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}
