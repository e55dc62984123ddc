import type { ErrorBehaviour } from "../behaviour.ts";
import { type ErrorShape, jsonReply } from "../reply.ts";

/**
 * `{error: {code, message, status, details}}`. When to come again is among the details, not in a header.
 * Source: https://google.aip.dev/193 and https://ai.google.dev/gemini-api/docs/troubleshooting
 */
export const googleErrors: ErrorShape = {
  reply: (error) => jsonReply(bodyOf(error), error.headers, error.status),
  chunk: (error) => `data: ${JSON.stringify(bodyOf(error))}\r\n\r\n`,
};

const STATUSES: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

function bodyOf(error: ErrorBehaviour): object {
  const status = error.type ?? STATUSES[error.status] ?? "UNKNOWN";
  const retry = error.retryAfterSeconds !== undefined && {
    details: [
      { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${error.retryAfterSeconds}s` },
    ],
  };
  return {
    error: {
      code: error.status,
      message: error.message ?? `The API answers with ${status}`,
      status,
      ...retry,
    },
  };
}
