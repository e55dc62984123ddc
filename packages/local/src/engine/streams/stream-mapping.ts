import { setMaxListeners } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Invoke } from "../functions/invoke-result.ts";
import { BatchDelivery } from "./batch-delivery.ts";
import type { FailureDocument } from "./failure-document.ts";
import { type FaultPlan, ShardFaults } from "./faults.ts";
import { FunctionCaller } from "./function-caller.ts";
import { type MappingSettings, parseMappingSettings } from "./mapping-settings.ts";
import {
  loadMappingState,
  type MappingState,
  newMappingState,
  type ShardState,
  saveMappingState,
} from "./mapping-state.ts";
import { type MappingStats, newMappingStats } from "./mapping-stats.ts";
import {
  closeOtherLayouts,
  finishShard,
  forgetTrimmedShards,
  furthestCheckpoint,
  presentShard,
  type ShardLayout,
  shardsOfOtherLayouts,
  startableShards,
} from "./shard-layout.ts";
import { ShardPoller } from "./shard-poller.ts";
import type { StreamReader } from "./stream-reader.ts";

/** How often the engine is asked for shards that no closed shard announced. */
const LIST_SHARDS_MS = 10_000;
const NO_SHARD_YET_MS = 200;

export interface StreamMappingOptions {
  /** Names the checkpoints: the logical id of the resource. */
  id: string;
  /** The resolved properties of the `AWS::Lambda::EventSourceMapping`. */
  properties: unknown;
  /** Shared by all mappings of the stream. */
  stream: StreamReader;
  target: { functionArn: string; invoke: Invoke };
  /** Where the checkpoints are kept. */
  home: string;
  /** Takes what the mapping gives up; the mapping waits for it, and tries again when it rejects. @default dropped */
  onFailure?: (document: FailureDocument, destination: string | undefined) => Promise<void> | void;
  faults?: FaultPlan;
  /** @default 1 */
  seed?: number;
  /** Takes a line for each failed invocation. @default dropped */
  log?: (line: string) => void;
}

export interface StreamMapping {
  readonly id: string;
  stats(): MappingStats & { checkpoints: Record<string, string | undefined> };
  /** Nothing is being delivered or waits for it, as far as the mapping has read. */
  isIdle(): boolean;
  /** What is read and not delivered. */
  lag(): { records: number; oldestMs: number };
  /** Resolves when all that was written before the call is delivered and checkpointed. Rejects when stopped. */
  drained(): Promise<void>;
  /** Lets the invocations that run come to their end, and checkpoints them. */
  stop(): Promise<void>;
}

/** Starts to deliver the stream's records to the function, from the last checkpoints on. */
export function startStreamMapping(options: StreamMappingOptions): StreamMapping {
  return new RunningMapping(options);
}

class RunningMapping implements StreamMapping {
  readonly id: string;
  readonly #options: StreamMappingOptions;
  readonly #settings: MappingSettings;
  readonly #layout: ShardLayout;
  readonly #file: string;
  readonly #state: MappingState;
  readonly #isNew: boolean;
  readonly #stats = newMappingStats();
  readonly #stopping = new AbortController();
  readonly #pollers = new Map<ShardState, { poller: ShardPoller; run: Promise<void> }>();
  readonly #done: Promise<void>;
  /** Aborted when a shard is finished, so that its successors start at once. */
  #shardFinished = new AbortController();

  constructor(options: StreamMappingOptions) {
    this.id = options.id;
    this.#options = options;
    this.#settings = parseMappingSettings(options.properties);
    this.#layout = layoutOf(options.faults);
    this.#file = join(options.home, "checkpoints", `${options.id}.json`);
    const { streamArn } = options.stream;
    const saved = loadMappingState(this.#file, streamArn);
    this.#isNew = saved === undefined;
    this.#state = saved ?? newMappingState(streamArn);
    setMaxListeners(0, this.#stopping.signal);
    this.#done = this.#run();
  }

  stats() {
    const checkpoints = this.#state.shards.map((shard) => [shard.shardId, shard.checkpoint]);
    return { ...this.#stats, checkpoints: Object.fromEntries(checkpoints) };
  }

  isIdle(): boolean {
    return this.#allPollers((poller) => poller.isIdle);
  }

  lag() {
    const backlogs = [...this.#pollers.values()].map(({ poller }) => poller.backlog);
    const oldest = Math.min(...backlogs.map(({ oldestMs }) => oldestMs ?? Number.POSITIVE_INFINITY));
    const records = backlogs.reduce((sum, backlog) => sum + backlog.records, 0);
    return { records, oldestMs: Number.isFinite(oldest) ? Math.max(0, Date.now() - oldest) : 0 };
  }

  async drained(): Promise<void> {
    const calledMs = Date.now();
    while (!this.#allPollers((poller) => poller.isDrainedUpTo(calledMs))) {
      if (this.#stopping.signal.aborted)
        throw new Error(`the mapping ${this.id} was stopped before it was drained`);
      await sleep(10);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  /** False while a finished shard's successors are not there. */
  #allPollers(holds: (poller: ShardPoller) => boolean): boolean {
    const started = this.#state.shards.every((shard) => this.#pollers.has(shard));
    return (
      started && this.#pollers.size > 0 && [...this.#pollers.values()].every(({ poller }) => holds(poller))
    );
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let prepared = false;
    while (!signal.aborted) {
      this.#shardFinished = new AbortController();
      try {
        if (!prepared) await this.#prepare();
        prepared = true;
        await this.#startShards();
      } catch (error) {
        if (!signal.aborted) this.#log(`shards cannot be listed: ${error}`);
      }
      const waitMs = this.#pollers.size > 0 ? LIST_SHARDS_MS : NO_SHARD_YET_MS;
      await sleep(waitMs, undefined, { signal: AbortSignal.any([signal, this.#shardFinished.signal]) }).catch(
        () => {},
      );
    }
    await Promise.all([...this.#pollers.values()].map(({ run }) => run));
  }

  async #prepare(): Promise<void> {
    const { stream } = this.#options;
    if (this.#isNew && this.#settings.startingPosition === "LATEST") await this.#startAtLatest();
    const closing = shardsOfOtherLayouts(this.#state, this.#layout);
    const tails = new Map<string, string | undefined>();
    for (const engineShardId of new Set(closing.map((shard) => shard.engineShardId))) {
      const furthest = furthestCheckpoint(closing.filter((shard) => shard.engineShardId === engineShardId));
      tails.set(engineShardId, await stream.findTail(engineShardId, furthest));
    }
    closeOtherLayouts(this.#state, this.#layout, tails);
    this.#save();
  }

  async #startAtLatest(): Promise<void> {
    const { stream } = this.#options;
    const engineShards = await stream.listShards();
    const parents = new Set(engineShards.map(({ parentShardId }) => parentShardId));
    for (const { shardId } of engineShards) {
      if (parents.has(shardId)) this.#state.finishedEngineShards.push(shardId);
      else
        this.#state.shards.push(
          ...presentShard(shardId, this.#layout, await stream.findTail(shardId, undefined)),
        );
    }
  }

  async #startShards(): Promise<void> {
    const engineShards = await this.#options.stream.listShards();
    forgetTrimmedShards(this.#state, engineShards);
    for (const { shardId } of startableShards(this.#state, engineShards)) {
      this.#state.shards.push(...presentShard(shardId, this.#layout, undefined));
    }
    this.#save();
    for (const shard of this.#state.shards) if (!this.#pollers.has(shard)) this.#startPoller(shard);
  }

  #startPoller(shard: ShardState): void {
    const { stream, target, faults: plan, seed = 1, onFailure } = this.#options;
    const faults =
      plan === undefined ? undefined : new ShardFaults(plan, seed, `${this.id} ${shard.shardId}`);
    const shared = {
      shard,
      settings: this.#settings,
      stats: this.#stats,
      save: () => this.#save(),
      log: (line: string) => this.#log(line),
      signal: this.#stopping.signal,
    };
    const delivery = new BatchDelivery({
      ...shared,
      streamArn: stream.streamArn,
      functionArn: target.functionArn,
      caller: new FunctionCaller(target.invoke, faults, this.#stats),
      onFailure: async (document) => onFailure?.(document, this.#settings.onFailureDestination),
      faults,
    });
    const poller = new ShardPoller({
      ...shared,
      cursor: stream.openCursor(shard.engineShardId, shard.checkpoint ?? shard.after),
      delivery,
      lifetimeMs: faults?.lifetimeMs() ?? Number.POSITIVE_INFINITY,
    });
    const run = poller.run().then(
      (end) => {
        if (end === "finished") this.#finish(shard);
      },
      (error: unknown) => {
        // A bug or a full disk; the next look at the shards starts it again from its checkpoint.
        this.#log(`${shard.shardId}: ${error}`);
        this.#pollers.delete(shard);
      },
    );
    this.#pollers.set(shard, { poller, run });
  }

  #finish(shard: ShardState): void {
    finishShard(this.#state, shard, this.#layout);
    this.#pollers.delete(shard);
    this.#save();
    this.#shardFinished.abort();
  }

  #save(): void {
    saveMappingState(this.#file, this.#state);
  }

  #log(line: string): void {
    this.#options.log?.(`${this.id}: ${line}`);
  }
}

function layoutOf(faults: FaultPlan | undefined): ShardLayout {
  if (faults?.shards === undefined && faults?.rollSeconds === undefined) return { lanes: undefined };
  return { lanes: faults.shards ?? 1 };
}
