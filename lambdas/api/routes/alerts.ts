import { type Alert, type Caller, mayAccess, type Remark } from "@ai-usage/core";
import {
  type AlertActOutcome,
  acknowledgeAlert,
  deliveriesOf,
  findAlert,
  listAlerts,
  resolveAlert,
  reviseDeliveries,
  snoozeAlert,
} from "@ai-usage/store";
import {
  alertRemarkSchema,
  ProblemError,
  parseAlertList,
  parseOrProblem,
  parseSnooze,
  toWireAlert,
} from "@ai-usage/wire";
import { type Context, Hono } from "hono";
import {
  type ApiEnvironment,
  type ApiParts,
  alertIdOf,
  callerWith,
  jsonBodyOf,
  noSuchAlert,
  optionalBodyOf,
  queryOf,
} from "../context.ts";

export function alertRoutes({ table, clock }: Pick<ApiParts, "table" | "clock">): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();

  const shown = async (alerts: readonly Alert[]) => {
    const deliveries = await deliveriesOf(
      table,
      alerts.map(({ alertId }) => alertId),
    );
    return alerts.map((alert) => toWireAlert(alert, deliveries.get(alert.alertId)));
  };

  const visibleAlert = async (caller: Caller, alertId: string): Promise<Alert> => {
    const alert = await findAlert(table, alertId);
    // What a token may not see does not exist for it.
    if (!alert || !mayAccess(caller, [alert.scope])) throw noSuchAlert();
    return alert;
  };

  app.get("/", async (context) => {
    const caller = callerWith(context, "read");
    const { page, selection } = parseAlertList(queryOf(context));
    const { items, nextCursor } = await listAlerts(table, page, { caller, selection });
    return context.json({ alerts: await shown(items), next_cursor: nextCursor ?? null });
  });

  app.get("/:id", async (context) => {
    const alert = await visibleAlert(callerWith(context, "read"), alertIdOf(context));
    const [wire] = await shown([alert]);
    return context.json(wire);
  });

  app.post("/:id/acknowledge", async (context) => {
    const { alertId, remarkWith } = await actOn(context);
    const { note } = parseOrProblem(alertRemarkSchema, await optionalBodyOf(context));
    return answerOf(context, await acknowledgeAlert(table, { alertId, remark: remarkWith(note) }));
  });

  app.post("/:id/resolve", async (context) => {
    const { alertId, remarkWith } = await actOn(context);
    const { note } = parseOrProblem(alertRemarkSchema, await optionalBodyOf(context));
    return answerOf(context, await resolveAlert(table, { alertId, remark: remarkWith(note) }));
  });

  app.post("/:id/snooze", async (context) => {
    const { alertId, remarkWith } = await actOn(context);
    const { until, note } = parseSnooze(await jsonBodyOf(context), clock());
    return answerOf(context, await snoozeAlert(table, { alertId, until, remark: remarkWith(note) }));
  });

  const actOn = async (context: Context<ApiEnvironment>) => {
    const caller = callerWith(context, "admin");
    const { alertId } = await visibleAlert(caller, alertIdOf(context));
    const remarkWith = (note: string | undefined): Remark => ({
      at: clock(),
      by: caller.tokenId,
      ...(note !== undefined && { note }),
    });
    return { alertId, remarkWith };
  };

  const answerOf = async (context: Context<ApiEnvironment>, acted: AlertActOutcome) => {
    switch (acted.outcome) {
      case "changed":
      case "unchanged": {
        await reviseDeliveries(table, acted.alert, clock());
        const [wire] = await shown([acted.alert]);
        return context.json(wire);
      }
      case "resolved":
        throw new ProblemError(409, "this alert is resolved: there is nothing left to do about it");
      case "unknown":
        throw noSuchAlert();
      default:
        return acted satisfies never;
    }
  };

  return app;
}
