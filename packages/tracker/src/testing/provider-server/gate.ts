/** Lets through as many as it was told to, whether told before or after they came. */
export class Gate {
  #permits = 0;
  #waiting: (() => void)[] = [];

  get waiting(): number {
    return this.#waiting.length;
  }

  release(count: number): void {
    this.#permits += count;
    while (this.#permits > 0 && this.#waiting.length > 0) {
      this.#permits--;
      this.#waiting.shift()?.();
    }
  }

  /** Whoever gives up takes no permit away from others. */
  async pass(abandoned: Promise<unknown>): Promise<void> {
    if (this.#permits > 0) {
      this.#permits--;
      return;
    }
    await new Promise<void>((pass) => {
      this.#waiting.push(pass);
      void abandoned.then(() => {
        this.#waiting = this.#waiting.filter((waiting) => waiting !== pass);
        pass();
      });
    });
  }

  close(): void {
    this.#permits = 0;
  }
}
