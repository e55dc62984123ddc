import type { CacheCounters } from "./cache-statistics.ts";
import { isPlainJson } from "./canonical-json.ts";
import type { KeptAnswer, KeptAnswers } from "./kept-answers.ts";

interface CachedCallsParts<Args extends readonly unknown[], Answer> {
  readonly call: (...args: Args) => PromiseLike<Answer>;
  readonly kept: KeptAnswers;
  readonly counters: CacheCounters;
  readonly costOf?: (answer: Answer, ...args: Args) => string | undefined;
  readonly revive?: (plain: unknown) => Answer;
  readonly onProblem: (error: Error) => void;
}

/** How a call that others wait for ended: with an answer to copy, or with one that cannot be. */
type Shared = KeptAnswer | "not_to_share";

interface Made<Answer> {
  readonly answer: Answer;
  readonly shared: Shared;
}

/** Looks before it calls, and calls once for all who ask the same at the same time. */
export class CachedCalls<Args extends readonly unknown[], Answer> {
  readonly #parts: CachedCallsParts<Args, Answer>;
  readonly #underWay = new Map<string, Promise<Shared>>();

  constructor(parts: CachedCallsParts<Args, Answer>) {
    this.#parts = parts;
  }

  /** @param key undefined: it is no affair of the cache */
  async answer(key: string | undefined, args: Args): Promise<Answer> {
    const { call, counters } = this.#parts;
    if (key === undefined) {
      counters.bypassed += 1;
      return call(...args);
    }
    const first = this.#underWay.get(key);
    return first === undefined ? this.#lead(key, args) : this.#join(first, args);
  }

  async #lead(key: string, args: Args): Promise<Answer> {
    const leading = this.#findOrMake(key, args);
    const shared = leading.then((made) => made.shared);
    // Nobody may wait for it; whoever leads is told of the failure anyway.
    shared.catch(() => {});
    this.#underWay.set(key, shared);
    try {
      return (await leading).answer;
    } finally {
      this.#underWay.delete(key);
    }
  }

  async #join(first: Promise<Shared>, args: Args): Promise<Answer> {
    const { call, counters } = this.#parts;
    const shared = await first.catch((error: unknown) => {
      // Who gave up did so for themselves.
      if (isAbort(error)) return "not_to_share" as const;
      throw error;
    });
    const copy = shared === "not_to_share" ? undefined : this.#copyOf(shared);
    if (shared === "not_to_share" || copy === undefined) {
      counters.misses += 1;
      return call(...args);
    }
    counters.joined += 1;
    counters.spared(shared.costUsd);
    return copy.answer;
  }

  async #findOrMake(key: string, args: Args): Promise<Made<Answer>> {
    const { call, kept, counters } = this.#parts;
    const found = await kept.find(key);
    const copy = found && this.#copyOf(found);
    if (found !== undefined && copy !== undefined) {
      counters.hits += 1;
      counters.spared(found.costUsd);
      return { answer: copy.answer, shared: found };
    }
    counters.misses += 1;
    const answer = await call(...args);
    const shared = this.#toKeep(answer, args);
    if (shared !== "not_to_share") await kept.keep(key, shared);
    return { answer, shared };
  }

  /** Whatever goes wrong with keeping it, the answer is there. */
  #toKeep(answer: Answer, args: Args): Shared {
    const { costOf, revive, onProblem } = this.#parts;
    try {
      if (revive === undefined && !isPlainJson(answer)) return "not_to_share";
      const text = JSON.stringify(answer);
      return text === undefined ? "not_to_share" : { answer: text, costUsd: costOf?.(answer, ...args) };
    } catch (error) {
      onProblem(error instanceof Error ? error : new Error(String(error)));
      return "not_to_share";
    }
  }

  /** Nothing when it cannot be brought back: it is as if it had not been found. */
  #copyOf({ answer }: KeptAnswer): { readonly answer: Answer } | undefined {
    const { revive, onProblem } = this.#parts;
    try {
      const plain: unknown = JSON.parse(answer);
      return { answer: revive === undefined ? (plain as Answer) : revive(plain) };
    } catch (error) {
      onProblem(error instanceof Error ? error : new Error(String(error)));
      return undefined;
    }
  }
}

/** Of the platform (`AbortError`) and of the SDKs (`APIUserAbortError`). */
function isAbort(error: unknown): boolean {
  return error instanceof Error && /abort/i.test(`${error.name} ${error.constructor.name}`);
}
