import type { Instant } from "@ai-usage/core";
import { BODY_BYTES_MAX, fieldProblem, PROBLEM_MEDIA_TYPE, ProblemError, problem } from "@ai-usage/wire";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { fromAuthorizerContext, requireRole } from "../caller.ts";
import { asError, logger } from "../environment.ts";
import { type Ingest, ingestRequest } from "./ingest.ts";

/** The event of an HTTP API, with what its Lambda authorizer found. */
export type HttpEvent = APIGatewayProxyEventV2 & {
  readonly requestContext: { readonly authorizer?: { readonly lambda?: unknown } };
};

export function isHttpEvent(event: unknown): event is HttpEvent {
  return typeof event === "object" && event !== null && "requestContext" in event && "rawPath" in event;
}

export async function answerHttp(
  ingest: Ingest,
  event: HttpEvent,
  now: Instant,
): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    const caller = fromAuthorizerContext(event.requestContext.authorizer?.lambda);
    requireRole(caller, "ingest");
    const answer = await ingestRequest(ingest, jsonBody(event), now, caller);
    return json(answer.status, answer.body, "application/json");
  } catch (error) {
    if (error instanceof ProblemError) return json(error.problem.status, error.problem, PROBLEM_MEDIA_TYPE);
    logger.error("ingest failed", asError(error));
    return json(
      503,
      problem(503, "nothing of this may be stored yet: send the same again"),
      PROBLEM_MEDIA_TYPE,
    );
  }
}

/** @throws ProblemError when the body is too large, in another encoding, or no JSON */
function jsonBody(event: HttpEvent): unknown {
  const mediaType = event.headers["content-type"] ?? "application/json";
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(mediaType)) {
    throw new ProblemError(415, "content-type must be application/json, in UTF-8");
  }
  const encoding = event.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw new ProblemError(415, "content-encoding must be identity");
  const text = bodyText(event);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, which may hold what nobody but the sender should read.
    throw fieldProblem("(body)", "must be JSON");
  }
}

function bodyText(event: HttpEvent): string {
  const raw = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (raw.byteLength > BODY_BYTES_MAX) {
    throw new ProblemError(
      413,
      `the body must have at most ${BODY_BYTES_MAX} bytes, send it in several requests`,
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(raw);
  } catch {
    throw fieldProblem("(body)", "must be UTF-8");
  }
}

function json(statusCode: number, body: unknown, mediaType: string): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { "content-type": mediaType }, body: JSON.stringify(body) };
}
