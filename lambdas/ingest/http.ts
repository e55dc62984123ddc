import type { Instant } from "@ai-usage/core";
import { PROBLEM_MEDIA_TYPE, ProblemError, problem } from "@ai-usage/wire";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { fromAuthorizerContext, requireRole } from "../caller.ts";
import { asError, logger } from "../environment.ts";
import { parseJsonBody } from "../json-body.ts";
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

function jsonBody(event: HttpEvent): unknown {
  return parseJsonBody({
    contentType: event.headers["content-type"],
    contentEncoding: event.headers["content-encoding"],
    bytes: Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8"),
  });
}

function json(statusCode: number, body: unknown, mediaType: string): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { "content-type": mediaType }, body: JSON.stringify(body) };
}
