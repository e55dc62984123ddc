import {
  type Alert,
  type Delivery,
  type Instant,
  parseScope,
  periodKinds,
  plusMs,
  thresholdLevels,
} from "@ai-usage/core";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { type Item, ItemReader, moneyAttribute } from "./item.ts";
import { alertKey, listingKey, listings } from "./keys.ts";
import { listEntities, type Page, type PageRequest } from "./listing.ts";
import type { Table } from "./table.ts";

/** An alert and what became of telling people. */
export interface AlertRecord {
  readonly alert: Alert;
  readonly deliveries: readonly Delivery[];
}

/**
 * Puts an alert unless it is there. Its insertion is what the table's stream hands on to the event bus.
 * @returns whether it was new
 */
export async function raiseAlert(table: Table, alert: Alert): Promise<boolean> {
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: toAlertItem(alert),
        ConditionExpression: "attribute_not_exists(PK)",
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

export function listAlerts(table: Table, request: PageRequest): Promise<Page<AlertRecord>> {
  return listEntities(table, listings.alerts, request, fromAlertItem);
}

/** How long a sender has before its claim lapses and another may try. Longer than the function's time limit. */
const CLAIM_MS = 45_000;

/**
 * Claims the delivery of an alert over a channel, so that of all who are told of the alert one sends the message.
 * `done`: it was sent before · `busy`: somebody is at it; ask again after the claim lapses.
 */
export async function claimDelivery(
  table: Table,
  request: { alertId: string; channel: Delivery["channel"]; now: Instant },
): Promise<"claimed" | "done" | "busy"> {
  const { alertId, channel, now } = request;
  try {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: alertKey(alertId),
        UpdateExpression: "SET #state = :sending, #at = :now, #lapses = :lapses ADD #attempts :one",
        ConditionExpression: `attribute_exists(PK) AND (${NEVER_TRIED} OR ${FAILED} OR ${CLAIM_LAPSED})`,
        ExpressionAttributeNames: deliveryNames(channel),
        ExpressionAttributeValues: {
          ":sending": "sending",
          ":failed": "failed",
          ":now": now,
          ":lapses": plusMs(now, CLAIM_MS),
          ":one": 1,
        },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    return "claimed";
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
    return error.Item[deliveryNames(channel)["#state"]]?.S === "sent" ? "done" : "busy";
  }
}

const NEVER_TRIED = "attribute_not_exists(#state)";
const FAILED = "#state = :failed";
const CLAIM_LAPSED = "(#state = :sending AND #lapses < :now)";

/** Writes down how a claimed delivery ended. */
export async function settleDelivery(
  table: Table,
  request: { alertId: string; channel: Delivery["channel"]; state: "sent" | "failed"; now: Instant },
): Promise<void> {
  const { "#state": state, "#at": at } = deliveryNames(request.channel);
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: alertKey(request.alertId),
      UpdateExpression: "SET #state = :state, #at = :now",
      ExpressionAttributeNames: { "#state": state, "#at": at },
      ExpressionAttributeValues: { ":state": request.state, ":now": request.now },
    }),
  );
}

const deliveryNames = (channel: Delivery["channel"]) => ({
  "#state": `${channel}_state`,
  "#at": `${channel}_at`,
  "#lapses": `${channel}_claim_lapses_at`,
  "#attempts": `${channel}_attempts`,
});

export function toAlertItem(alert: Alert): Item {
  return {
    ...alertKey(alert.alertId),
    ...listingKey(listings.alerts, alert.raisedAt, alert.alertId),
    alert_id: alert.alertId,
    budget_id: alert.budgetId,
    budget_name: alert.budgetName,
    scope: alert.scope,
    level: alert.level,
    threshold_percent: alert.thresholdPercent,
    threshold_amount: moneyAttribute(alert.thresholdAmount),
    amount: moneyAttribute(alert.amount),
    spent: moneyAttribute(alert.spent),
    period: { ...alert.period },
    time_zone: alert.timeZone,
    raised_at: alert.raisedAt,
    state: alert.state,
    notify: alert.notify,
  };
}

/** @throws InvalidItemError naming the attribute that is not what an alert has */
export function fromAlertItem(item: Item): AlertRecord {
  const read = new ItemReader(item);
  const period = read.map("period");
  return {
    alert: {
      alertId: read.text("alert_id"),
      budgetId: read.text("budget_id"),
      budgetName: read.text("budget_name"),
      scope: parseScope(read.text("scope")),
      level: read.word("level", thresholdLevels),
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
      raisedAt: read.instant("raised_at"),
      state: read.word("state", ["open"]),
      notify: read.flag("notify"),
    },
    deliveries: (["email"] as const).flatMap((channel) => deliveryOf(read, channel)),
  };
}

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
