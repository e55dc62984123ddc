import type { CacheStore } from "./cache-store.ts";
import { isPlainObject } from "./canonical-json.ts";

/** An answer as it is kept. */
export interface KeptAnswer {
  /** JSON text: who reads it has a copy of their own. */
  readonly answer: string;
  /** What the call cost that made it: exact text. */
  readonly costUsd: string | undefined;
}

export interface KeptAnswersOptions {
  readonly store: CacheStore;
  readonly ttlSeconds: number;
  readonly timeoutMs: number;
  readonly onProblem: (error: Error) => void;
  readonly now: () => number;
}

/** A store as the cache uses it: one that is broken or slow is as good as an empty one. */
export class KeptAnswers {
  readonly #options: KeptAnswersOptions;

  constructor(options: KeptAnswersOptions) {
    this.#options = options;
  }

  async find(key: string): Promise<KeptAnswer | undefined> {
    const text = await this.#attempt((store) => store.get(key));
    if (typeof text !== "string") return undefined;
    const kept = readKept(text);
    if (kept === undefined) {
      this.#options.onProblem(new Error("the store holds something that is no answer"));
      return undefined;
    }
    return kept.expiresAt > this.#options.now() ? kept : undefined;
  }

  async keep(key: string, { answer, costUsd }: KeptAnswer): Promise<void> {
    const { ttlSeconds, now } = this.#options;
    const expires_at = now() + ttlSeconds * 1_000;
    const value = JSON.stringify({ answer, cost_usd: costUsd, expires_at });
    await this.#attempt((store) => store.set(key, value, ttlSeconds));
  }

  async forget(key: string): Promise<void> {
    await this.#attempt((store) => store.delete(key));
  }

  async #attempt<Result>(work: (store: CacheStore) => Promise<Result>): Promise<Result | undefined> {
    const { store, timeoutMs, onProblem } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the store did not answer in ${timeoutMs} ms`)), timeoutMs);
    });
    try {
      return await Promise.race([work(store), late]);
    } catch (error) {
      onProblem(error instanceof Error ? error : new Error(String(error)));
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }
}

function readKept(text: string): (KeptAnswer & { readonly expiresAt: number }) | undefined {
  try {
    const kept: unknown = JSON.parse(text);
    if (!isPlainObject(kept)) return undefined;
    const { answer, cost_usd: costUsd, expires_at: expiresAt } = kept;
    if (typeof answer !== "string" || typeof expiresAt !== "number") return undefined;
    JSON.parse(answer);
    return { answer, expiresAt, costUsd: typeof costUsd === "string" ? costUsd : undefined };
  } catch {
    return undefined;
  }
}
