import type { MetricInput } from "@ai-usage/client/leases";
import { recorderInContext } from "./context/recorder-in-context.ts";
import { currentUsageContext, mergedContext, type UsageContext } from "./context/usage-context.ts";
import type { Delivery, DeliveryStatistics, FlushOptions, TrackerProblem } from "./delivery/delivery.ts";
import type { MethodDecorator, MethodTerms } from "./functions/decorator.ts";
import { track } from "./functions/track.ts";
import type { AnyFunction, FunctionTerms } from "./functions/tracked-function.ts";
import { type OutcomeToTrack, outcomeOf } from "./outcomes/outcome.ts";
import { anthropic } from "./providers/anthropic/anthropic.ts";
import { bedrock } from "./providers/bedrock/bedrock.ts";
import { google } from "./providers/google/google.ts";
import { openAI } from "./providers/openai/openai.ts";
import type { Provider, ProviderWiring } from "./providers/provider.ts";
import type { BatchFormatName, BatchResults, BatchResultsOptions } from "./recording/batch-results.ts";
import type { CallStart, Recorder } from "./recording/call.ts";
import type { Gate } from "./recording/gate.ts";
import { createRecorder } from "./recording/recorder.ts";

const PROVIDERS: readonly Provider[] = [openAI, anthropic, google, bedrock];

export interface WrapOptions {
  /** Who bills, where the client cannot tell: of an OpenAI client that talks to a gateway of yours. */
  readonly service?: string;
  /** Holds for this client's calls, as far as the context that they are made in does not say otherwise. It is asked at each call. */
  readonly context?: () => UsageContext;
}

/** What a tracker is made of. */
export interface TrackerParts {
  /** If not, clients stay as they are. @default true */
  readonly enabled?: boolean;
  readonly delivery: Delivery;
  /** Of outcomes; begun when there is a first one. Without it they have nowhere to go. */
  readonly startOutcomes?: () => Delivery;
  readonly onProblem: (problem: TrackerProblem) => void;
  readonly defaults: UsageContext;
  readonly streamUsage: ProviderWiring["streamUsage"];
  readonly gate?: Gate;
  readonly finish?: (metric: MetricInput, start: CallStart) => MetricInput;
  /** What `finish` does to a context, for those who ask about it before there is a metric. */
  readonly finishContext?: (context: UsageContext) => UsageContext;
}

/** Meters an application's calls, and sends what it metered. */
export class Tracker {
  readonly recorder: Recorder;
  readonly #parts: TrackerParts;
  #outcomes: Delivery | undefined;

  constructor(parts: TrackerParts) {
    this.#parts = parts;
    const { delivery, ...others } = parts;
    this.recorder = createRecorder({ ...others, take: (metric) => delivery.add(JSON.stringify(metric)) });
  }

  /**
   * Makes a provider's client tell of its billable calls. It stays the object that it is: results, types, errors, streams and
   * helpers are as before.
   *
   * @returns the client that was given
   * @throws TypeError when it is no client that is known
   */
  wrap<Client extends object>(client: Client, { service, context }: WrapOptions = {}): Client {
    if (!this.isEnabled) return client;
    const provider = PROVIDERS.find((one) => one.recognizes(client));
    if (provider === undefined)
      throw new TypeError(
        "wrap knows clients of openai, @anthropic-ai/sdk, @google/genai and Bedrock's runtime only",
      );
    const { streamUsage, onProblem } = this.#parts;
    provider.instrument(client, {
      recorder: context === undefined ? this.recorder : recorderInContext(this.recorder, context),
      ...{ streamUsage, onProblem },
      ...(service !== undefined && { service }),
    });
    return client;
  }

  get isEnabled(): boolean {
    return this.#parts.enabled !== false;
  }

  /** What a metric that is made in the context says of who and what for. */
  attribution(context: UsageContext): UsageContext {
    const { defaults, finishContext } = this.#parts;
    const merged = mergedContext(defaults, context);
    return finishContext === undefined ? merged : finishContext(merged);
  }

  /** Tells of what went wrong outside of the application's own calls, to whom the tracker tells it. */
  report(problem: TrackerProblem): void {
    this.#parts.onProblem(problem);
  }

  /**
   * Makes a function that does what `work` does, and whose calls are recorded. What it returns may be plain, a promise, or
   * something to iterate over.
   */
  track<Call extends AnyFunction>(terms: FunctionTerms<Call>, work: Call): Call {
    return this.#tracked(terms, work);
  }

  /** Decorates a method, each call of which is recorded: `@tracker.tracked({ service, model, operation })`. */
  tracked<Result = unknown>(terms: MethodTerms<Result>): MethodDecorator<Result> {
    return <Method extends AnyFunction>(method: Method) =>
      this.#tracked(terms as unknown as FunctionTerms<Method>, method);
  }

  #tracked<Call extends AnyFunction>(terms: FunctionTerms<Call>, work: Call): Call {
    return this.isEnabled ? track(this.recorder, terms, work) : work;
  }

  /**
   * Records the calls of a batch from its results: `files.content(batch.output_file_id)` of OpenAI, say. Results of Anthropic's
   * batches that are read by a client that was wrapped are recorded anyway. Recorded again, they count once.
   *
   * @returns how many there were
   */
  async recordBatchResults(
    format: BatchFormatName,
    results: BatchResults,
    options: BatchResultsOptions = {},
  ): Promise<number> {
    const { recordBatchResults } = await import("./recording/batch-results.ts");
    return recordBatchResults(this.recorder, format, results, options);
  }

  /**
   * Records what came of calls: it is kept and sent as metrics are. What it does not say of who and what for, the context
   * that it is made in says.
   *
   * @returns its id
   */
  trackOutcome(outcome: OutcomeToTrack): string {
    const stored = outcomeOf(outcome, this.attribution(mergedContext(currentUsageContext(), outcome)));
    if (!this.isEnabled) return stored.outcome_id;
    this.#outcomes ??= this.#parts.startOutcomes?.();
    if (this.#outcomes === undefined)
      this.report({
        kind: "dropped",
        count: 1,
        error: new Error(
          "outcomes go to the API, and none is known here: set AI_USAGE_API_URL and AI_USAGE_TOKEN",
        ),
      });
    else this.#outcomes.add(JSON.stringify(stored));
    return stored.outcome_id;
  }

  /** Sends what there is. @returns how all metrics of the process stand */
  async flush(options?: FlushOptions): Promise<DeliveryStatistics> {
    const [statistics] = await Promise.all([
      this.#parts.delivery.flush(options),
      this.#outcomes?.flush(options),
    ]);
    return statistics;
  }

  /** Sends what there is, and gives back what is reserved of budgets. No call is to be made after that. */
  async close(options?: FlushOptions): Promise<DeliveryStatistics> {
    const { delivery, gate } = this.#parts;
    const [statistics] = await Promise.all([
      delivery.close(options),
      this.#outcomes?.close(options),
      gate && closedInTime(gate, options?.timeoutMs),
    ]);
    return statistics;
  }

  get statistics(): DeliveryStatistics {
    return this.#parts.delivery.statistics;
  }
}

const CLOSE_MS_MAX = 10_000;

/** What cannot be given back in time is free again when its lease ends. */
async function closedInTime(gate: Gate, timeoutMs = CLOSE_MS_MAX): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([gate.close(), late]).finally(() => clearTimeout(timer));
}
