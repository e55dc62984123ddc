import type { CallEnd, MeteredCall, StreamGatherer } from "../recording/call.ts";
import { type StreamedCall, WatchedParts } from "./stainless/stream.ts";
import { type Forgettable, isSettled, tellWhenForgotten } from "./stainless/unread.ts";

/**
 * Watches what passes through an async generator, and settles the call when it ends, fails or is left. It stays the object that
 * it is: only its own `next`, `return` and `throw` are others.
 *
 * @returns whether it is one
 */
export function watchGenerator(generator: unknown, call: MeteredCall, gatherer: StreamGatherer): boolean {
  if (!isGenerator(generator)) return false;
  const { next, return: leave, throw: fail } = generator;
  const parts = new WatchedParts(
    {
      next: (...sent) => next.apply(generator, sent),
      return: (value) => leave.call(generator, value),
      throw: (error) => fail.call(generator, error),
    },
    forgettable(generator, call, gatherer),
    gatherer,
  );
  for (const name of ["next", "return", "throw"] as const)
    replace(generator, name, (value: unknown) => parts[name](value));
  return true;
}

/**
 * The same of what is iterated over by an iterator that it makes: what reads it, reads through us.
 *
 * @returns whether it can be iterated over
 */
export function watchIterable(parts: unknown, call: MeteredCall, gatherer: StreamGatherer): boolean {
  if (typeof parts !== "object" || parts === null || !(Symbol.asyncIterator in parts)) return false;
  if (!Object.isExtensible(parts)) return false;
  const iterable = parts as AsyncIterable<unknown>;
  const iterate = iterable[Symbol.asyncIterator];
  const streamed = forgettable(iterable, call, gatherer);
  const watched = () => new WatchedParts(iterate.call(iterable), streamed, gatherer, iterable);
  replace(iterable, Symbol.asyncIterator, watched);
  return true;
}

/** A web stream with the parts of another, read no faster than the caller reads, whose call is settled in the same way. */
export function watchedReadable<Part>(
  stream: ReadableStream<Part>,
  call: MeteredCall,
  gatherer: StreamGatherer,
): ReadableStream<Part> {
  const reader = stream.getReader();
  const streamed = new ForgettableStream(call, gatherer);
  const parts = new WatchedParts(
    {
      next: () => reader.read() as Promise<IteratorResult<unknown>>,
      return: async (reason) => {
        await reader.cancel(reason);
        return { done: true, value: undefined };
      },
    },
    streamed,
    gatherer,
  );
  const watched = new ReadableStream<Part>(
    {
      async pull(controller) {
        const { done, value } = await parts.next();
        if (done) controller.close();
        else controller.enqueue(value as Part);
      },
      async cancel(reason) {
        await parts.return(reason);
      },
    },
    { highWaterMark: 0 },
  );
  tellWhenForgotten(watched, streamed);
  return watched;
}

/** Settles its call also when nobody reads on, and what it would be read from is garbage. It must not hold that itself. */
class ForgettableStream implements StreamedCall, Forgettable {
  readonly #call: MeteredCall;
  readonly #gatherer: StreamGatherer;

  constructor(call: MeteredCall, gatherer: StreamGatherer) {
    this.#call = call;
    this.#gatherer = gatherer;
  }

  firstToken(): void {
    this.#call.firstToken();
  }

  succeeded(answer: unknown, end?: CallEnd): void {
    isSettled(this);
    this.#call.succeeded(answer, end);
  }

  failed(error: unknown, end?: CallEnd): void {
    isSettled(this);
    this.#call.failed(error, end);
  }

  forgotten(): void {
    this.#call.succeeded(this.#gatherer.answer(), { ...this.#gatherer.end?.(), endedEarly: true });
  }
}

function forgettable(source: object, call: MeteredCall, gatherer: StreamGatherer): StreamedCall {
  const streamed = new ForgettableStream(call, gatherer);
  tellWhenForgotten(source, streamed);
  return streamed;
}

function isGenerator(value: unknown): value is AsyncGenerator<unknown, unknown, unknown> {
  if (typeof value !== "object" || value === null || !Object.isExtensible(value)) return false;
  const { next, return: leave, throw: fail } = value as Partial<AsyncGenerator>;
  return [next, leave, fail].every((method) => typeof method === "function");
}

/** As visible as what was there. */
function replace(holder: object, name: string | symbol, value: unknown): void {
  Object.defineProperty(holder, name, {
    value,
    enumerable: Object.prototype.propertyIsEnumerable.call(holder, name),
    writable: true,
    configurable: true,
  });
}
