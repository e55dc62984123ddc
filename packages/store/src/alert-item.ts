import {
  type Alert,
  type AlertLife,
  alertKinds,
  alertStates,
  budgetUnits,
  type CrossingAlert,
  parseScope,
  periodKinds,
  type RecoveredAlert,
  type Remark,
  type SpikeAlert,
  thresholdLevels,
  type UnpricedModelAlert,
  type UtcHour,
} from "@ai-usage/core";
import { InvalidItemError } from "./errors.ts";
import { type Item, ItemReader, moneyAttribute } from "./item.ts";
import { alertKey, listingKey, listings, openAlertKey } from "./keys.ts";

export function toAlertItem(alert: Alert): Item {
  return {
    ...alertKey(alert.alertId),
    ...listingKey(listings.alerts, alert.raisedAt, alert.alertId),
    ...(alert.state !== "resolved" && openAlertKey(alert.alertId, alert.raisedAt)),
    alert_id: alert.alertId,
    kind: alert.kind,
    scope: alert.scope,
    level: alert.level,
    ...ownAttributes(alert),
    raised_at: alert.raisedAt,
    ...lifeAttributes(alert),
    notify: alert.notify,
  };
}

const lifeAttributes = ({ state, acknowledged, resolved, snoozed, snoozedUntil }: AlertLife): Item => ({
  state,
  acknowledged: acknowledged && toRemarkAttributes(acknowledged),
  resolved: resolved && toRemarkAttributes(resolved),
  snoozed: snoozed && toRemarkAttributes(snoozed),
  snoozed_until: snoozedUntil,
});

export const toRemarkAttributes = ({ at, by, note }: Remark): Item => ({
  at,
  by,
  ...(note !== undefined && { note }),
});

/** What only alerts of this kind have. */
function ownAttributes(alert: Alert): Item {
  switch (alert.kind) {
    case "budget_threshold":
    case "budget_forecast":
      return { ...budgetAttributes(alert), ...thresholdAttributes(alert) };
    case "budget_recovered":
      return {
        ...budgetAttributes(alert),
        ...thresholdAttributes(alert),
        recovered_alert_id: alert.recoveredAlertId,
        recovered_level: alert.recoveredLevel,
      };
    case "cost_spike":
      return {
        ...budgetAttributes(alert),
        hour: alert.hour,
        actual: moneyAttribute(alert.actual),
        usual: moneyAttribute(alert.usual),
        compared_hours: alert.comparedHours,
      };
    case "unpriced_model":
      return {
        service: alert.service,
        model: alert.model,
        operation: alert.operation,
        date: alert.date,
        call_date: alert.callDate,
        unpriced_calls: alert.unpricedCalls,
        first_date: alert.firstDate,
      };
    default:
      return alert satisfies never;
  }
}

const budgetAttributes = (alert: CrossingAlert | RecoveredAlert | SpikeAlert): Item => ({
  budget_id: alert.budgetId,
  budget_name: alert.budgetName,
  unit: alert.unit,
  amount: moneyAttribute(alert.amount),
  spent: moneyAttribute(alert.spent),
  period: { ...alert.period },
  time_zone: alert.timeZone,
  contact: alert.contact,
  projected: alert.projected && moneyAttribute(alert.projected),
  exhausted_at: alert.exhaustedAt,
});

const thresholdAttributes = (alert: CrossingAlert | RecoveredAlert): Item => ({
  threshold_id: alert.thresholdId,
  threshold_percent: alert.thresholdPercent,
  threshold_amount: moneyAttribute(alert.thresholdAmount),
});

/** @throws InvalidItemError naming the attribute that is not what an alert has */
export function fromAlertItem(item: Item): Alert {
  const read = new ItemReader(item);
  const kind = read.word("kind", alertKinds);
  switch (kind) {
    case "budget_threshold":
      return { kind, ...commonOf(read), ...budgetOf(read), ...thresholdOf(read) };
    case "budget_forecast":
      return {
        kind,
        ...commonOf(read),
        ...budgetOf(read),
        ...thresholdOf(read),
        projected: read.money("projected"),
      };
    case "budget_recovered":
      return {
        kind,
        ...commonOf(read),
        ...budgetOf(read),
        ...thresholdOf(read),
        recoveredAlertId: read.text("recovered_alert_id"),
        recoveredLevel: read.word("recovered_level", thresholdLevels),
      };
    case "cost_spike":
      return {
        kind,
        ...commonOf(read),
        ...budgetOf(read),
        hour: hourOf(read),
        actual: read.money("actual"),
        usual: read.money("usual"),
        comparedHours: read.integer("compared_hours"),
      };
    case "unpriced_model":
      return { kind, ...commonOf(read), ...unpricedModelOf(read) };
    default:
      return kind satisfies never;
  }
}

const commonOf = (read: ItemReader) => ({
  alertId: read.text("alert_id"),
  scope: parseScope(read.text("scope")),
  level: read.word("level", thresholdLevels),
  raisedAt: read.instant("raised_at"),
  ...lifeOf(read),
  notify: read.flag("notify"),
});

const lifeOf = (read: ItemReader): AlertLife => ({
  state: read.word("state", alertStates),
  ...(read.has("acknowledged") && { acknowledged: fromRemarkAttributes(read.map("acknowledged")) }),
  ...(read.has("resolved") && { resolved: fromRemarkAttributes(read.map("resolved")) }),
  ...(read.has("snoozed") && { snoozed: fromRemarkAttributes(read.map("snoozed")) }),
  ...(read.has("snoozed_until") && { snoozedUntil: read.instant("snoozed_until") }),
});

const fromRemarkAttributes = (read: ItemReader): Remark => ({
  at: read.instant("at"),
  by: read.text("by"),
  ...(read.has("note") && { note: read.text("note") }),
});

function budgetOf(read: ItemReader) {
  const period = read.map("period");
  return {
    budgetId: read.text("budget_id"),
    budgetName: read.text("budget_name"),
    unit: read.word("unit", budgetUnits),
    amount: read.money("amount"),
    spent: read.money("spent"),
    period: {
      id: period.text("id"),
      kind: period.word("kind", periodKinds),
      start: period.instant("start"),
      end: period.instant("end"),
    },
    timeZone: read.text("time_zone"),
    ...(read.has("contact") && { contact: read.text("contact") }),
    ...(read.has("projected") && { projected: read.money("projected") }),
    ...(read.has("exhausted_at") && { exhaustedAt: read.instant("exhausted_at") }),
  };
}

const thresholdOf = (read: ItemReader) => ({
  thresholdId: read.text("threshold_id"),
  ...(read.has("threshold_percent") && { thresholdPercent: read.text("threshold_percent") }),
  thresholdAmount: read.money("threshold_amount"),
});

function hourOf(read: ItemReader): UtcHour {
  const hour = read.text("hour");
  if (!/^\d{4}-\d\d-\d\dT\d\d$/.test(hour)) throw new InvalidItemError("hour", "is not an hour");
  return hour as UtcHour;
}

const unpricedModelOf = (
  read: ItemReader,
): Omit<UnpricedModelAlert, keyof ReturnType<typeof commonOf> | "kind"> => ({
  service: read.text("service"),
  ...(read.has("model") && { model: read.text("model") }),
  operation: read.text("operation"),
  date: read.date("date"),
  callDate: read.date("call_date"),
  unpricedCalls: read.integer("unpriced_calls"),
  firstDate: read.date("first_date"),
});

/**
 * How an alert ended whose budget goes on: what it told of is no longer so (`recovered`), or the limit changed and its own
 * alerts took over (`succeeded`). It says nothing about what people made of it, who may have resolved it before.
 */
const alertEnds = ["recovered", "succeeded"] as const;
export type AlertEnd = (typeof alertEnds)[number];

/** Nothing while the alert stands. */
export function endOf(item: Item): AlertEnd | undefined {
  const read = new ItemReader(item);
  return read.has("ended") ? read.word("ended", alertEnds) : undefined;
}
