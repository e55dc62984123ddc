/** Most reasons that one answer names: a request of nothing but mistakes must not make an answer of its own size. */
const REASONS_MAX = 10;

/** Why spans were rejected, and warnings about others, each once with how many it is of. */
export class Reasons {
  rejected = 0;
  readonly #counts = new Map<string, number>();

  reject(reason: string): void {
    this.rejected += 1;
    this.#count(reason);
  }

  warn(reason: string): void {
    this.#count(reason);
  }

  #count(reason: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  /** Empty when all is well. */
  get message(): string {
    const shown = Array.from(this.#counts, ([reason, count]) =>
      count === 1 ? reason : `${reason} (${count} spans)`,
    );
    const more = shown.length - REASONS_MAX;
    return [...shown.slice(0, REASONS_MAX), ...(more > 0 ? [`and ${more} other reasons`] : [])].join("; ");
  }
}
