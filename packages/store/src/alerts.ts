import { type Alert, type AlertSelection, type Caller, isAlertSelected, mayAccess } from "@ai-usage/core";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { type AlertEnd, endOf, fromAlertItem, toAlertItem } from "./alert-item.ts";
import { alertKey, listings, OPEN_ALERTS_PARTITION } from "./keys.ts";
import { listMatching, type Page, type PageRequest } from "./listing.ts";
import { itemAfter, keyOfRecord, type StreamRecord } from "./stream-record.ts";
import type { Table } from "./table.ts";

/**
 * Puts an alert unless it is there. Its insertion is what the table's stream hands on to the event bus.
 * @returns whether it was new
 */
export async function raiseAlert(table: Table, alert: Alert): Promise<boolean> {
  return (await putAlert(table, alert)) === "raised";
}

/** The same. An alert that was there stands (`standing`), or has ended. */
export async function putAlert(table: Table, alert: Alert): Promise<"raised" | "standing" | AlertEnd> {
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: toAlertItem(alert),
        ConditionExpression: "attribute_not_exists(PK)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    return "raised";
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return (error.Item && endOf(unmarshall(error.Item, { wrapNumbers: true }))) ?? "standing";
  }
}

/** Alerts that a batch of the table's stream says are new. */
export function newAlertsOf(records: readonly StreamRecord[]): Alert[] {
  return records.flatMap((record) => {
    const item = itemAfter(record);
    return record.eventName === "INSERT" && isAlertRecord(record) && item ? [fromAlertItem(item)] : [];
  });
}

/** What became of telling people is kept in the alert's partition, and is no news of it. */
function isAlertRecord(record: StreamRecord): boolean {
  const { PK, SK } = keyOfRecord(record);
  const [prefix, sortKey] = [alertKey("").PK, alertKey("").SK];
  return PK.startsWith(prefix) && SK === sortKey;
}

export async function findAlert(table: Table, alertId: string): Promise<Alert | undefined> {
  const { Item: item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: alertKey(alertId), ConsistentRead: true }),
  );
  return item && fromAlertItem(item);
}

/** A page of the alerts that `caller` may see and that are asked for, newest first. */
export function listAlerts(
  table: Table,
  request: PageRequest,
  { caller, selection = {} }: { caller?: Caller; selection?: AlertSelection } = {},
): Promise<Page<Alert>> {
  const isOpenOnly = selection.states !== undefined && !selection.states.includes("resolved");
  const source = isOpenOnly
    ? ({ index: "GSI1", partition: OPEN_ALERTS_PARTITION } as const)
    : listings.alerts;
  return listMatching(table, source, request, {
    fromItem: fromAlertItem,
    matches: (alert) =>
      isAlertSelected(selection, alert) && (caller === undefined || mayAccess(caller, [alert.scope])),
  });
}
