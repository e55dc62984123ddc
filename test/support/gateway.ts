import type { Table } from "@ai-usage/store";
import type { APIGatewayRequestAuthorizerEventV2 } from "aws-lambda";
import type { LambdaEvent } from "hono/aws-lambda";
import { contractProblem } from "./contract.ts";
import { functionEnvironment } from "./engine.ts";

export interface Request {
  readonly method?: string;
  readonly path: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is; bytes as API Gateway hands on what it takes for binary, in base64. */
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** Of what is no JSON `text`, in base64 where it is binary. */
  readonly body: Record<string, unknown>;
}

/**
 * The real functions behind what API Gateway does between them: the authorizer first, its findings for the function
 * that the route leads to. Every answer is held to the OpenAPI document. To be opened once in a test file: functions read their environment as they load.
 */
export async function openGateway(table: Table) {
  Object.assign(process.env, functionEnvironment(table));
  const [authorizer, ingest, api] = await Promise.all([
    import("../../lambdas/authorizer/handler.ts"),
    import("../../lambdas/ingest/handler.ts"),
    import("../../lambdas/api/handler.ts"),
  ]);

  const request = async (asked: Request): Promise<Answer> => {
    const event = toEvent(asked);
    if (event.rawPath !== "/health" && event.rawPath !== "/openapi.json") {
      if (event.headers.authorization === undefined) return refusal(401, "Unauthorized");
      const { isAuthorized, context } = await authorizer.handler({
        ...event,
        requestContext: { ...event.requestContext, authentication: undefined },
        type: "REQUEST",
        routeArn: "",
        identitySource: [event.headers.authorization],
      } as APIGatewayRequestAuthorizerEventV2);
      if (!isAuthorized) return refusal(403, "Forbidden");
      event.requestContext.authorizer.lambda = context;
    }
    const isIngest = event.requestContext.http.method === "POST" && ingestPaths.includes(event.rawPath);
    const answer = toAnswer(await (isIngest ? ingest.handler(event) : api.handler(event)));
    const problem = contractProblem({ method: event.requestContext.http.method, path: asked.path }, answer);
    if (problem !== undefined) throw new Error(`${asked.method ?? "GET"} ${asked.path} ${problem}`);
    return answer;
  };
  return { request, invokeIngest: ingest.handler };
}

/** Where what is sent is stored. */
const ingestPaths = ["/ai_usage", "/outcomes", "/v1/traces"];

export type Gateway = Awaited<ReturnType<typeof openGateway>>;

/** Payload format 2.0. */
type GatewayEvent = Extract<LambdaEvent, { rawPath: string }>;

function toEvent({ method = "GET", path, token, headers = {}, body }: Request): GatewayEvent {
  const [rawPath = "", rawQueryString = ""] = path.split("?");
  const authorization: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  const http = { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" };
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: decodeURIComponent(rawPath),
    rawQueryString,
    headers: {
      host: "api.example.com",
      ...(body !== undefined && { "content-type": "application/json" }),
      ...authorization,
      ...headers,
    },
    requestContext: {
      accountId: "000000000000",
      apiId: "api",
      authentication: null,
      authorizer: {},
      domainName: "api.example.com",
      domainPrefix: "api",
      http,
      requestId: "request",
      routeKey: "$default",
      stage: "$default",
      time: "",
      timeEpoch: 0,
    },
    body: typeof body === "string" ? body : (body?.toString("base64") ?? null),
    isBase64Encoded: Buffer.isBuffer(body),
  };
}

function toAnswer(result: unknown): Answer {
  const { statusCode, headers, body } = result as {
    statusCode: number;
    headers: Record<string, string>;
    body: string;
  };
  const contentType = headers["content-type"] ?? "";
  return {
    status: statusCode,
    contentType,
    body: /json/.test(contentType) ? JSON.parse(body) : { text: body },
  };
}

const refusal = (status: number, message: string): Answer => ({
  status,
  contentType: "application/json",
  body: { message },
});

/** The gateway as what a client sends its requests through. */
export function fetchThrough(gateway: Gateway): typeof fetch {
  return async (input, init = {}) => {
    const { pathname, search } = new URL(String(input));
    const headers = new Headers(init.headers);
    const answer = await gateway.request({
      method: init.method ?? "GET",
      path: pathname + search,
      token: headers.get("authorization")?.replace("Bearer ", ""),
      ...(typeof init.body === "string" && { body: init.body }),
    });
    return new Response(JSON.stringify(answer.body), {
      status: answer.status,
      headers: { "content-type": answer.contentType },
    });
  };
}
