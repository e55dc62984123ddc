import type { ErrorBehaviour } from "../behaviour.ts";
import type { IdSource } from "../ids.ts";
import { type ErrorShape, jsonReply } from "../reply.ts";
import { anthropicHeaders } from "./headers.ts";

/** `{type: "error", error: {type, message}, request_id}`. Source: https://platform.claude.com/docs/en/api/errors */
export const anthropicErrors: ErrorShape = {
  reply(error, ids) {
    const headers = {
      ...anthropicHeaders(ids),
      ...(error.retryAfterSeconds !== undefined && { "retry-after": String(error.retryAfterSeconds) }),
      ...error.headers,
    };
    return jsonReply({ ...bodyOf(error), request_id: headers["request-id"] }, headers, error.status);
  },
  chunk: (error: ErrorBehaviour, _ids: IdSource) =>
    `event: error\ndata: ${JSON.stringify(bodyOf(error))}\n\n`,
};

const TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  504: "timeout_error",
  529: "overloaded_error",
};

function bodyOf(error: ErrorBehaviour): object {
  const type = error.type ?? TYPES[error.status] ?? "api_error";
  return { type: "error", error: { type, message: error.message ?? `The API answers with ${type}` } };
}
