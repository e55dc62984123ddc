import { routeName } from "./route-name.ts";

/** What API Gateway and function URLs hand to a function, as far as it is looked at. */
export interface HttpEvent {
  /** HTTP APIs: `POST /chats/{id}`, or `$default`. */
  readonly routeKey?: string;
  readonly rawPath?: string;
  /** REST APIs: `/chats/{id}`. */
  readonly resource?: string;
  readonly httpMethod?: string;
  readonly requestContext: object;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export function isHttpEvent(event: unknown): event is HttpEvent {
  return (
    typeof event === "object" &&
    event !== null &&
    "requestContext" in event &&
    typeof event.requestContext === "object" &&
    ("routeKey" in event || "httpMethod" in event)
  );
}

/** @returns the feature's name of an HTTP event's route; nothing where there is none, as with function URLs */
export function routeOfEvent(event: unknown): string | undefined {
  if (!isHttpEvent(event)) return undefined;
  const { routeKey, resource } = event;
  const route = resource ?? routeKey?.replace(/^\S+ /, "");
  return route === undefined || route.startsWith("$") ? undefined : routeName(route);
}

export interface HttpResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
}

export function isHttpResult(result: unknown): result is HttpResult {
  return typeof result === "object" && result !== null && "statusCode" in result;
}
