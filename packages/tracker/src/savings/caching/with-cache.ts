import type { HashKey } from "../../privacy/keyed-hash.ts";
import { CacheCounters, type CacheStatistics } from "./cache-statistics.ts";
import type { CacheStore } from "./cache-store.ts";
import { CachedCalls } from "./cached-calls.ts";
import { KeptAnswers } from "./kept-answers.ts";
import { type CacheScope, requestKeys } from "./request-key.ts";

export interface CacheOptions<Args extends readonly unknown[], Answer> {
  /** `memoryStore()`, or one of yours. */
  readonly store: CacheStore;
  /** How long an answer may be used. @default 3600 */
  readonly ttlSeconds?: number;
  /**
   * Secret behind the names of requests, of at least 16 characters. Processes that share a store need the same.
   * @default one by chance, for this process
   */
  readonly key?: HashKey["key"];
  /** What of a call makes it the same as another one, as JSON. @default its first argument */
  readonly keyOf?: (...args: Args) => unknown;
  /**
   * Who shares answers: `team` and `user` are those of the usage context, and without one nothing is cached.
   * @default "shared": all
   */
  readonly scope?: CacheScope<Args>;
  /** Whether to look in the cache at all. @default unless the request says `stream: true` */
  readonly when?: (...args: Args) => boolean;
  /** What the call cost that made the answer, as exact text; see `costOfAnswer`. Kept with it, for the statistics. */
  readonly costOf?: (answer: Answer, ...args: Args) => string | undefined;
  /** Makes of plain JSON what the call answers with, where that is an instance of a class. Without it such answers are not cached. */
  readonly revive?: (plain: unknown) => Answer;
  /** After which a store counts as broken. @default 1000 */
  readonly storeTimeoutMs?: number;
  /** Told of what goes wrong with the store; the call goes on as without a cache. @default it is counted only */
  readonly onProblem?: (error: Error) => void;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

export interface CachedCall<Args extends readonly unknown[], Answer> {
  (...args: Args): Promise<Answer>;
  statistics(): CacheStatistics;
  /** Makes the next such call anew. */
  forget(...args: Args): Promise<void>;
}

const TTL_SECONDS = 3_600;
const STORE_TIMEOUT_MS = 1_000;

/**
 * Makes a function that answers what was asked before without calling. Equal calls at the same time are made once, and fail together;
 * failures are not kept. From the cache everybody has a copy of their own. A stream, or anything else that is no JSON,
 * passes through and is not kept. A store that fails or hangs never fails the call.
 *
 * @throws TrackerConfigurationError when the key is too short to be a secret
 */
export function withCache<Args extends readonly unknown[], Answer>(
  call: (...args: Args) => PromiseLike<Answer>,
  options: CacheOptions<Args, Answer>,
): CachedCall<Args, Answer> {
  const counters = new CacheCounters();
  const onProblem = (error: Error) => {
    counters.problems += 1;
    options.onProblem?.(error);
  };
  const kept = new KeptAnswers({
    store: options.store,
    ttlSeconds: options.ttlSeconds ?? TTL_SECONDS,
    timeoutMs: options.storeTimeoutMs ?? STORE_TIMEOUT_MS,
    onProblem,
    now: options.now ?? Date.now,
  });
  const nameOf = requestKeys(options);
  const keyOf = (args: Args) => {
    try {
      return nameOf(...args);
    } catch (error) {
      onProblem(error instanceof Error ? error : new Error(String(error)));
      return undefined;
    }
  };
  const { when = notStreamed } = options;
  const calls = new CachedCalls({ ...options, call, kept, counters, onProblem });
  const cached = async (...args: Args): Promise<Answer> =>
    calls.answer(when(...args) ? keyOf(args) : undefined, args);
  return Object.assign(cached, {
    statistics: () => counters.read(),
    forget: async (...args: Args) => {
      const key = keyOf(args);
      if (key !== undefined) await kept.forget(key);
    },
  });
}

function notStreamed(...args: readonly unknown[]): boolean {
  return (args[0] as { readonly stream?: unknown } | null | undefined)?.stream !== true;
}
