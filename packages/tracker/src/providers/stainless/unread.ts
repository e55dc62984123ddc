/** What is told that nobody will read its answer any more. */
export interface Forgettable {
  forgotten(): void;
}

const SWEEP_MS = 500;

/** Held, for a sweep at most: nearly all are settled by then, and what the engine watches costs every collection of garbage. */
const young = new Map<Forgettable, object>();
const old = new Map<Forgettable, WeakRef<object>>();
let sweeping: NodeJS.Timeout | undefined;

/**
 * Tells `request` when what its answer would be read from is garbage: a stream that is never read to its end, a response of
 * which only the headers were looked at. The request must not hold that itself.
 */
export function tellWhenForgotten(answer: object, request: Forgettable): void {
  old.delete(request);
  young.set(request, answer);
  sweeping ??= setInterval(sweep, SWEEP_MS).unref();
}

/** It is over: nobody needs to be told any more. */
export function isSettled(request: Forgettable): void {
  if (!young.delete(request)) old.delete(request);
}

function sweep(): void {
  for (const [request, answer] of old) {
    if (answer.deref() !== undefined) continue;
    old.delete(request);
    request.forgotten();
  }
  for (const [request, answer] of young) old.set(request, new WeakRef(answer));
  young.clear();
  if (old.size > 0) return;
  clearInterval(sweeping);
  sweeping = undefined;
}
