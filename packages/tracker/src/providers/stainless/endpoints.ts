import type { CallEnd, CallStart, CallTerms, MeteredCall, StreamGatherer } from "../../recording/call.ts";
import type { RequestOptions } from "./api-promise.ts";

/** What is billable among the requests of an SDK, and how its parts are read. */
export interface Endpoints {
  /** Nothing for a request that is neither billed nor tells anything. */
  find(options: RequestOptions): BillableRequest | Inquiry | undefined;
}

export interface BillableRequest {
  readonly start: CallStart;
  /** For a stream: gathers what tells the usage, without keeping a text. */
  readonly gatherer?: (() => StreamGatherer) | undefined;
  /**
   * The body as it is to be sent, by what the budgets say and what a stream needs to be counted. Never the caller's, changed.
   *
   * @param isRaw the response is wanted as it comes: nothing that is asked for on top can be hidden in it
   */
  readonly prepare?: ((body: unknown, terms: CallTerms, isRaw: boolean) => unknown) | undefined;
  /** Whether a refusal is of what {@link prepare} added, and the request is to be sent again without it. */
  readonly isOfOurs?: ((refusal: unknown) => boolean) | undefined;
  /** What of an answer that is no stream is to be counted, where that is not the answer. */
  readonly read?: ((answer: unknown) => CountedAnswer) | undefined;
  /** Where the answer is not final yet: keeps the call until it is. @returns whether it did */
  readonly keep?: ((answer: unknown, call: MeteredCall) => boolean) | undefined;
}

export interface CountedAnswer {
  readonly answer: unknown;
  readonly end?: CallEnd;
}

/** A request that costs nothing, and whose answer tells of something that did. */
export interface Inquiry {
  readonly gatherer?: (() => StreamGatherer) | undefined;
  readonly tell: (answer: unknown) => void;
}
