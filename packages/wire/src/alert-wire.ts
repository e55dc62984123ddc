import type { Alert, Delivery } from "@ai-usage/core";

/** An alert as answers and events show it. */
export function toWireAlert(alert: Alert, deliveries: readonly Delivery[] = []) {
  return {
    alert_id: alert.alertId,
    budget_id: alert.budgetId,
    budget_name: alert.budgetName,
    scope: alert.scope,
    level: alert.level,
    threshold_percent: alert.thresholdPercent,
    threshold_amount: alert.thresholdAmount.toString(),
    amount: alert.amount.toString(),
    spent: alert.spent.toString(),
    period: { ...alert.period },
    time_zone: alert.timeZone,
    raised_at: alert.raisedAt,
    state: alert.state,
    notify: alert.notify,
    deliveries: deliveries.map((delivery) => ({ ...delivery })),
  };
}
