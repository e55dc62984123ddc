interface Waiter {
  readonly mark: number;
  /** By `performance.now()`. */
  readonly deadline: number;
  readonly finish: () => void;
}

/** Those who wait until what there was has arrived, each for a while. While somebody waits, the process stays alive. */
export class FlushWaiters {
  readonly #waiters = new Set<Waiter>();

  wait({ mark, timeoutMs }: { mark: number; timeoutMs: number }): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        resolve();
      };
      const timer = setTimeout(finish, timeoutMs);
      const waiter = { mark, deadline: performance.now() + timeoutMs, finish };
      this.#waiters.add(waiter);
    });
  }

  /** What has arrived is waited for no more. */
  settle(hasPassed: (mark: number) => boolean): void {
    for (const waiter of this.#waiters) if (hasPassed(waiter.mark)) waiter.finish();
  }

  giveUp(): void {
    for (const waiter of this.#waiters) waiter.finish();
  }

  /** Nothing will come of it for so long: those who have less time need not wait. */
  giveUpBefore(ms: number): void {
    const until = performance.now() + ms;
    for (const waiter of this.#waiters) if (waiter.deadline < until) waiter.finish();
  }
}
