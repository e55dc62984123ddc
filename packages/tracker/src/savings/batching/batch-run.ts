import { setTimeout as delay } from "node:timers/promises";
import type { UsageContext } from "../../context/usage-context.ts";
import { type BatchProvider, BatchRequestError, type BatchResult } from "./batch-provider.ts";

export interface BatchRunOptions<Request, Answer> {
  readonly provider: BatchProvider<Request, Answer>;
  readonly batchId: string;
  readonly pollEveryMs: number;
  readonly signal: AbortSignal | undefined;
  readonly onProblem: (error: Error) => void;
  readonly contextOf: (customId: string) => UsageContext | undefined;
  readonly onResult: (customId: string, result: BatchResult<Answer>) => void;
}

/**
 * Waits until a batch is over, and tells its results. An API that cannot be reached for now is asked again.
 *
 * @returns what is to be said of requests of which there was no result
 * @throws what the API says where asking again is of no use; the signal's reason
 */
export async function followBatch<Request, Answer>(
  options: BatchRunOptions<Request, Answer>,
): Promise<BatchRequestError> {
  const { provider, batchId, signal, contextOf, onResult } = options;
  for (;;) {
    const status = await attempt(options, () => provider.status(batchId, signal));
    if (status?.isOver) {
      const told = await attempt(options, async () => {
        for await (const [customId, result] of provider.results(status, { signal, contextOf }))
          onResult(customId, result);
        return true;
      });
      if (told) return new BatchRequestError({ status: status.why, batchId, code: undefined });
    }
    await delay(options.pollEveryMs, undefined, { signal }).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    });
  }
}

async function attempt<Result>(
  { signal, onProblem }: Pick<BatchRunOptions<never, never>, "signal" | "onProblem">,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    if (isForGood(error)) throw error;
    onProblem(error instanceof Error ? error : new Error(String(error)));
    return undefined;
  }
}

const PASSING = [408, 409, 425, 429];

/** An answer that will not be another one next time. */
function isForGood(error: unknown): boolean {
  const { status } = (error ?? {}) as { readonly status?: unknown };
  return typeof status === "number" && status >= 400 && status < 500 && !PASSING.includes(status);
}
