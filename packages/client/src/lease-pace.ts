const SECOND_MS = 1_000;

/** How many calls come in a second. */
export class LeasePace {
  #sinceMs: number;
  #calls = 0;
  #lastPerSecond = 0;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  /** Of the last second that is over, or more if there were more in this one. */
  perSecond(nowMs: number): number {
    const ms = nowMs - this.#sinceMs;
    if (ms < SECOND_MS) return Math.max(this.#lastPerSecond, this.#calls - 1);
    return (this.#calls * SECOND_MS) / ms;
  }

  count(nowMs: number): void {
    if (nowMs - this.#sinceMs >= SECOND_MS) {
      this.#lastPerSecond = this.perSecond(nowMs);
      this.#sinceMs = nowMs;
      this.#calls = 0;
    }
    this.#calls += 1;
  }
}
