import { type Delivery, mayAccess, redriven } from "@ai-usage/core";
import { advanceDelivery, deliveriesOfAlert, findAlert, listDeliveries } from "@ai-usage/store";
import {
  deliveryListSchema,
  ProblemError,
  parseOrProblem,
  redriveSchema,
  toWireAlert,
  toWireListedDelivery,
} from "@ai-usage/wire";
import { Hono } from "hono";
import {
  type ApiEnvironment,
  type ApiParts,
  alertIdOf,
  callerWith,
  noSuchAlert,
  optionalBodyOf,
  queryOf,
  unlimitedCallerWith,
} from "../context.ts";

/** So many are sent anew by one request; who asks again goes on with the others. */
const REDRIVEN_MAX = 1_000;
const REDRIVEN_AT_ONCE = 100;

/** Messages that wait or were given up, of all alerts. */
export function deliveryRoutes({ table, clock, channels }: ApiParts): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();

  app.get("/", async (context) => {
    unlimitedCallerWith(context, "read");
    const { state, ...page } = parseOrProblem(deliveryListSchema, queryOf(context));
    const { items, nextCursor } = await listDeliveries(table, state, page);
    return context.json({
      deliveries: items.map(toWireListedDelivery),
      next_cursor: nextCursor ?? null,
    });
  });

  app.post("/redrive", async (context) => {
    unlimitedCallerWith(context, "admin");
    const { channel_id: channelId } = parseOrProblem(redriveSchema, await optionalBodyOf(context));
    let count = 0;
    let cursor: string | undefined;
    do {
      const page = await listDeliveries(table, "failed", { limit: REDRIVEN_AT_ONCE, cursor });
      const failed = page.items.filter((one) => channelId === undefined || one.channelId === channelId);
      count += await redrive(failed);
      cursor = page.nextCursor;
    } while (cursor !== undefined && count < REDRIVEN_MAX);
    if (count > 0) await channels.sendDue();
    return context.json({ redriven: count });
  });

  /** @returns how many of them are due again by this */
  const redrive = async (deliveries: readonly Delivery[]): Promise<number> => {
    const now = clock();
    const outcomes = await Promise.all(
      deliveries
        .filter(({ state }) => state === "failed")
        .map((delivery) => advanceDelivery(table, redriven(delivery, now))),
    );
    return outcomes.filter((isDone) => isDone).length;
  };

  return app;
}

/** The same of one alert and channel. */
export function alertDeliveryRoutes({ table, clock, channels }: ApiParts): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();

  app.post("/:id/deliveries/:channel_id/redrive", async (context) => {
    const caller = callerWith(context, "admin");
    const alertId = alertIdOf(context);
    const channelId = context.req.param("channel_id");
    const alert = await findAlert(table, alertId);
    // What a token may not see does not exist for it.
    if (!alert || !mayAccess(caller, [alert.scope])) throw noSuchAlert();
    const own = (await deliveriesOfAlert(table, alertId)).filter((one) => one.channelId === channelId);
    if (own.length === 0) throw new ProblemError(404, "the alert has no delivery over such a channel");
    const failed = own.filter(({ state }) => state === "failed");
    if (failed.length === 0) {
      throw new ProblemError(409, "nothing was given up: the alert shows the state of its deliveries");
    }
    const now = clock();
    await Promise.all(failed.map((delivery) => advanceDelivery(table, redriven(delivery, now))));
    await channels.sendDue();
    return context.json(toWireAlert(alert, await deliveriesOfAlert(table, alertId)));
  });

  return app;
}
