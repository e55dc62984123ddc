import type { EventPage, RecordAnswer, UsageAnswer } from "../answers.ts";
import { pagesOf } from "../pages.ts";
import type { EventQuery, MetricInput, UsageQuery } from "../requests.ts";
import { metricOf, type RequestToTrack, type TrackedRequest, trackedRequest } from "../tracked-request.ts";
import { LeaseMethods } from "./lease-methods.ts";

export abstract class UsageMethods extends LeaseMethods {
  /** Stores up to 500 metrics. That one of them is refused is no error: each has its own result, in the order sent. */
  recordMetrics(metrics: readonly MetricInput[]): Promise<RecordAnswer> {
    return this.repeat("POST", "/ai_usage", { metrics });
  }

  /**
   * Stores one call, and says what it came to.
   * @throws ApiError also when the call itself is refused
   */
  async trackRequest(request: RequestToTrack): Promise<TrackedRequest> {
    const metric = metricOf(request);
    const { results } = await this.recordMetrics([metric]);
    const [result] = results;
    if (result === undefined) throw new TypeError("the API has no result for the call that it was sent");
    return trackedRequest(metric, result);
  }

  usage({ aggregation, ...query }: UsageQuery = {}): Promise<UsageAnswer> {
    return this.ask("/ai_usage", { ...query, aggregation: aggregation?.join(",") });
  }

  /** One page of raw events. */
  events(query: EventQuery): Promise<EventPage> {
    return this.ask("/ai_usage/events", query);
  }

  /** Raw events page by page, to the last. */
  eventPages(query: EventQuery): AsyncGenerator<EventPage, void> {
    return pagesOf((cursor) => this.events({ ...query, cursor }), query.cursor);
  }
}
