import { type GatewayRequest, isTextBody } from "./request.ts";
import type { RouteMatch, RoutePattern } from "./routes.ts";

/** What the authorizer gets; the integration gets the body and the authorizer's context in addition. */
export function toEvent(request: GatewayRequest, { route, pathParameters }: RouteMatch<RoutePattern>) {
  return {
    version: "2.0",
    routeKey: route.routeKey,
    rawPath: request.rawPath,
    rawQueryString: request.rawQueryString,
    ...(request.cookies.length > 0 && { cookies: request.cookies }),
    headers: request.headers,
    ...(request.rawQueryString !== "" && { queryStringParameters: request.queryStringParameters }),
    requestContext: { ...request.requestContext, routeKey: route.routeKey },
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
  };
}

export type GatewayEvent = ReturnType<typeof toEvent>;

export interface Integrated {
  readonly event: GatewayEvent;
  readonly authorizerContext: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

export function toIntegrationEvent({ event, authorizerContext, body }: Integrated) {
  const isText = isTextBody(event.headers);
  return {
    ...event,
    requestContext: {
      ...event.requestContext,
      ...(Object.keys(authorizerContext).length > 0 && { authorizer: { lambda: authorizerContext } }),
    },
    ...(body.length > 0 && { body: body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}
