import type { Context, Env, MiddlewareHandler } from "hono";
import type { Tracker } from "../tracker.ts";
import { refusalResponse } from "./request-budget.ts";
import { routeName, routeNameOfPath } from "./route-name.ts";
import { type CostTrackingOptions, TrackedRequest } from "./tracked-request.ts";

export type { RequestAdmission, RequestBudget, RequestRefusal } from "./request-budget.ts";
export type { CostOf } from "./request-usage.ts";
export type { CostTrackingOptions } from "./tracked-request.ts";

/**
 * Middleware of Hono 4: attributes the calls that are made for a request, and tells in the response's headers what they came to:
 * `x-ai-usage-calls`, `x-ai-usage-input-tokens`, `x-ai-usage-output-tokens` and, where it is known, `x-ai-usage-cost-usd`. What
 * calls of a streamed response come to is known too late for them.
 *
 * The default feature is the route. It stands after what authenticates.
 */
export function costTracking<E extends Env = Env>(
  tracker: Tracker,
  options: CostTrackingOptions<Context<E>> = {},
): MiddlewareHandler<E> {
  return async (context, next) => {
    if (!tracker.isEnabled) return next();
    const tracked = new TrackedRequest(tracker, options, context, featureOf(context));
    const refusal = tracked.hasBudget ? await tracked.refusal() : undefined;
    if (refusal !== undefined) {
      const { status, headers, body } = refusalResponse(refusal);
      return context.body(body, status, headers);
    }
    await tracked.run(next);
    for (const [name, value] of Object.entries(tracked.headers)) context.header(name, value);
    return undefined;
  };
}

/** The last route that matches is the handler's; middleware before it has wildcards. */
function featureOf({ req }: Context): string {
  const handler = req.matchedRoutes?.findLast(({ path }) => !path.includes("*"));
  return handler === undefined ? routeNameOfPath(req.path) : routeName(handler.path);
}
