import { publishEvents } from "@ai-usage/alerting";
import { instantFromEpochMs } from "@ai-usage/core";
import { BudgetWatch, budgetNewsOf, type StreamRecord } from "@ai-usage/store";
import { EVENT_SOURCE, THRESHOLD_CROSSED, toThresholdCrossed } from "@ai-usage/wire";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { logger, readEnvironment, tableFromEnvironment, variables } from "../environment.ts";

const { EVENT_BUS_NAME: busName } = readEnvironment({ EVENT_BUS_NAME: variables.text });
const watch = new BudgetWatch(tableFromEnvironment());
const bus = new EventBridgeClient({});

/** Raises alerts for totals that changed, and publishes those that the stream says are new. */
export async function handler(event: {
  readonly Records: readonly StreamRecord[];
}): Promise<{ batchItemFailures: [] }> {
  const now = Date.now();
  const news = budgetNewsOf(event.Records);
  const events = news.alerts.map((alert) => ({
    source: EVENT_SOURCE,
    detailType: THRESHOLD_CROSSED,
    detail: toThresholdCrossed(alert),
    time: new Date(alert.raisedAt),
  }));
  await publishEvents(bus, busName, events);
  const raised = await watch.raiseDueAlerts(news, instantFromEpochMs(now));
  for (const alert of raised) logger.info("alert raised", { alertId: alert.alertId, level: alert.level });
  return { batchItemFailures: [] };
}
