import type {
  Alert,
  CrossingAlert,
  Delivery,
  DeliveryAttempt,
  RecoveredAlert,
  Remark,
  SpikeAlert,
  UnpricedModelAlert,
} from "@ai-usage/core";

/** An alert as answers and events show it: `kind` says which fields it has. */
export function toWireAlert(alert: Alert, deliveries: readonly Delivery[] = []) {
  switch (alert.kind) {
    case "budget_threshold":
      return { ...headOf(alert), ...thresholdToWire(alert), ...tailOf(alert, deliveries) };
    case "budget_forecast":
      return {
        ...headOf(alert),
        ...thresholdToWire(alert),
        projected: alert.projected.toString(),
        ...tailOf(alert, deliveries),
      };
    case "budget_recovered":
      return {
        ...headOf(alert),
        recovered_alert_id: alert.recoveredAlertId,
        recovered_level: alert.recoveredLevel,
        ...thresholdToWire(alert),
        ...tailOf(alert, deliveries),
      };
    case "cost_spike":
      return {
        ...headOf(alert),
        ...budgetToWire(alert),
        hour: alert.hour,
        actual: alert.actual.toString(),
        usual: alert.usual.toString(),
        compared_hours: alert.comparedHours,
        ...tailOf(alert, deliveries),
      };
    case "unpriced_model":
      return {
        ...headOf(alert),
        ...unpricedModelToWire(alert),
        ...tailOf(alert, deliveries),
      };
    default:
      return alert satisfies never;
  }
}

const headOf = <A extends Alert>({ alertId, kind, scope, level }: A): HeadOf<A> => ({
  alert_id: alertId,
  kind,
  scope,
  level,
});

interface HeadOf<A extends Alert> {
  readonly alert_id: string;
  readonly kind: A["kind"];
  readonly scope: A["scope"];
  readonly level: A["level"];
}

const budgetToWire = (alert: CrossingAlert | RecoveredAlert | SpikeAlert) => ({
  budget_id: alert.budgetId,
  budget_name: alert.budgetName,
  unit: alert.unit,
  amount: alert.amount.toString(),
  spent: alert.spent.toString(),
  period: { ...alert.period },
  time_zone: alert.timeZone,
  contact: alert.contact,
  projected: alert.projected?.toString(),
  exhausted_at: alert.exhaustedAt,
});

const thresholdToWire = (alert: CrossingAlert | RecoveredAlert) => ({
  ...budgetToWire(alert),
  threshold_id: alert.thresholdId,
  threshold_percent: alert.thresholdPercent,
  threshold_amount: alert.thresholdAmount.toString(),
});

const unpricedModelToWire = (alert: UnpricedModelAlert) => ({
  service: alert.service,
  model: alert.model,
  operation: alert.operation,
  date: alert.date,
  call_date: alert.callDate,
  unpriced_calls: alert.unpricedCalls,
  first_date: alert.firstDate,
});

const tailOf = (alert: Alert, deliveries: readonly Delivery[]) => ({
  raised_at: alert.raisedAt,
  state: alert.state,
  acknowledged: alert.acknowledged && remarkToWire(alert.acknowledged),
  resolved: alert.resolved && remarkToWire(alert.resolved),
  snoozed: alert.snoozed && remarkToWire(alert.snoozed),
  snoozed_until: alert.snoozedUntil,
  notify: alert.notify,
  deliveries: deliveries.map(toWireDelivery),
});

const remarkToWire = ({ at, by, note }: Remark) => ({ at, by, note });

/** A message about an alert over a channel, as it is shown on the alert. */
export const toWireDelivery = (delivery: Delivery) => ({
  channel_id: delivery.channelId,
  channel: delivery.channelName,
  kind: delivery.channelKind,
  reason: delivery.reason,
  state: delivery.state,
  because: delivery.because,
  due_at: delivery.dueAt,
  at: delivery.at,
  attempts: delivery.attempts.map(attemptToWire),
});

const attemptToWire = ({ at, ms, outcome, status, error }: DeliveryAttempt) => ({
  at,
  ms,
  outcome,
  status,
  error,
});
