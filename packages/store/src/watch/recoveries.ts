import {
  type Budget,
  type BudgetReading,
  type CrossingAlert,
  crossingIdOf,
  isOfPresentRevision,
  type Period,
  RESOLVED_BY_RECOVERY,
  RESOLVED_BY_SUCCESSOR,
  type RecoveredAlert,
  type Remark,
  recoveredAlerts,
  repeatedCrossingId,
} from "@ai-usage/core";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand, type UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import { type AlertEnd, endOf, fromAlertItem, toAlertItem, toRemarkAttributes } from "../alert-item.ts";
import { getItems } from "../batches.ts";
import { alertKey } from "../keys.ts";
import type { Table } from "../table.ts";
import { type TransactItems, transact } from "../transact.ts";

/** Where alerts of a budget are looked for: their ids say the threshold and the revision of the limit. */
export interface Crossings {
  readonly budget: Budget;
  readonly period: Period;
  readonly thresholdIds: readonly string[];
  readonly revisions: readonly number[];
}

/** Whether an alert is one that may be over. */
export type MayRecover = (alert: CrossingAlert) => boolean;

/** Alerts that were raised and have not ended, read consistently. People may have acknowledged or resolved them. */
export async function standingAlerts(table: Table, crossings: Crossings): Promise<CrossingAlert[]> {
  const { budget, period, thresholdIds, revisions } = crossings;
  const ids = revisions.flatMap((revision) =>
    thresholdIds.map((thresholdId) => crossingIdOf(budget, period, thresholdId, revision)),
  );
  const standing: CrossingAlert[] = [];
  for (let time = 1, asked = ids; asked.length > 0; time++) {
    const idOf = new Map(asked.map((id) => [repeatedCrossingId(id, time), id]));
    const items = await getItems(table, [...idOf.keys()].map(alertKey));
    asked = [];
    for (const item of items) {
      const alert = fromAlertItem(item);
      if (alert.kind !== "budget_threshold" && alert.kind !== "budget_forecast") continue;
      const end = endOf(item);
      if (end === undefined) standing.push(alert);
      // What recovered may have been crossed once more.
      else if (end === "recovered") asked.push(idOf.get(alert.alertId) ?? alert.alertId);
    }
  }
  return standing;
}

/**
 * Ends the standing ones of `crossings` that are no longer so by `reading`, and raises the alerts that say so: all of it or
 * nothing, each once however many try.
 */
export function recoverAlerts(
  table: Table,
  crossings: Crossings,
  { reading, mayRecover }: { reading: BudgetReading; mayRecover: MayRecover },
): Promise<RecoveredAlert[]> {
  return transact(table, "alerts", async () => {
    const standing = await standingAlerts(table, crossings);
    const recovered = recoveredAlerts(standing.filter(mayRecover), reading);
    return { writes: recovered.flatMap((alert) => recoveryWrites(table, alert)), outcome: recovered };
  });
}

function recoveryWrites(table: Table, alert: RecoveredAlert): TransactItems {
  const remark = { at: alert.raisedAt, by: RESOLVED_BY_RECOVERY };
  return [
    {
      Put: {
        TableName: table.name,
        Item: toAlertItem(alert),
        ConditionExpression: "attribute_not_exists(PK)",
      },
    },
    { Update: endUpdate(table, { alertId: alert.recoveredAlertId, end: "recovered", remark }) },
  ];
}

/** Ends the standing ones that the budget raised before its limit or its thresholds changed. */
export async function succeedAlerts(
  table: Table,
  crossings: Crossings,
  reading: BudgetReading,
): Promise<void> {
  const remark = { at: reading.now, by: RESOLVED_BY_SUCCESSOR };
  for (const alert of await standingAlerts(table, crossings)) {
    if (isOfPresentRevision(alert, crossings.budget)) continue;
    try {
      await table.client.send(
        new UpdateCommand(endUpdate(table, { alertId: alert.alertId, end: "succeeded", remark })),
      );
    } catch (error) {
      // Somebody else ended it in between.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}

/** An alert that people have resolved keeps what they said. */
function endUpdate(table: Table, ending: { alertId: string; end: AlertEnd; remark: Remark }) {
  return {
    TableName: table.name,
    Key: alertKey(ending.alertId),
    UpdateExpression:
      "SET ended = :end, #state = :resolved, resolved = if_not_exists(resolved, :remark) REMOVE GSI1PK, GSI1SK, snoozed_until",
    ConditionExpression: "attribute_exists(PK) AND attribute_not_exists(ended)",
    ExpressionAttributeNames: { "#state": "state" },
    ExpressionAttributeValues: {
      ":end": ending.end,
      ":resolved": "resolved",
      ":remark": toRemarkAttributes(ending.remark),
    },
  } satisfies UpdateCommandInput;
}
