import type { Instant } from "@ai-usage/core";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { asideKey } from "./keys.ts";
import type { Table } from "./table.ts";

/** A change that could not be applied, kept whole with the reason until somebody has looked at it. */
export interface SetAsideChange {
  readonly eventId: string;
  readonly eventName: string;
  readonly reason: string;
  readonly at: Instant;
  /** The record as the stream gave it, JSON. */
  readonly record: string;
  readonly lineage: string;
}

/** Setting the same change aside again writes the same item. */
export async function setAside(table: Table, change: SetAsideChange): Promise<void> {
  await table.client.send(
    new PutCommand({
      TableName: table.name,
      Item: {
        ...asideKey(change.at, change.eventId),
        event_name: change.eventName,
        reason: change.reason,
        at: change.at,
        lineage: change.lineage,
        record: change.record,
      },
    }),
  );
}
