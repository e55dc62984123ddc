import { basename } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { problemsOnStderr } from "../../default-problems.ts";
import { syncSpool } from "../../delivery/sync.ts";
import type { Transport } from "../../delivery/transport.ts";
import { type Environment, trackerOptionsFromEnv } from "../../environment/environment.ts";
import { farSide } from "../../far-side.ts";
import { ExtensionsApi } from "./extensions-api.ts";

export interface LambdaExtensionOptions {
  /** As in the function's own tracker: what waits for another destination is left alone. @default the API of the environment */
  readonly transport?: Transport;
  /** The function's own `spoolDirectory`. @default AI_USAGE_SPOOL_DIR, or the one in `/tmp` that trackers have by default */
  readonly spoolDirectory?: string;
  /** How long an invocation may be held for the sake of metrics that earlier ones left. @default 500 */
  readonly invokeMs?: number;
  /** As Lambda knows it. @default the name of the script's file, which has to lie in `/opt/extensions` */
  readonly name?: string;
  /** @default process.env */
  readonly env?: Environment;
}

const INVOKE_MS = 500;
/** So much before its deadline the extension is done. */
const MARGIN_MS = 100;
const AGAIN_MS = 50;

/**
 * An external Lambda extension that sends what a function's tracker has left in `/tmp`: with it, the function need not wait for its
 * metrics to arrive before it answers (`withUsage(…, { flush: false })`). The tracker goes on sending while the environment runs; at
 * its end, when the function's process is gone, the extension sends the rest. A layer has a script that calls it, executable,
 * as `/opt/extensions/ai-usage`.
 *
 * @returns when the environment ends
 * @throws ExtensionsApiError when Lambda does not answer; what goes wrong with metrics is told on stderr
 */
export async function runLambdaExtension(options: LambdaExtensionOptions = {}): Promise<void> {
  const { env = process.env, name = basename(process.argv[1] ?? "ai-usage"), invokeMs = INVOKE_MS } = options;
  const address = env.AWS_LAMBDA_RUNTIME_API ?? "127.0.0.1:9001";
  const api = await ExtensionsApi.register({ address, name });
  const sender = new LeftoverSender(options, env);
  for (;;) {
    const { eventType, deadlineMs } = await api.next();
    const leftMs = Math.max(0, deadlineMs - Date.now() - MARGIN_MS);
    if (eventType === "SHUTDOWN") return sender.sendAll(leftMs);
    await sender.sendSome(Math.min(leftMs, invokeMs));
  }
}

/** Sends what ended processes left, one pass at a time: one that was cut off by a standstill goes on afterwards. */
class LeftoverSender {
  readonly #directory: string | undefined;
  readonly #tell = problemsOnStderr();
  readonly #transport: Transport | undefined;
  #pass: Promise<number> | undefined;

  constructor({ transport, spoolDirectory }: LambdaExtensionOptions, env: Environment) {
    this.#directory = spoolDirectory ?? (env.AI_USAGE_SPOOL_DIR?.trim() || undefined);
    try {
      trackerOptionsFromEnv(env);
      this.#transport = farSide({ ...(transport && { transport }), env, cwd: process.cwd() }).transport;
    } catch (error) {
      // The function itself is to run all the same.
      this.#failed(error);
    }
  }

  async sendSome(timeoutMs: number): Promise<void> {
    await Promise.race([this.#send(), wait(timeoutMs, undefined, { ref: false })]);
  }

  /** The function's process may still be about to end. */
  async sendAll(timeoutMs: number): Promise<void> {
    const isLate = AbortSignal.timeout(timeoutMs);
    const late = wait(timeoutMs, 0, { ref: false });
    while (!isLate.aborted && (await Promise.race([this.#send(), late])) > 0) await wait(AGAIN_MS);
  }

  /** @returns how many processes still run that have something */
  #send(): Promise<number> {
    this.#pass ??= this.#sync().finally(() => {
      this.#pass = undefined;
    });
    return this.#pass;
  }

  async #sync(): Promise<number> {
    if (this.#transport === undefined) return 0;
    try {
      const { running, failure } = await syncSpool({
        transport: this.#transport,
        ...(this.#directory !== undefined && { directory: this.#directory }),
      });
      if (failure !== undefined) this.#failed(failure);
      return running;
    } catch (error) {
      this.#failed(error);
      return 0;
    }
  }

  #failed(error: unknown): void {
    this.#tell({ kind: "delivery", error: error instanceof Error ? error : new Error(String(error)) });
  }
}
