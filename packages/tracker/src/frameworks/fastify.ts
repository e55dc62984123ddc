import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import type { Tracker } from "../tracker.ts";
import { reportOn } from "./node-response.ts";
import { refusalResponse } from "./request-budget.ts";
import { routeName, routeNameOfPath } from "./route-name.ts";
import { type CostTrackingOptions, TrackedRequest } from "./tracked-request.ts";

export type { RequestAdmission, RequestBudget, RequestRefusal } from "./request-budget.ts";
export type { CostOf } from "./request-usage.ts";
export type { CostTrackingOptions } from "./tracked-request.ts";

/**
 * A plugin of Fastify 5, for the whole application whichever part registers it: attributes the calls that are made for a request, and
 * tells in the response's headers what they came to: `x-ai-usage-calls`, `x-ai-usage-input-tokens`, `x-ai-usage-output-tokens`
 * and, where it is known, `x-ai-usage-cost-usd`; of a stream in its trailers, if the client takes some.
 *
 * The default feature is the route's URL. The context is asked for in `onRequest`: register the plugin after what authenticates.
 */
export function costTracking(
  tracker: Tracker,
  options: CostTrackingOptions<FastifyRequest> = {},
): FastifyPluginCallback {
  const plugin: FastifyPluginCallback = (fastify, _, registered) => {
    fastify.addHook("onRequest", (request, reply, done) => {
      if (!tracker.isEnabled) return done();
      const tracked = new TrackedRequest(tracker, options, request, featureOf(request));
      reportOn(request.raw, reply.raw, tracked);
      const goOn = () => tracked.run(done);
      if (!tracked.hasBudget) return goOn();
      void tracked.refusal().then((refusal) => {
        if (refusal === undefined) return goOn();
        const { status, headers, body } = refusalResponse(refusal);
        reply.code(status).headers(headers).send(body);
      });
    });
    registered();
  };
  return Object.assign(plugin, NOT_ENCAPSULATED);
}

/** https://fastify.dev/docs/latest/Reference/Plugins/#handle-the-scope */
const NOT_ENCAPSULATED = {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "@ai-usage/tracker",
};

const featureOf = ({ routeOptions: { url }, url: path }: FastifyRequest): string =>
  url === undefined ? routeNameOfPath(path) : routeName(url);
