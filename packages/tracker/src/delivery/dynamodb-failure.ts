import { failureOf, problemOf } from "./ingest-answer.ts";
import { TransportError, type TransportFailure } from "./transport.ts";

/** DynamoDB says these with status 400, as it says what is wrong with a request. */
const FOR_NOW = new Set([
  "InternalServerError",
  "ItemCollectionSizeLimitExceededException",
  "LimitExceededException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
  "TransactionCanceledException",
  "TransactionConflictException",
  "TransactionInProgressException",
]);

const NO_CREDENTIALS = new Set(["CredentialsProviderError", "TokenProviderError"]);

/** What an error of storing metrics says about storing the same again. */
export function dynamoDBFailure(error: unknown): TransportError {
  const problem = problemOf((error as { problem?: unknown } | undefined)?.problem);
  if (problem !== undefined)
    return new TransportError(problem.detail, { reason: failureOf(problem.status, true), cause: error });
  const message = error instanceof Error ? error.message || error.name : String(error);
  return new TransportError(`the table cannot be written: ${message}`, {
    reason: reasonOf(error),
    cause: error,
  });
}

function reasonOf(error: unknown): TransportFailure {
  const { name = "", $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  if (FOR_NOW.has(name)) return "unavailable";
  if (NO_CREDENTIALS.has(name)) return "misconfigured";
  // No status: no answer came, or ours was the mistake. Nothing of a metric makes DynamoDB refuse a request.
  return failureOf($metadata?.httpStatusCode ?? 503, false);
}
