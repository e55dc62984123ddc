import type { MetricInput } from "@ai-usage/client/leases";
import type { NormalizedUsage } from "@ai-usage/core/normalize";
import { readUsage } from "@ai-usage/core/normalize/read-usage";
import {
  currentUsageContext,
  listenersOf,
  type MetricListener,
  mergedContext,
  type UsageContext,
} from "../context/usage-context.ts";
import type { TrackerProblem } from "../delivery/delivery.ts";
import type { CallEnd, CallStart, CallTerms, MeteredCall, Recorder } from "./call.ts";
import type { Entry, Gate } from "./gate.ts";
import { contextPart, errorClassOf } from "./metric.ts";

export interface RecorderOptions {
  /** Takes the metrics that are made. */
  readonly take: (metric: MetricInput) => void;
  readonly onProblem: (problem: TrackerProblem) => void;
  /** Holds for calls whose context does not say otherwise. */
  readonly defaults: UsageContext;
  readonly gate?: Gate;
  /** Of every metric, last of all: hashing, say. */
  readonly finish?: (metric: MetricInput, start: CallStart) => MetricInput;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

const NO_TERMS: CallTerms = {};

export function createRecorder(options: RecorderOptions): Recorder {
  const now = options.now ?? Date.now;
  // Contexts are frozen, and many calls are made in one: what it comes to on a metric is worked out once.
  const attributions = new WeakMap<UsageContext, Attribution>();
  const attributionOf = (context: UsageContext): Attribution => {
    const known = attributions.get(context);
    if (known !== undefined) return known;
    const merged = mergedContext(options.defaults, context);
    const attribution = { context: merged, part: contextPart(merged), listeners: listenersOf(context) ?? [] };
    attributions.set(context, attribution);
    return attribution;
  };
  return {
    begin: (start) => {
      const attribution = attributionOf(currentUsageContext());
      return new RecordedCall(options, start, attribution, start.startedAt ?? now());
    },
  };
}

/** What a call is made in. */
interface Attribution {
  readonly context: UsageContext;
  readonly part: Partial<MetricInput>;
  readonly listeners: readonly MetricListener[];
}

class RecordedCall implements MeteredCall {
  readonly #options: RecorderOptions;
  readonly #start: CallStart;
  readonly #attribution: Attribution;
  /** By the clock as it was then. */
  readonly #startedAt: number;
  readonly #startedMs = performance.now();
  #firstTokenMs: number | undefined;
  #isOver = false;
  #entry: Entry | undefined;

  constructor(options: RecorderOptions, start: CallStart, attribution: Attribution, startedAt: number) {
    this.#options = options;
    this.#start = start;
    this.#attribution = attribution;
    this.#startedAt = startedAt;
  }

  admit(): CallTerms | Promise<CallTerms> {
    const { gate } = this.#options;
    if (gate === undefined) return NO_TERMS;
    try {
      const entry = gate.enter(this.#start, this.#attribution.context);
      return entry instanceof Promise ? this.#waitFor(entry) : this.#enter(entry);
    } catch (refusal) {
      this.#isOver = true;
      throw refusal;
    }
  }

  async #waitFor(entering: Promise<Entry>): Promise<CallTerms> {
    try {
      return this.#enter(await entering);
    } catch (refusal) {
      this.#isOver = true;
      throw refusal;
    }
  }

  #enter(entry: Entry): CallTerms {
    // It was given up while it waited.
    if (this.#isOver) entry.done({ made: false });
    else this.#entry = entry;
    return entry.terms ?? NO_TERMS;
  }

  firstToken(): void {
    this.#firstTokenMs ??= performance.now() - this.#startedMs;
  }

  succeeded(answer: unknown, end: CallEnd = {}): void {
    this.#finish(end, () => this.#read(answer, end));
  }

  failed(error: unknown, end: CallEnd = {}): void {
    this.#finish(end, () => {
      const read = this.#read(end.answer, end);
      const requestId = read.requestId ?? requestIdOf(error);
      const usage = end.answer === undefined && end.reading === undefined ? {} : read.usage;
      return { ...read, usage, ...(requestId !== undefined && { requestId }), error: errorClassOf(error) };
    });
  }

  dropped(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#entry?.done({ made: false });
  }

  #read(answer: unknown, { hints, reading }: CallEnd): NormalizedUsage {
    const { format, request, service, region, model } = this.#start;
    if (reading !== undefined || format === undefined) {
      const usage = reading === undefined && answer !== undefined ? { request: 1 } : {};
      const served = region === undefined ? undefined : { served: { region, ...reading?.served } };
      return {
        service,
        ...(model !== undefined && { model }),
        usage,
        usageProblems: [],
        ...reading,
        ...served,
      };
    }
    const read = readUsage(format.usage, answer, { service, request, region, ...hints });
    return read.model === undefined && model !== undefined ? { ...read, model } : read;
  }

  /** Whatever goes wrong in here is ours: the call goes on. */
  #finish(end: CallEnd, read: () => NormalizedUsage): void {
    if (this.#isOver) return;
    this.#isOver = true;
    try {
      const metric = this.#metric(withUnanswered(read(), end), end);
      this.#entry?.done({ made: true, metric });
      this.#options.take(metric);
      for (const listener of this.#attribution.listeners) listener(metric);
    } catch (error) {
      this.#entry?.done({ made: true });
      this.#options.onProblem({
        kind: "recording",
        error: error instanceof Error ? error : new Error(String(error)),
      });
    }
  }

  #metric(read: NormalizedUsage, end: CallEnd): MetricInput {
    const { finish } = this.#options;
    const { context, part } = this.#attribution;
    const start = this.#start;
    const firstTokenMs = this.#firstTokenMs;
    const metric: MetricInput = {
      request_id: read.requestId ?? end.requestId ?? crypto.randomUUID(),
      operation: context.operation ?? start.operation,
      timestamp: new Date(this.#startedAt).toISOString(),
      latency_ms: start.startedAt === undefined ? Math.round(performance.now() - this.#startedMs) : undefined,
      time_to_first_token_ms: firstTokenMs === undefined ? undefined : Math.round(firstTokenMs),
      attempts: end.attempts !== undefined && end.attempts > 1 ? end.attempts : undefined,
      usage_estimated: end.isEstimated === true || (end.unansweredInput ?? 0) > 0 ? true : undefined,
      lease_id: this.#entry?.leaseId,
      service: read.service,
      model: read.model,
      usage: read.usage,
      also_used: read.alsoUsed,
      served: read.served,
      requested: read.requested,
      refusal: read.refusal,
      cost_usd: read.reportedCost,
      error: read.error,
      usage_problems: read.usageProblems.length > 0 ? read.usageProblems : undefined,
      ...part,
    };
    return finish === undefined ? metric : finish(metric, start);
  }
}

function withUnanswered(read: NormalizedUsage, { unansweredInput = 0 }: CallEnd): NormalizedUsage {
  if (unansweredInput === 0) return read;
  return { ...read, usage: { ...read.usage, input: (read.usage.input ?? 0) + unansweredInput } };
}

/** The provider's id of a request that failed, under the names that SDKs have for it. */
function requestIdOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { request_id, requestID, $metadata } = error as Record<string, unknown>;
  const meta = $metadata as { requestId?: unknown } | undefined;
  for (const id of [request_id, requestID, meta?.requestId]) {
    if (typeof id === "string" && /^[\w.:-]{8,100}$/.test(id)) return id;
  }
  return undefined;
}
