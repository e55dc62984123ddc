import { type Alert, type Instant, isAlertSelected, type Remark } from "@ai-usage/core";
import {
  alertRemarkSchema,
  deliveryListSchema,
  ProblemError,
  parseAlertList,
  parseOrProblem,
  parseSnooze,
  redriveSchema,
  toWireAlert,
  toWireListedDelivery,
} from "@ai-usage/wire";
import { MEMORY_CALLER } from "./memory-budgets.ts";
import type { MemoryLedger } from "./memory-ledger.ts";
import { pageOf, type Route, type RouteRequest } from "./route.ts";

/** By method and path, as the other routes are. */
export const alertRoutes: Readonly<Record<string, Route>> = {
  "GET /alerts": (ledger, { query, now }) => {
    const { selection } = parseAlertList(query);
    const chosen = ledger.alerts(now).filter((alert) => isAlertSelected(selection, alert));
    return pageOf(
      "alerts",
      chosen.map((alert) => shown(ledger, alert)),
      query,
    );
  },
  "GET /api/v1/ai/cost/alerts": (ledger, { query, now }) =>
    pageOf(
      "alerts",
      ledger
        .alerts(now)
        .filter(({ state }) => state === "open")
        .map((alert) => shown(ledger, alert)),
      query,
    ),
  "GET /alerts/:id": (ledger, { now }, id) => shown(ledger, alertOf(ledger, id, now)),
  "POST /alerts/:id/acknowledge": (ledger, request, id) =>
    shown(ledger, ledger.told.acknowledge(alertOf(ledger, id, request.now), remarkOf(request))),
  "POST /alerts/:id/resolve": (ledger, request, id) =>
    shown(ledger, ledger.told.resolve(alertOf(ledger, id, request.now), remarkOf(request))),
  "POST /alerts/:id/snooze": (ledger, { body, now }, id) => {
    const { until, note } = parseSnooze(body, now);
    return shown(ledger, ledger.told.snooze(alertOf(ledger, id, now), until, remark(now, note)));
  },
  "POST /alerts/:id/deliveries/:id/redrive": redriveOne,
  "GET /deliveries": ({ told }, { query }) => {
    const { state } = parseOrProblem(deliveryListSchema, query);
    const all = [...told.deliveries.values()].flat().filter((delivery) => delivery.state === state);
    return pageOf("deliveries", all.map(toWireListedDelivery), query);
  },
  "POST /deliveries/redrive": ({ told }, { body, now }) => {
    const { channel_id } = parseOrProblem(redriveSchema, body ?? {});
    return {
      redriven: told.redrive(({ channelId }) => channel_id === undefined || channelId === channel_id, now),
    };
  },
};

function redriveOne(ledger: MemoryLedger, { now }: RouteRequest, id: string, channelId: string) {
  const alert = alertOf(ledger, id, now);
  const count = ledger.told.redrive((one) => one.alertId === id && one.channelId === channelId, now);
  if (count === 0)
    throw new ProblemError(409, "nothing was given up: the alert shows the state of its deliveries");
  return shown(ledger, alert);
}

const shown = ({ told }: MemoryLedger, alert: Alert) =>
  toWireAlert(alert, told.deliveries.get(alert.alertId));

function alertOf(ledger: MemoryLedger, alertId: string, now: Instant): Alert {
  const alert = ledger.alerts(now).find((one) => one.alertId === alertId);
  if (!alert) throw new ProblemError(404, "there is no such alert");
  return alert;
}

const remarkOf = ({ body, now }: RouteRequest): Remark =>
  remark(now, parseOrProblem(alertRemarkSchema, body ?? {}).note);

const remark = (at: Instant, note: string | undefined): Remark => ({
  at,
  by: MEMORY_CALLER,
  ...(note !== undefined && { note }),
});
