import { AsyncLocalStorage } from "node:async_hooks";
import type { MetricInput } from "@ai-usage/client/leases";

/** Who makes calls, and what for: it goes onto the metric of every call that is made inside. */
export interface UsageContext {
  /** What the calls are for, in place of the provider's own name of the operation: `draft_answer`. */
  readonly operation?: string;
  readonly userId?: string;
  readonly team?: string;
  /** The part of the application. */
  readonly feature?: string;
  readonly environment?: string;
  readonly jobId?: string;
  readonly batchId?: string;
  readonly githubPr?: number;
  /** Names of letters, digits and `_ . -` with plain values; never the text of a call. */
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
}

/** What a metric that is made in a context is told to, besides being sent. */
export type MetricListener = (metric: MetricInput) => void;

const LISTENERS = Symbol.for("@ai-usage/tracker.listeners.1");

/** A context as it is kept: with those who listen in it, which no context that is given can have. */
interface KeptContext extends UsageContext {
  readonly [LISTENERS]?: readonly MetricListener[];
}

/** One for each process, however often the package is loaded: as a module, by `require`, in two versions. */
const KEY = Symbol.for("@ai-usage/tracker.context.1");
const shared = globalThis as { [KEY]?: AsyncLocalStorage<KeptContext> };
shared[KEY] ??= new AsyncLocalStorage<KeptContext>();
const storage = shared[KEY];

/**
 * Runs `work` so that its calls, and those of all that it awaits or starts, carry the context. Inside of another context
 * what is given here wins, and metadata are put together. Work that runs at the same time never mixes.
 *
 * @returns what `work` returns
 */
export function withUsageContext<Result>(context: UsageContext, work: () => Result): Result {
  return storage.run(mergedContext(storage.getStore(), context), work);
}

const NO_CONTEXT: UsageContext = Object.freeze({});

/** The context that calls made here and now would carry. */
export function currentUsageContext(): UsageContext {
  return storage.getStore() ?? NO_CONTEXT;
}

/** Runs `work` so that `listener` is told of every metric of its calls, whatever contexts are opened inside. */
export function withMetricListener<Result>(listener: MetricListener, work: () => Result): Result {
  const outer = storage.getStore() ?? (NO_CONTEXT as KeptContext);
  return storage.run(Object.freeze({ ...outer, [LISTENERS]: [...(outer[LISTENERS] ?? []), listener] }), work);
}

export function listenersOf(context: UsageContext): readonly MetricListener[] | undefined {
  return (context as KeptContext)[LISTENERS];
}

/** What is given wins over what was there; what is given as undefined, or null, does not. */
export function mergedContext(outer: UsageContext | undefined, inner: UsageContext): UsageContext {
  if (outer === undefined) return Object.freeze({ ...inner });
  const given = Object.entries(inner).filter(([, value]) => value !== undefined && value !== null);
  const metadata =
    outer.metadata && inner.metadata ? { metadata: { ...outer.metadata, ...inner.metadata } } : undefined;
  return Object.freeze({ ...outer, ...Object.fromEntries(given), ...metadata });
}
