import {
  mergedContext,
  type UsageContext,
  withMetricListener,
  withUsageContext,
} from "../context/usage-context.ts";
import type { TrackerProblem } from "../delivery/delivery.ts";
import type { Tracker } from "../tracker.ts";
import type { RequestBudget, RequestRefusal } from "./request-budget.ts";
import { type CostOf, RequestUsage } from "./request-usage.ts";

/** What is said of requests, whatever the framework. */
export interface CostTrackingOptions<Request> {
  /** Who makes the request, and what for. @default the feature is the request's route */
  readonly context?: (request: Request) => UsageContext | undefined;
  /** Decides before the handler runs; who has nothing left is answered 402 or 429 with a problem document. */
  readonly budget?: RequestBudget;
  /** For the header `x-ai-usage-cost-usd`. @default what providers say themselves, which few do */
  readonly costOf?: CostOf;
  /** Whether the response tells what its calls came to. @default true */
  readonly headers?: boolean;
}

/** A request whose calls are attributed and added up. Nothing that goes wrong in here reaches the application. */
export class TrackedRequest<Request> {
  readonly usage: RequestUsage;
  readonly #tracker: Tracker;
  readonly #options: CostTrackingOptions<Request>;
  readonly #context: UsageContext;

  constructor(
    tracker: Tracker,
    options: CostTrackingOptions<Request>,
    request: Request,
    feature: string | undefined,
  ) {
    this.#tracker = tracker;
    this.#options = options;
    this.usage = new RequestUsage(options.costOf);
    this.#context = mergedContext(feature === undefined ? {} : { feature }, this.#givenFor(request));
  }

  /** Runs `work` so that its calls carry the request's context, and count for it. */
  run<Result>(work: () => Result): Result {
    return withMetricListener(
      (metric) => this.usage.add(metric),
      () => withUsageContext(this.#context, work),
    );
  }

  get hasBudget(): boolean {
    return this.#options.budget !== undefined;
  }

  /** Never rejects: where nobody can decide, the request goes on. */
  async refusal(): Promise<RequestRefusal | undefined> {
    try {
      const admission = await this.#options.budget?.admit(this.#tracker.attribution(this.#context));
      return admission === undefined || admission.allowed ? undefined : admission;
    } catch (error) {
      this.#tell("budget", error);
      return undefined;
    }
  }

  /** What the response is to tell; nothing where it is to tell nothing. */
  get headers(): Readonly<Record<string, string>> {
    return this.#options.headers === false ? {} : this.usage.headers;
  }

  #givenFor(request: Request): UsageContext {
    try {
      return this.#options.context?.(request) ?? {};
    } catch (error) {
      this.#tell("recording", error);
      return {};
    }
  }

  #tell(kind: TrackerProblem["kind"], error: unknown): void {
    this.#tracker.report({ kind, error: error instanceof Error ? error : new Error(String(error)) });
  }
}
