import { appendFileSync } from "node:fs";
import type { Invoke, InvokeOptions, InvokeResult } from "./invoke-result.ts";
import { WarmWorker } from "./warm-worker.ts";

export interface FunctionRunnerOptions {
  functionName: string;
  /** @default an ARN made of the name */
  functionArn?: string;
  /** The directory of the bundle: `index.mjs` exports `handler`. */
  directory: string;
  /** The whole environment of the function; nothing of this process's leaks in. */
  env: Record<string, string>;
  /** @default 3000, as Lambda's */
  timeoutMs?: number;
  /** @default 128, as Lambda's */
  memoryMb?: number;
  /** Execution environments at most. @default 2 */
  maxConcurrency?: number;
  /** Takes what the function prints: a file to append to, or a callback. @default dropped */
  log?: string | ((text: string) => void);
}

export interface FunctionRunner {
  readonly functionName: string;
  readonly functionArn: string;
  /** Waits for a free execution environment, then runs the handler. Rejects only after stop(). */
  invoke: Invoke;
  /** Ends all execution environments at once, as a crash would; the next invocation starts a fresh one. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export function createFunctionRunner(options: FunctionRunnerOptions): FunctionRunner {
  const { functionName } = options;
  const functionArn = options.functionArn ?? `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`;
  const pool = new WorkerPool(options.maxConcurrency ?? 2, () => {
    const { directory, env, timeoutMs = 3_000, memoryMb = 128 } = options;
    return new WarmWorker({
      functionName,
      functionArn,
      directory,
      env,
      timeoutMs,
      memoryMb,
      log: logSink(options.log),
    });
  });
  return {
    functionName,
    functionArn,
    invoke: (event, invokeOptions) => pool.invoke(JSON.stringify(event) ?? "null", invokeOptions),
    kill: () => pool.kill(),
    stop: () => pool.stop(),
  };
}

class WorkerPool {
  readonly #size: number;
  readonly #create: () => WarmWorker;
  readonly #idle: WarmWorker[] = [];
  readonly #busy = new Set<WarmWorker>();
  readonly #waiting: (() => void)[] = [];
  #stopped = false;

  constructor(size: number, create: () => WarmWorker) {
    this.#size = size;
    this.#create = create;
  }

  async invoke(event: string, options: InvokeOptions = {}): Promise<InvokeResult> {
    while (!this.#stopped && this.#busy.size >= this.#size) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#stopped) throw new Error("the function runner is stopped");
    const worker = this.#takeIdle() ?? this.#create();
    this.#busy.add(worker);
    try {
      return await worker.invoke(event, options.signal);
    } finally {
      this.#busy.delete(worker);
      if (!worker.dead) this.#idle.push(worker);
      this.#waiting.shift()?.();
    }
  }

  async kill(): Promise<void> {
    await Promise.all([...this.#idle.splice(0), ...this.#busy].map((worker) => worker.kill()));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await this.kill();
  }

  #takeIdle(): WarmWorker | undefined {
    let worker = this.#idle.pop();
    while (worker?.dead) worker = this.#idle.pop();
    return worker;
  }
}

function logSink(log: FunctionRunnerOptions["log"]): (text: string) => void {
  if (log === undefined) return () => {};
  return typeof log === "string" ? (text) => appendFileSync(log, text) : log;
}
