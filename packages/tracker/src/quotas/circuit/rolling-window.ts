import type { FixedPoint } from "@ai-usage/core/exact";

/** What came of calls in one slot of time, or in all of a window. */
interface Tally {
  calls: number;
  failures: number;
  slow: number;
  spent: FixedPoint;
}

interface Slot extends Tally {
  /** Which of all slots since the epoch it is. */
  readonly index: number;
}

const SLOTS = 60;

/** The last `spanMs`, and up to a sixtieth of it more, in slots: memory does not grow with the number of calls. */
export class RollingWindow {
  readonly #slotMs: number;
  /** Oldest first. */
  #slots: Slot[] = [];

  constructor(spanMs: number) {
    this.#slotMs = spanMs / SLOTS;
  }

  add(nowMs: number, { calls = 0, failures = 0, slow = 0, spent = 0n }: Partial<Tally>): void {
    const slot = this.#slotAt(nowMs);
    slot.calls += calls;
    slot.failures += failures;
    slot.slow += slow;
    slot.spent += spent;
  }

  total(nowMs: number): Readonly<Tally> {
    const total: Tally = { calls: 0, failures: 0, slow: 0, spent: 0n };
    for (const { calls, failures, slow, spent } of this.#kept(nowMs)) {
      total.calls += calls;
      total.failures += failures;
      total.slow += slow;
      total.spent += spent;
    }
    return total;
  }

  /** @returns when less than `most` will be spent in it, if nothing more is: epoch milliseconds */
  spentLessAt(nowMs: number, most: FixedPoint): number {
    let { spent } = this.total(nowMs);
    let atMs = nowMs;
    for (const slot of this.#slots) {
      if (spent < most) break;
      spent -= slot.spent;
      atMs = (slot.index + SLOTS + 1) * this.#slotMs;
    }
    return atMs;
  }

  clear(): void {
    this.#slots = [];
  }

  #slotAt(nowMs: number): Slot {
    const index = Math.floor(nowMs / this.#slotMs);
    const last = this.#kept(nowMs).at(-1);
    // A clock that was set back goes on in the slot that it had come to.
    if (last !== undefined && last.index >= index) return last;
    const slot = { index, calls: 0, failures: 0, slow: 0, spent: 0n };
    this.#slots.push(slot);
    return slot;
  }

  #kept(nowMs: number): readonly Slot[] {
    const first = Math.floor(nowMs / this.#slotMs) - SLOTS;
    while (this.#slots[0] !== undefined && this.#slots[0].index < first) this.#slots.shift();
    return this.#slots;
  }
}
