import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { arn } from "../../template/physical-ids.ts";
import type { Stack } from "../../template/stack.ts";
import { within } from "../../within.ts";
import type { InvokeFunction } from "../lambda/functions.ts";
import type { Authorization } from "./authorizer.ts";
import { type GatewayEvent, toEvent, toIntegrationEvent } from "./event.ts";
import { type Route, readHttpApi, readRoutes } from "./read-routes.ts";
import { type GatewayRequest, readRequest } from "./request.ts";
import { gatewayAnswer, toResponse } from "./response.ts";
import { matchRoute } from "./routes.ts";

/** Quotas of HTTP APIs and of a synchronous invocation: https://docs.aws.amazon.com/general/latest/gr/apigateway.html */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_EVENT_BODY_BYTES = 6 * 1024 * 1024;
const MAX_INTEGRATION_MS = 30_000;

export interface HttpApiOptions {
  readonly stack: Stack;
  readonly invoke: InvokeFunction;
  readonly log: (line: string) => void;
}

/** The HTTP API of the template: its routes, its authorizer, payload format 2.0 in both directions. */
export function createHttpApi(options: HttpApiOptions): Hono<{ Bindings: HttpBindings }> {
  const gateway = new Gateway(options);
  const tooLarge = () => gatewayAnswer(413, "Request Entity Too Large");
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }));
  app.all("*", async (context) => {
    const request = readRequest(context.env.incoming, gateway.apiId);
    if (request === undefined) return gatewayAnswer(400, "Bad Request");
    return gateway.answer(request, Buffer.from(await context.req.arrayBuffer()));
  });
  app.onError((error) => {
    options.log(`HTTP API: ${error.message}`);
    return gatewayAnswer(500, "Internal Server Error");
  });
  return app;
}

class Gateway {
  readonly apiId: string;
  readonly #routes: readonly Route[];
  readonly #invoke: InvokeFunction;
  readonly #log: (line: string) => void;

  constructor({ stack, invoke, log }: HttpApiOptions) {
    this.apiId = readHttpApi(stack).apiId;
    this.#routes = readRoutes(stack, invoke);
    this.#invoke = invoke;
    this.#log = log;
  }

  async answer(request: GatewayRequest, body: Buffer): Promise<Response> {
    const match = matchRoute(this.#routes, request.method, request.rawPath);
    if (match === undefined) return gatewayAnswer(404, "Not Found");

    const event = toEvent(request, match);
    const authorization = await this.#authorize(match.route, request, event);
    switch (authorization.decision) {
      case "unauthorized":
        return gatewayAnswer(401, "Unauthorized");
      case "forbidden":
        return gatewayAnswer(403, "Forbidden");
      case "broken":
        this.#log(`authorizer of ${match.route.routeKey}: ${authorization.reason}`);
        return gatewayAnswer(500, "Internal Server Error");
      case "allowed":
        return this.#integrate(
          match.route,
          toIntegrationEvent({ event, authorizerContext: authorization.context, body }),
        );
    }
  }

  async #authorize(route: Route, request: GatewayRequest, event: GatewayEvent): Promise<Authorization> {
    if (route.authorizer === undefined) return { decision: "allowed", context: {} };
    const routeArn = arn("execute-api", `${this.apiId}/$default/${request.method}${request.rawPath}`);
    return route.authorizer.authorize(request, { ...event, routeArn });
  }

  async #integrate(route: Route, event: { body?: string }): Promise<Response> {
    if (Buffer.byteLength(event.body ?? "") > MAX_EVENT_BODY_BYTES) {
      return gatewayAnswer(413, "Request Entity Too Large");
    }
    const result = await within(MAX_INTEGRATION_MS, this.#invoke(route.functionArn, event));
    if (result === undefined) return gatewayAnswer(503, "Service Unavailable");
    if (result.functionError !== undefined) this.#log(`${route.routeKey}: ${result.payload.errorMessage}`);
    return toResponse(result);
  }
}
