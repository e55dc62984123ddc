/** What is told that nobody will read its answer any more. */
export interface Forgettable {
  forgotten(): void;
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
