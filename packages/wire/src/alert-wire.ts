import type { Alert, Delivery, ThresholdAlert, UnpricedModelAlert } from "@ai-usage/core";

/** An alert as answers and events show it: `kind` says which fields it has. */
export function toWireAlert(alert: Alert, deliveries: readonly Delivery[] = []) {
  switch (alert.kind) {
    case "budget_threshold":
      return thresholdToWire(alert, deliveries);
    case "unpriced_model":
      return unpricedModelToWire(alert, deliveries);
    default:
      return alert satisfies never;
  }
}

function thresholdToWire(alert: ThresholdAlert, deliveries: readonly Delivery[]) {
  return {
    alert_id: alert.alertId,
    kind: alert.kind,
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
    ...endToWire(alert, deliveries),
  };
}

function unpricedModelToWire(alert: UnpricedModelAlert, deliveries: readonly Delivery[]) {
  return {
    alert_id: alert.alertId,
    kind: alert.kind,
    scope: alert.scope,
    level: alert.level,
    service: alert.service,
    model: alert.model,
    operation: alert.operation,
    date: alert.date,
    call_date: alert.callDate,
    unpriced_calls: alert.unpricedCalls,
    first_date: alert.firstDate,
    ...endToWire(alert, deliveries),
  };
}

const endToWire = ({ raisedAt, state, notify }: Alert, deliveries: readonly Delivery[]) => ({
  raised_at: raisedAt,
  state,
  notify,
  deliveries: deliveries.map((delivery) => ({ ...delivery })),
});
