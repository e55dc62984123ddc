import * as z from "zod";
import type { BufferedRecord } from "./batching.ts";
import { integerBetween, type Random, seededRandom } from "./random.ts";
import { hash } from "./shard-layout.ts";

const probability = z.number().min(0).max(0.9, "above 0.9 a stream would hardly come to an end");

/** What `--faults` takes. Every fault is one that AWS documents or that a crash at that moment causes. */
const faultPlan = z.strictObject({
  /** After a batch, deliver a range again that was delivered before, with other borders. */
  redeliver: probability.default(0),
  /** Cut a batch into several invocations at random borders. */
  split: probability.default(0),
  /** Kill the function in the middle of an invocation. */
  crashBeforeCommit: probability.default(0),
  /** Lose the checkpoint after the function is done: the records come again, with other borders. */
  crashAfterCommit: probability.default(0),
  /** Wait up to so long before an invocation. */
  delayMs: z.number().min(0).max(60_000).default(0),
  /** Show the stream as so many shards by the key of the item. */
  shards: z.number().int().min(1).max(64).optional(),
  /** Close each virtual shard about every so many seconds; a child takes over. */
  rollSeconds: z.number().positive().optional(),
});

export type FaultPlan = z.infer<typeof faultPlan>;

/** @throws ZodError that names the unknown or impossible fault */
export function parseFaults(faults: unknown): FaultPlan {
  return faultPlan.parse(faults);
}

/** What goes wrong in one shard: the same decisions, in the same order, for the same seed. */
export class ShardFaults {
  readonly #plan: FaultPlan;
  readonly #random: Random;

  constructor(plan: FaultPlan, seed: number, scope: string) {
    this.#plan = plan;
    this.#random = seededRandom(seed ^ hash(scope));
  }

  /** The batch in the pieces that are delivered one after the other. */
  cut<Item>(items: readonly Item[]): Item[][] {
    return this.#happens(this.#plan.split) ? this.cutAnywhere(items) : [[...items]];
  }

  /** As cut, for sure: what a new poller would read has borders of its own. */
  cutAnywhere<Item>(items: readonly Item[]): Item[][] {
    const pieces: Item[][] = [];
    const most = Math.max(1, Math.ceil(items.length / 2));
    for (let from = 0; from < items.length; ) {
      const length = integerBetween(this.#random, 1, most);
      pieces.push(items.slice(from, from + length));
      from += length;
    }
    return pieces;
  }

  delayMs(): number {
    return this.#plan.delayMs * this.#random();
  }

  /** When in an invocation of about `expectedMs` the function is killed; undefined = it is not. */
  crashAfterMs(expectedMs: number): number | undefined {
    return this.#happens(this.#plan.crashBeforeCommit) ? expectedMs * this.#random() : undefined;
  }

  losesCheckpoint(): boolean {
    return this.#happens(this.#plan.crashAfterCommit);
  }

  /** A range of what was delivered, to be delivered again; undefined = this time not. */
  redelivery(history: readonly BufferedRecord[]): BufferedRecord[] | undefined {
    if (history.length === 0 || !this.#happens(this.#plan.redeliver)) return undefined;
    const last = history.length - 1;
    const from = integerBetween(this.#random, 0, last);
    return history.slice(from, integerBetween(this.#random, from, last) + 1);
  }

  /** How long this shard lives; Infinity = it is not rolled. */
  lifetimeMs(): number {
    const { rollSeconds } = this.#plan;
    return rollSeconds === undefined ? Number.POSITIVE_INFINITY : rollSeconds * 1000 * (0.5 + this.#random());
  }

  #happens(chance: number): boolean {
    return chance > 0 && this.#random() < chance;
  }
}
