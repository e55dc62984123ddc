import { type Alert, type Delivery, type Instant, plusMs } from "@ai-usage/core";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { type AlertRecord, deliveryNames, fromAlertItem, toAlertItem } from "./alert-item.ts";
import { alertKey, listings, prefixes } from "./keys.ts";
import { listEntities, type Page, type PageRequest } from "./listing.ts";
import { itemAfter, keyOfRecord, type StreamRecord } from "./stream-record.ts";
import type { Table } from "./table.ts";

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

/** Alerts that a batch of the table's stream says are new. */
export function newAlertsOf(records: readonly StreamRecord[]): Alert[] {
  return records.flatMap((record) => {
    const item = itemAfter(record);
    const isNew = record.eventName === "INSERT" && keyOfRecord(record).PK.startsWith(prefixes.alert);
    return isNew && item ? [fromAlertItem(item).alert] : [];
  });
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
