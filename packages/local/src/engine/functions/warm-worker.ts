import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import * as z from "zod";
import { type FunctionErrorPayload, functionError, type InvokeResult } from "./invoke-result.ts";

const errorPayload = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  trace: z.array(z.string()),
});

const message = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ initError: z.string() }),
  z.object({ requestId: z.string(), payload: z.string() }),
  z.object({ requestId: z.string(), error: z.string() }),
]);

const INIT_TIMEOUT_MS = 30_000;

export interface FunctionSettings {
  functionName: string;
  functionArn: string;
  /** The directory of the bundle: `index.mjs` exports `handler`. */
  directory: string;
  /** The whole environment of the function; nothing of this process's leaks in. */
  env: Record<string, string>;
  timeoutMs: number;
  memoryMb: number;
  log: (text: string) => void;
}

interface Running {
  requestId: string;
  settle: (result: InvokeResult) => void;
}

/** One execution environment: a worker thread that handles one event at a time. Once it has failed, it is dead. */
export class WarmWorker {
  readonly #worker: Worker;
  readonly #settings: FunctionSettings;
  #running: Running | undefined;
  #dead = false;
  #becomeReady: () => void = () => {};
  readonly #ready = new Promise<void>((resolve) => {
    this.#becomeReady = resolve;
  });

  constructor(settings: FunctionSettings) {
    this.#settings = settings;
    const { functionName, functionArn, directory, memoryMb } = settings;
    const entry = pathToFileURL(join(directory, "index.mjs")).href;
    this.#worker = new Worker(new URL("./function-worker.mjs", import.meta.url), {
      name: functionName,
      workerData: { entry, functionName, functionArn, memoryMb },
      env: { ...runtimeEnvironment(settings), ...settings.env },
      // Without this, loaders of the main thread (tsx, say) would be started in each worker.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
      stdout: true,
      stderr: true,
    });
    this.#listen();
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Never rejects. An aborted signal ends the worker in the middle of what it does. */
  async invoke(event: string, signal?: AbortSignal): Promise<InvokeResult> {
    const requestId = randomUUID();
    const { timeoutMs } = this.#settings;
    const kill = () => void this.kill();
    const timeOut = (ms: number) => setTimeout(() => this.#timeOut(ms), ms);
    let timer = timeOut(INIT_TIMEOUT_MS);
    signal?.addEventListener("abort", kill, { once: true });
    try {
      return await new Promise<InvokeResult>((settle) => {
        this.#running = { requestId, settle };
        if (signal?.aborted) kill();
        // A cold start does not count towards the function's own timeout.
        void this.#ready.then(() => {
          clearTimeout(timer);
          if (this.#dead) return;
          timer = timeOut(timeoutMs);
          this.#worker.postMessage({ requestId, event, deadline: Date.now() + timeoutMs });
        });
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", kill);
    }
  }

  /** Ends the thread at once, as a crash would. */
  async kill(): Promise<void> {
    this.#die({
      errorType: "Runtime.ExitError",
      errorMessage: "The execution environment was killed",
      trace: [],
    });
    await this.#worker.terminate();
  }

  #listen(): void {
    const { log } = this.#settings;
    for (const stream of [this.#worker.stdout, this.#worker.stderr])
      stream.setEncoding("utf8").on("data", log);
    this.#worker.on("message", (received: unknown) => this.#receive(message.parse(received)));
    this.#worker.on("error", (error: unknown) => this.#die(payloadOfCrash(error)));
    this.#worker.on("exit", (code) =>
      this.#die({
        errorType: "Runtime.ExitError",
        errorMessage: `The runtime exited with code ${code}`,
        trace: [],
      }),
    );
  }

  #receive(received: z.infer<typeof message>): void {
    if ("ready" in received) this.#becomeReady();
    else if ("initError" in received) this.#die(errorPayload.parse(JSON.parse(received.initError)));
    else if (this.#running?.requestId === received.requestId) this.#settle(toResult(received));
  }

  #timeOut(ms: number): void {
    const seconds = (ms / 1000).toFixed(2);
    this.#die({
      errorType: "Sandbox.Timedout",
      errorMessage: `Task timed out after ${seconds} seconds`,
      trace: [],
    });
  }

  #die(reason: FunctionErrorPayload): void {
    const running = this.#running;
    if (!this.#dead) {
      this.#dead = true;
      this.#becomeReady();
      void this.#worker.terminate();
      if (running)
        this.#settings.log(`${reason.errorType}: ${reason.errorMessage}\n${reason.trace.join("\n")}\n`);
    }
    if (running) this.#settle(functionError(running.requestId, reason));
  }

  #settle(result: InvokeResult): void {
    const running = this.#running;
    this.#running = undefined;
    running?.settle(result);
  }
}

function toResult(
  received: { requestId: string; payload: string } | { requestId: string; error: string },
): InvokeResult {
  const { requestId } = received;
  if ("payload" in received) return { requestId, payload: JSON.parse(received.payload) };
  return functionError(requestId, errorPayload.parse(JSON.parse(received.error)));
}

function runtimeEnvironment({ functionName, directory, memoryMb }: FunctionSettings): Record<string, string> {
  return {
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    LAMBDA_TASK_ROOT: directory,
  };
}

function payloadOfCrash(error: unknown): FunctionErrorPayload {
  if (!(error instanceof Error)) return { errorType: "Error", errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") };
}
