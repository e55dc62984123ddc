import { randomUUID } from "node:crypto";
import { currentUsageContext } from "../../context/usage-context.ts";
import type { BatchProvider, BatchRequestError, BatchResult } from "./batch-provider.ts";
import { followBatch } from "./batch-run.ts";
import { type BatchPricesOf, type BatchSavings, SavingsSum } from "./batch-savings.ts";
import { WaitingGroup, type WaitingRequest } from "./waiting-group.ts";

export interface BatchOptimizerOptions<Request, Answer> {
  /** `openAIBatches({ … })`, `anthropicBatches({ … })`, or one of yours. */
  readonly provider: BatchProvider<Request, Answer>;
  /** A batch goes out with so many requests. @default as many as the provider takes */
  readonly maxRequests?: number;
  /** And so long after its first request at the latest. @default 60000 */
  readonly flushAfterMs?: number;
  /** @default 60000 */
  readonly pollEveryMs?: number;
  /** Ends all waiting. Batches that were sent go on at the provider: `resume` finds them. */
  readonly signal?: AbortSignal;
  /** For `savings()`. */
  readonly pricesOf?: BatchPricesOf;
  /** A batch was sent: keep its id, and another process can `resume` it. */
  readonly onBatch?: (batch: { readonly batchId: string; readonly customIds: readonly string[] }) => void;
  /** Told of failures that are tried again. @default nobody */
  readonly onProblem?: (error: Error) => void;
}

export interface AddOptions {
  /** Names the request in its batch, for `resume`: 1 to 64 letters, digits, `_` and `-`. @default one by chance */
  readonly customId?: string;
  /** Stops waiting; a request that was not sent yet is not sent. */
  readonly signal?: AbortSignal;
}

export interface BatchOptimizer<Request, Answer> {
  /**
   * Puts a request into the next batch.
   *
   * @returns when its answer is there, which may take a day
   * @throws BatchRequestError when it alone was not answered; the provider's own error when its batch could not be sent or read
   */
  add(request: Request, options?: AddOptions): Promise<Answer>;
  /** Sends what waits. @returns when all of it is sent, or could not be */
  flush(): Promise<void>;
  /** Waits for a batch that another process began. @returns what came of each of its requests, by `customId` */
  resume(batchId: string): Promise<ReadonlyMap<string, BatchResult<Answer>>>;
  /** What the requests that were answered so far saved. */
  savings(): BatchSavings;
}

const MINUTE_MS = 60_000;
const CUSTOM_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Gathers requests that may wait, and has them answered by the provider's batch API, which costs less. */
export function batchOptimizer<Request, Answer>(
  options: BatchOptimizerOptions<Request, Answer>,
): BatchOptimizer<Request, Answer> {
  return new GatheringOptimizer(options);
}

class GatheringOptimizer<Request, Answer> implements BatchOptimizer<Request, Answer> {
  readonly #options: BatchOptimizerOptions<Request, Answer>;
  readonly #max: { readonly maxRequests: number; readonly maxBytes: number };
  readonly #groups = new Map<string, WaitingGroup<Request, Answer>>();
  readonly #savings: SavingsSum;

  constructor(options: BatchOptimizerOptions<Request, Answer>) {
    const { provider, maxRequests = Number.POSITIVE_INFINITY, signal } = options;
    this.#options = options;
    this.#max = { maxRequests: Math.min(maxRequests, provider.maxRequests), maxBytes: provider.maxBytes };
    this.#savings = new SavingsSum(options.pricesOf);
    signal?.addEventListener("abort", () => this.#withdrawAll(signal.reason), { once: true });
  }

  add(request: Request, { customId = randomUUID(), signal }: AddOptions = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#options.signal?.throwIfAborted();
      signal?.throwIfAborted();
      const name = this.#options.provider.groupOf(request);
      const member = { customId, request, context: currentUsageContext(), resolve, reject };
      const group = this.#gather(name, member);
      const giveUp = () => {
        group.withdraw(customId);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", giveUp, { once: true });
    });
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#groups.keys()].map((name) => this.#send(name)));
  }

  async resume(batchId: string): Promise<ReadonlyMap<string, BatchResult<Answer>>> {
    const results = new Map<string, BatchResult<Answer>>();
    await this.#follow(batchId, {
      contextOf: () => undefined,
      onResult: (customId, result) => results.set(customId, result),
    });
    for (const result of results.values()) this.#savings.add(result);
    return results;
  }

  savings(): BatchSavings {
    return this.#savings.read();
  }

  #gather(name: string, member: WaitingRequest<Request, Answer>): WaitingGroup<Request, Answer> {
    const { provider } = this.#options;
    const bytes = Buffer.byteLength(provider.lineOf(member)) + 1;
    const size = { weight: provider.weightOf(member.request), bytes };
    if (!CUSTOM_ID.test(member.customId) || this.#groups.get(name)?.has(member.customId))
      throw new RangeError("customId must be 1 to 64 letters, digits, _ and -, and no other request's");
    if (size.weight > this.#max.maxRequests || bytes > this.#max.maxBytes)
      throw new RangeError("the request is larger than a batch may be");
    if (this.#groups.get(name)?.hasRoom(size, this.#max) === false) void this.#send(name);
    const group = this.#groups.get(name) ?? this.#begin(name);
    group.add(member, size);
    if (group.weight >= this.#max.maxRequests) void this.#send(name);
    return group;
  }

  #begin(name: string): WaitingGroup<Request, Answer> {
    const { flushAfterMs = MINUTE_MS } = this.#options;
    const group = new WaitingGroup<Request, Answer>(setTimeout(() => void this.#send(name), flushAfterMs));
    this.#groups.set(name, group);
    return group;
  }

  /** @returns when the group is on its way; it is followed from then on */
  async #send(name: string): Promise<void> {
    const group = this.#groups.get(name);
    if (group === undefined) return;
    this.#groups.delete(name);
    clearTimeout(group.timer);
    const { members } = group;
    if (members.length === 0) return;
    try {
      const batchId = await this.#options.provider.submit(members, this.#options.signal);
      void this.#settle(batchId, members);
      this.#tell(batchId, members);
    } catch (error) {
      for (const { reject } of members) reject(error);
    }
  }

  /** The batch is on its way, whatever the application makes of it. */
  #tell(batchId: string, members: readonly WaitingRequest<Request, Answer>[]): void {
    try {
      this.#options.onBatch?.({ batchId, customIds: members.map(({ customId }) => customId) });
    } catch (error) {
      this.#options.onProblem?.(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #settle(batchId: string, members: readonly WaitingRequest<Request, Answer>[]): Promise<void> {
    const waiting = new Map(members.map((member) => [member.customId, member]));
    const contexts = new Map(members.map(({ customId, context }) => [customId, context]));
    const onResult = (customId: string, result: BatchResult<Answer>) => {
      const member = waiting.get(customId);
      if (member === undefined) return;
      waiting.delete(customId);
      this.#savings.add(result);
      if (result.status === "succeeded") member.resolve(result.answer);
      else member.reject(result.error);
    };
    const rest = await this.#follow(batchId, { contextOf: (id) => contexts.get(id), onResult }).catch(
      (error: unknown) => error,
    );
    for (const { reject } of waiting.values()) reject(rest);
  }

  #follow(
    batchId: string,
    hooks: Pick<Parameters<typeof followBatch<Request, Answer>>[0], "contextOf" | "onResult">,
  ): Promise<BatchRequestError> {
    const { provider, pollEveryMs = MINUTE_MS, signal, onProblem = () => {} } = this.#options;
    return followBatch({ provider, batchId, pollEveryMs, signal, onProblem, ...hooks });
  }

  #withdrawAll(reason: unknown): void {
    for (const group of this.#groups.values()) {
      clearTimeout(group.timer);
      for (const { reject } of group.members) reject(reason);
    }
    this.#groups.clear();
  }
}
