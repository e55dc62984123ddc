import {
  type Alert,
  alertKinds,
  type Delivery,
  parseScope,
  periodKinds,
  type ThresholdAlert,
  thresholdLevels,
  type UnpricedModelAlert,
} from "@ai-usage/core";
import { type Item, ItemReader, moneyAttribute } from "./item.ts";
import { alertKey, listingKey, listings } from "./keys.ts";

/** An alert and what became of telling people. */
export interface AlertRecord {
  readonly alert: Alert;
  readonly deliveries: readonly Delivery[];
}

export function toAlertItem(alert: Alert): Item {
  return {
    ...alertKey(alert.alertId),
    ...listingKey(listings.alerts, alert.raisedAt, alert.alertId),
    alert_id: alert.alertId,
    kind: alert.kind,
    scope: alert.scope,
    level: alert.level,
    ...ownAttributes(alert),
    raised_at: alert.raisedAt,
    state: alert.state,
    notify: alert.notify,
  };
}

/** What only alerts of this kind have. */
function ownAttributes(alert: Alert): Item {
  switch (alert.kind) {
    case "budget_threshold":
      return {
        budget_id: alert.budgetId,
        budget_name: alert.budgetName,
        threshold_percent: alert.thresholdPercent,
        threshold_amount: moneyAttribute(alert.thresholdAmount),
        amount: moneyAttribute(alert.amount),
        spent: moneyAttribute(alert.spent),
        period: { ...alert.period },
        time_zone: alert.timeZone,
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

/** @throws InvalidItemError naming the attribute that is not what an alert has */
export function fromAlertItem(item: Item): AlertRecord {
  const read = new ItemReader(item);
  return {
    alert: alertOf(read),
    deliveries: (["email"] as const).flatMap((channel) => deliveryOf(read, channel)),
  };
}

function alertOf(read: ItemReader): Alert {
  // Alerts that were raised when there was one kind do not say which they are.
  const kind = read.has("kind") ? read.word("kind", alertKinds) : "budget_threshold";
  switch (kind) {
    case "budget_threshold":
      return thresholdAlertOf(read);
    case "unpriced_model":
      return unpricedModelAlertOf(read);
    default:
      return kind satisfies never;
  }
}

const commonOf = (read: ItemReader) => ({
  alertId: read.text("alert_id"),
  scope: parseScope(read.text("scope")),
  level: read.word("level", thresholdLevels),
  raisedAt: read.instant("raised_at"),
  state: read.word("state", ["open"]),
  notify: read.flag("notify"),
});

function thresholdAlertOf(read: ItemReader): ThresholdAlert {
  const period = read.map("period");
  return {
    ...commonOf(read),
    kind: "budget_threshold",
    budgetId: read.text("budget_id"),
    budgetName: read.text("budget_name"),
    thresholdPercent: read.text("threshold_percent"),
    thresholdAmount: read.money("threshold_amount"),
    amount: read.money("amount"),
    spent: read.money("spent"),
    period: {
      id: period.text("id"),
      kind: period.word("kind", periodKinds),
      start: period.instant("start"),
      end: period.instant("end"),
    },
    timeZone: read.text("time_zone"),
  };
}

function unpricedModelAlertOf(read: ItemReader): UnpricedModelAlert {
  return {
    ...commonOf(read),
    kind: "unpriced_model",
    service: read.text("service"),
    model: read.optionalText("model"),
    operation: read.text("operation"),
    date: read.date("date"),
    callDate: read.date("call_date"),
    unpricedCalls: read.integer("unpriced_calls"),
    firstDate: read.date("first_date"),
  };
}

/** Attributes that hold the delivery over a channel. */
export const deliveryNames = (channel: Delivery["channel"]) => ({
  "#state": `${channel}_state`,
  "#at": `${channel}_at`,
  "#lapses": `${channel}_claim_lapses_at`,
  "#attempts": `${channel}_attempts`,
});

function deliveryOf(read: ItemReader, channel: Delivery["channel"]): Delivery[] {
  const names = deliveryNames(channel);
  if (!read.has(names["#state"])) return [];
  return [
    {
      channel,
      state: read.word(names["#state"], ["sending", "sent", "failed"]),
      attempts: read.integer(names["#attempts"]),
      at: read.instant(names["#at"]),
    },
  ];
}
