import { errorClassOf } from "../../recording/metric.ts";

/**
 * Whether a provider got the request and nobody waited for its answer: the time was up, or the caller gave up. It may be billed.
 * What was refused with a status is not, and of a connection that broke before the headers nobody knows that it got there.
 */
export function isUnanswered(error: unknown): boolean {
  return /^(APIConnectionTimeoutError|APIUserAbortError|AbortError)$/.test(errorClassOf(error));
}
