/** What is told that nobody will read its answer any more. */
export interface Forgettable {
  forgotten(): void;
  /** Somebody has begun to read, or it is over. */
  readonly isTaken: boolean;
}

const registry = new FinalizationRegistry<Forgettable>((request) => request.forgotten());

/**
 * Tells `request` when what its answer would be read from is garbage: a stream that is never read to its end, a response of
 * which only the headers were looked at.
 */
export function tellWhenForgotten(answer: object, request: Forgettable): void {
  registry.register(answer, request, request);
}

/** It is over: nobody needs to be told any more. */
export function isSettled(request: Forgettable): void {
  registry.unregister(request);
}

/** So many answers at a time are looked at again, or those of so long. */
const FRESH_MAX = 64;
const FRESH_MS = 1_000;

let fresh: (readonly [answer: object, request: Forgettable])[] = [];
let timer: NodeJS.Timeout | undefined;

/**
 * The same for an answer that somebody most likely begins to read in this very moment: then nothing is kept of it. What
 * is registered would live until the next full collection.
 */
export function tellWhenNeverTaken(answer: object, request: Forgettable): void {
  fresh.push([answer, request]);
  timer ??= setTimeout(registerUntaken, FRESH_MS).unref();
  if (fresh.length >= FRESH_MAX) registerUntaken();
}

function registerUntaken(): void {
  const looked = fresh;
  fresh = [];
  clearTimeout(timer);
  timer = undefined;
  for (const [answer, request] of looked) if (!request.isTaken) tellWhenForgotten(answer, request);
}
