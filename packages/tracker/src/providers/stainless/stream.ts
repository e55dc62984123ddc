import type { MeteredCall, StreamGatherer } from "../../recording/call.ts";

/** What a stream tells of its call. */
export type StreamedCall = Pick<MeteredCall, "firstToken" | "succeeded" | "failed">;

interface SdkStream {
  /** What `[Symbol.asyncIterator]`, `tee()` and `toReadableStream()` all read from. */
  iterator: () => AsyncIterator<unknown>;
}

/**
 * Watches what passes through a stream of an SDK, when somebody reads it, and settles the call when it ends, fails, or is
 * left. The stream stays the object that it was, and is read no faster than the caller reads.
 *
 * @returns whether it is such a stream
 */
export function watchStream(stream: unknown, call: StreamedCall, gatherer: StreamGatherer): boolean {
  if (!isSdkStream(stream)) return false;
  const { iterator } = stream;
  // The iterator holds the stream, which would be taken for forgotten else.
  stream.iterator = () => new WatchedParts(iterator.call(stream), call, gatherer, stream);
  return true;
}

function isSdkStream(value: unknown): value is SdkStream {
  return (
    typeof value === "object" &&
    value !== null &&
    "iterator" in value &&
    typeof value.iterator === "function" &&
    Symbol.asyncIterator in value
  );
}

type Part = IteratorResult<unknown>;

/** Written out, since an async generator would cost each part three turns of the microtask queue. */
export class WatchedParts implements AsyncIterableIterator<unknown> {
  readonly #parts: AsyncIterator<unknown>;
  readonly #call: StreamedCall;
  readonly #gatherer: StreamGatherer;
  readonly source: unknown;
  #hasBegun = false;

  constructor(
    parts: AsyncIterator<unknown>,
    call: StreamedCall,
    gatherer: StreamGatherer,
    source: unknown = undefined,
  ) {
    this.#parts = parts;
    this.#call = call;
    this.#gatherer = gatherer;
    this.source = source;
  }

  next(): Promise<Part> {
    return this.#parts.next().then(this.#passed, this.#broken);
  }

  /** The caller leaves before the end. */
  async return(value?: unknown): Promise<Part> {
    this.#call.succeeded(this.#gatherer.answer(), { ...this.#gatherer.end?.(), endedEarly: true });
    return (await this.#parts.return?.(value)) ?? { done: true, value };
  }

  async throw(error?: unknown): Promise<Part> {
    this.#failed(error);
    if (this.#parts.throw === undefined) throw error;
    return this.#parts.throw(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #passed = (part: Part): Part | Promise<Part> => {
    const gatherer = this.#gatherer;
    if (part.done) {
      this.#call.succeeded(gatherer.answer(), gatherer.end?.());
      return part;
    }
    const isSeen = gatherer.see(part.value);
    if (!this.#hasBegun && gatherer.hasBegun !== false) {
      this.#hasBegun = true;
      this.#call.firstToken();
    }
    return isSeen ? part : this.next();
  };

  readonly #broken = (error: unknown): never => {
    this.#failed(error);
    throw error;
  };

  #failed(error: unknown): void {
    this.#call.failed(error, { answer: this.#gatherer.answer(), ...this.#gatherer.end?.() });
  }
}
