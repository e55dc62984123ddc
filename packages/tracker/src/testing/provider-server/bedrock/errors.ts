import type { ErrorBehaviour } from "../behaviour.ts";
import type { IdSource } from "../ids.ts";
import { type ErrorShape, jsonReply } from "../reply.ts";
import { exceptionMessage } from "./event-stream.ts";
import { bedrockHeaders } from "./headers.ts";

/** The error's name is in a header. Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html */
export const bedrockErrors: ErrorShape = {
  reply(error, ids: IdSource) {
    const headers = {
      ...bedrockHeaders(ids),
      "x-amzn-errortype": `${nameOf(error)}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
      ...(error.retryAfterSeconds !== undefined && { "retry-after": String(error.retryAfterSeconds) }),
      ...error.headers,
    };
    return jsonReply({ message: messageOf(error) }, headers, error.status);
  },
  chunk: (error) => exceptionMessage(lowerFirst(nameOf(error)), { message: messageOf(error) }),
};

const NAMES: Readonly<Record<number, string>> = {
  400: "ValidationException",
  401: "UnrecognizedClientException",
  403: "AccessDeniedException",
  404: "ResourceNotFoundException",
  408: "ModelTimeoutException",
  424: "ModelErrorException",
  429: "ThrottlingException",
  500: "InternalServerException",
  503: "ServiceUnavailableException",
};

const nameOf = (error: ErrorBehaviour): string =>
  error.type ?? NAMES[error.status] ?? "InternalServerException";
const messageOf = (error: ErrorBehaviour): string =>
  error.message ?? "Bedrock is unable to process your request.";
const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
