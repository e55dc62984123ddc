import { setTimeout as sleep } from "node:timers/promises";
import {
  functionError,
  type Invoke,
  type InvokeOptions,
  type InvokeResult,
} from "../functions/invoke-result.ts";
import type { ShardFaults } from "./faults.ts";
import type { MappingStats } from "./mapping-stats.ts";

/** Invokes the function for one shard, with the delays and crashes that the faults ask for. */
export class FunctionCaller {
  readonly #invoke: Invoke;
  readonly #faults: ShardFaults | undefined;
  readonly #stats: MappingStats;
  /** Moving average, so that an injected crash falls into the invocation. */
  #usualMs = 20;

  constructor(invoke: Invoke, faults: ShardFaults | undefined, stats: MappingStats) {
    this.#invoke = invoke;
    this.#faults = faults;
    this.#stats = stats;
  }

  async call(event: unknown): Promise<InvokeResult> {
    this.#stats.invocations++;
    if (this.#faults !== undefined) await sleep(this.#faults.delayMs());
    const crashMs = this.#faults?.crashAfterMs(this.#usualMs);
    if (crashMs !== undefined) return this.#callAndCrash(event, crashMs);
    const startedMs = performance.now();
    const result = await this.#invokeSafely(event);
    this.#usualMs = (this.#usualMs + performance.now() - startedMs) / 2;
    return result;
  }

  /** If the function is done before the crash, its answer is lost with the one that waited for it. */
  async #callAndCrash(event: unknown, crashMs: number): Promise<InvokeResult> {
    const crash = new AbortController();
    const timer = setTimeout(() => crash.abort(), crashMs);
    const { requestId } = await this.#invokeSafely(event, { signal: crash.signal });
    clearTimeout(timer);
    return functionError(requestId, {
      errorType: "InjectedCrash",
      errorMessage: "killed by the faults",
      trace: [],
    });
  }

  /** A function that cannot be invoked at all has failed as well; the mapping tries again. */
  async #invokeSafely(event: unknown, options?: InvokeOptions): Promise<InvokeResult> {
    try {
      return await this.#invoke(event, options);
    } catch (error) {
      return functionError("", { errorType: "InvokeFailed", errorMessage: String(error), trace: [] });
    }
  }
}
