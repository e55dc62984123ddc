import type { IncomingMessage, ServerResponse } from "node:http";
import type { Tracker } from "../tracker.ts";
import { reportOn, sendRefusal } from "./node-response.ts";
import { refusalResponse } from "./request-budget.ts";
import { routeName, routeNameOfPath } from "./route-name.ts";
import { type CostTrackingOptions, TrackedRequest } from "./tracked-request.ts";

export type { RequestAdmission, RequestBudget, RequestRefusal } from "./request-budget.ts";
export type { CostOf } from "./request-usage.ts";
export type { CostTrackingOptions } from "./tracked-request.ts";

/** What Express 4 and 5, and what is made in their image, give to middleware. */
export interface ExpressRequest extends IncomingMessage {
  readonly originalUrl?: string;
  readonly baseUrl?: string;
  /** Known where the middleware stands on a route. */
  readonly route?: { readonly path?: unknown };
}

export type ExpressMiddleware<Request> = (
  request: Request,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Attributes the calls that are made for a request, and tells in the response's headers what they came to: `x-ai-usage-calls`,
 * `x-ai-usage-input-tokens`, `x-ai-usage-output-tokens` and, where it is known, `x-ai-usage-cost-usd`. What is known only after
 * the headers have gone out, as with a stream, is in the trailers, if the client takes some.
 *
 * It stands after what authenticates. On a route (`app.post("/chats/:id", costTracking(tracker), …)`) that is the default feature;
 * before all routes it is the path, with `:id` for what looks like one.
 */
export function costTracking<Request extends ExpressRequest = ExpressRequest>(
  tracker: Tracker,
  options: CostTrackingOptions<Request> = {},
): ExpressMiddleware<Request> {
  return (request, response, next) => {
    if (!tracker.isEnabled) return next();
    const tracked = new TrackedRequest(tracker, options, request, featureOf(request));
    reportOn(request, response, tracked);
    const goOn = () => tracked.run(() => next());
    if (!tracked.hasBudget) return goOn();
    tracked
      .refusal()
      .then((refusal) => (refusal === undefined ? goOn() : sendRefusal(response, refusalResponse(refusal))))
      .catch(next);
  };
}

function featureOf({ originalUrl, url, baseUrl = "", route }: ExpressRequest): string {
  const path = route?.path;
  return typeof path === "string" ? routeName(baseUrl + path) : routeNameOfPath(originalUrl ?? url ?? "/");
}
