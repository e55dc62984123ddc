import type { Instant } from "@ai-usage/core";
import { type Ingest, ingestRequest, outcomesRequest } from "@ai-usage/ingest";
import { PROBLEM_MEDIA_TYPE, ProblemError, problem } from "@ai-usage/wire";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { fromAuthorizerContext, requireRole } from "../caller.ts";
import { asError, logger } from "../environment.ts";
import { parseJsonBody } from "../json-body.ts";
import { bodyOf, type HttpEvent } from "./http-event.ts";

export async function answerHttp(
  ingest: Ingest,
  event: HttpEvent,
  now: Instant,
): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    const caller = fromAuthorizerContext(event.requestContext.authorizer?.lambda);
    requireRole(caller, "ingest");
    const request = event.rawPath === "/outcomes" ? outcomesRequest : ingestRequest;
    const answer = await request(ingest, parseJsonBody(bodyOf(event)), now, caller);
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

function json(statusCode: number, body: unknown, mediaType: string): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { "content-type": mediaType }, body: JSON.stringify(body) };
}
