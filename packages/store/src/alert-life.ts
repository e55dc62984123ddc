import type { Alert, Instant, Remark } from "@ai-usage/core";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand, type UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { fromAlertItem, toRemarkAttributes } from "./alert-item.ts";
import { alertKey } from "./keys.ts";
import type { Table } from "./table.ts";

/**
 * What came of acting on an alert. `changed`: it is as it was asked for now, and something follows from it · `unchanged`: it was
 * so before · `resolved`: it is over, so that cannot be done any more · `unknown`: there is none of this id.
 */
export type AlertActOutcome =
  | { readonly outcome: "changed" | "unchanged" | "resolved"; readonly alert: Alert }
  | { readonly outcome: "unknown" };

const EXISTS = "attribute_exists(PK)";
const NOT_RESOLVED = "#state <> :resolved";
const NOT_ACKNOWLEDGED = "#state <> :acknowledged";
const SNOOZED_OTHERWISE = "(attribute_not_exists(snoozed_until) OR snoozed_until <> :until)";

/** Somebody is on it: nobody else need be told. Who said so first stays. */
export async function acknowledgeAlert(
  table: Table,
  { alertId, remark }: { alertId: string; remark: Remark },
): Promise<AlertActOutcome> {
  return act(table, alertId, {
    UpdateExpression: "SET #state = :acknowledged, acknowledged = :remark",
    ConditionExpression: [EXISTS, NOT_RESOLVED, NOT_ACKNOWLEDGED].join(" AND "),
    ExpressionAttributeNames: { "#state": "state" },
    ExpressionAttributeValues: {
      ":acknowledged": "acknowledged",
      ":resolved": "resolved",
      ":remark": toRemarkAttributes(remark),
    },
  });
}

/** It is over. Who said so first stays. */
export async function resolveAlert(
  table: Table,
  { alertId, remark }: { alertId: string; remark: Remark },
): Promise<Exclude<AlertActOutcome, { outcome: "resolved" }>> {
  const acted = await act(table, alertId, {
    UpdateExpression: "SET #state = :resolved, resolved = :remark REMOVE GSI1PK, GSI1SK, snoozed_until",
    ConditionExpression: [EXISTS, NOT_RESOLVED].join(" AND "),
    ExpressionAttributeNames: { "#state": "state" },
    ExpressionAttributeValues: { ":resolved": "resolved", ":remark": toRemarkAttributes(remark) },
  });
  return acted.outcome === "resolved" ? { ...acted, outcome: "unchanged" } : acted;
}

/** Nobody is told of it before `until`. */
export async function snoozeAlert(
  table: Table,
  { alertId, until, remark }: { alertId: string; until: Instant; remark: Remark },
): Promise<AlertActOutcome> {
  return act(table, alertId, {
    UpdateExpression: "SET snoozed_until = :until, snoozed = :remark",
    ConditionExpression: [EXISTS, NOT_RESOLVED, SNOOZED_OTHERWISE].join(" AND "),
    ExpressionAttributeNames: { "#state": "state" },
    ExpressionAttributeValues: {
      ":until": until,
      ":resolved": "resolved",
      ":remark": toRemarkAttributes(remark),
    },
  });
}

async function act(
  table: Table,
  alertId: string,
  update: Omit<UpdateCommandInput, "TableName" | "Key">,
): Promise<AlertActOutcome> {
  try {
    const { Attributes: item = {} } = await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: alertKey(alertId),
        ReturnValues: "ALL_NEW",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        ...update,
      }),
    );
    return { outcome: "changed", alert: fromAlertItem(item) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    if (error.Item === undefined) return { outcome: "unknown" };
    const alert = fromAlertItem(unmarshall(error.Item, { wrapNumbers: true }));
    return { outcome: alert.state === "resolved" ? "resolved" : "unchanged", alert };
  }
}
