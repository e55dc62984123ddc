import { type ApiPromise, isApiPromise } from "../providers/stainless/api-promise.ts";
import { watchStream } from "../providers/stainless/stream.ts";
import { watchedReadable, watchGenerator, watchIterable } from "../providers/watch-parts.ts";
import type { CallEnd, CallStart, MeteredCall, Recorder } from "../recording/call.ts";
import { partGatherer, type ReadUsage, toldEnd } from "./part-gatherer.ts";
import type { AnyFunction, FunctionTerms } from "./tracked-function.ts";

/**
 * Makes a function that does what `work` does, and whose every call is recorded: with its result, or its error, or when what it
 * returned has been iterated over or left. Results and errors are passed on as they are.
 *
 * Where a hard budget must be asked for first, the result comes as a promise, also of a function that does not return one.
 */
export function track<Call extends AnyFunction>(
  recorder: Recorder,
  terms: FunctionTerms<Call>,
  work: Call,
): Call {
  const { request, operation, usage, ...others } = terms;
  const tracked = function (this: unknown, ...given: Parameters<Call>): unknown {
    const start: CallStart = {
      ...others,
      operation: typeof operation === "function" ? (told(operation, given) ?? "unknown") : operation,
      request: request === undefined ? given[0] : told(request, given),
    };
    const made: Made = { call: recorder.begin(start), start, usage: usage as ReadUsage | undefined };
    const admitted = made.call.admit();
    const run = () => resultOf(made, () => work.apply(this, given));
    return admitted instanceof Promise ? admitted.then(run) : run();
  };
  for (const name of ["name", "length"] as const)
    Object.defineProperty(tracked, name, { value: work[name], configurable: true });
  return tracked as Call;
}

/** What the application's own function says of a call: nothing where it fails, since the call itself would not. */
function told<Given extends unknown[], Told>(
  tell: (...given: Given) => Told,
  given: Given,
): Told | undefined {
  try {
    return tell(...given);
  } catch {
    return undefined;
  }
}

/** A call that is made, and how its result tells the usage. */
interface Made {
  readonly call: MeteredCall;
  readonly start: CallStart;
  readonly usage: ReadUsage | undefined;
}

function resultOf(made: Made, work: () => unknown): unknown {
  const { call } = made;
  let result: unknown;
  try {
    result = work();
  } catch (error) {
    call.failed(error);
    throw error;
  }
  if (isApiPromise(result)) return parsedLater(made, result);
  if (!isThenable(result)) return finished(made, result);
  return result.then(
    (value) => finished(made, value),
    (error: unknown) => {
      call.failed(error);
      throw error;
    },
  );
}

/** A promise of an SDK has more to it than `then`: it stays, and what it parses is looked at. */
function parsedLater(made: Made, promise: ApiPromise): ApiPromise {
  const { call } = made;
  const { parseResponse } = promise;
  const failed = (error: unknown): never => {
    call.failed(error);
    throw error;
  };
  promise.responsePromise = promise.responsePromise.catch(failed);
  promise.parseResponse = async (...parameters) => {
    const answer = await Promise.resolve(parseResponse.apply(promise, parameters)).catch(failed);
    return finished(made, answer);
  };
  return promise;
}

/** Settles the call, now or when all parts of the result have passed. @returns what the caller is to get: in almost every case the same */
function finished(made: Made, result: unknown): unknown {
  const { call, start, usage } = made;
  if (result instanceof ReadableStream) return watchedReadable(result, call, partGatherer(start, usage));
  if (isIterable(result)) {
    const gatherer = partGatherer(start, usage);
    // Streams of SDKs have more ways to be read than one, and generators methods of their own.
    for (const watch of [watchStream, watchGenerator, watchIterable])
      if (watch(result, call, gatherer)) return result;
  }
  // Null is an answer too; nothing at all is what a call that failed has.
  call.succeeded(result ?? null, usage && (toldEnd(usage, result) ?? NOTHING_TOLD));
  return result;
}

const NOTHING_TOLD: CallEnd = { reading: {} };

function isThenable(value: unknown): value is Promise<unknown> {
  return isObject(value) && "then" in value && typeof value.then === "function";
}

/** Streams of Node can also be piped and listened to, where nothing is seen: they count when they are there. */
function isIterable(value: unknown): boolean {
  return isObject(value) && Symbol.asyncIterator in value && !("pipe" in value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
