import { publishEvents } from "@ai-usage/alerting";
import { instantFromEpochMs } from "@ai-usage/core";
import {
  BudgetWatch,
  budgetNewsOf,
  keepLedgers,
  ledgerNewsOf,
  newAlertsOf,
  type StreamRecord,
  UnpricedWatch,
  unpricedNewsOf,
} from "@ai-usage/store";
import { EVENT_SOURCE, toAlertEvent } from "@ai-usage/wire";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { logger, readEnvironment, tableFromEnvironment, variables } from "../environment.ts";

const { EVENT_BUS_NAME: busName } = readEnvironment({ EVENT_BUS_NAME: variables.text });
const table = tableFromEnvironment();
const budgets = new BudgetWatch(table);
const unpriced = new UnpricedWatch(table);
const bus = new EventBridgeClient({});

/** Raises alerts for totals that changed and for calls without a price, and publishes those that the stream says are new. */
export async function handler(event: {
  readonly Records: readonly StreamRecord[];
}): Promise<{ batchItemFailures: [] }> {
  const now = instantFromEpochMs(Date.now());
  const events = newAlertsOf(event.Records).map((alert) => ({
    source: EVENT_SOURCE,
    ...toAlertEvent(alert),
    time: new Date(alert.raisedAt),
  }));
  await publishEvents(bus, busName, events);
  await keepLedgers(table, ledgerNewsOf(event.Records), now);
  const raised = [
    ...(await budgets.raiseDueAlerts(budgetNewsOf(event.Records), now)),
    ...(await unpriced.raiseDueAlerts(unpricedNewsOf(event.Records), now)),
  ];
  for (const { alertId, kind, level } of raised) logger.info("alert raised", { alertId, kind, level });
  return { batchItemFailures: [] };
}
