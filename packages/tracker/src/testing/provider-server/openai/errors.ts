import type { ErrorBehaviour } from "../behaviour.ts";
import type { IdSource } from "../ids.ts";
import { type ErrorShape, jsonReply } from "../reply.ts";
import { openAIHeaders } from "./headers.ts";

/**
 * `{error: {message, type, param, code}}`; in a stream as a chunk of its own.
 * Source: https://developers.openai.com/api/docs/guides/error-codes, and what the SDKs read:
 * https://github.com/openai/openai-node/blob/v6.49.0/src/core/error.ts
 */
export const openAIErrors: ErrorShape = {
  reply(error, ids) {
    const headers = {
      ...openAIHeaders(ids),
      ...(error.retryAfterSeconds !== undefined && { "retry-after": String(error.retryAfterSeconds) }),
      ...error.headers,
    };
    return jsonReply(bodyOf(error), headers, error.status);
  },
  chunk: (error: ErrorBehaviour, _ids: IdSource) => `data: ${JSON.stringify(bodyOf(error))}\n\n`,
};

const KNOWN: Readonly<Record<number, { type: string; code: string | null; message: string }>> = {
  400: { type: "invalid_request_error", code: null, message: "Invalid value in the request." },
  401: { type: "invalid_request_error", code: "invalid_api_key", message: "Incorrect API key provided." },
  403: { type: "invalid_request_error", code: null, message: "You are not allowed to use this model." },
  404: { type: "invalid_request_error", code: null, message: "Not found." },
  429: { type: "requests", code: "rate_limit_exceeded", message: "Rate limit reached for requests." },
  500: {
    type: "server_error",
    code: null,
    message: "The server had an error while processing your request.",
  },
  503: { type: "service_unavailable_error", code: null, message: "The engine is currently overloaded." },
};
const OTHER = { type: "server_error", code: null, message: "Something went wrong." };

function bodyOf(error: ErrorBehaviour): object {
  const known = KNOWN[error.status] ?? OTHER;
  return {
    error: {
      message: error.message ?? known.message,
      type: error.type ?? known.type,
      param: null,
      code: error.code === undefined ? known.code : error.code,
    },
  };
}
