import { instantFromEpochMs } from "@ai-usage/core";
import { applyChanges, type MetricChange } from "./apply-rollup.ts";
import { InvalidItemError } from "./errors.ts";
import type { Item } from "./item.ts";
import { countLeased } from "./ledger/count-leased.ts";
import { fromMetricItem } from "./metric-item.ts";
import { setAside } from "./set-aside.ts";
import { isExpiry, itemAfter, itemBefore, type StreamRecord } from "./stream-record.ts";
import type { Table } from "./table.ts";

/**
 * Brings the totals up to date with what happened to stored metrics. Safe to repeat with any part of what was given
 * before. A metric that cannot be read counts as absent and is set aside with the reason, so that its shard goes on.
 *
 * @param records of one shard, in the order of the stream
 * @param lineage the shard's id
 * @returns how many records were set aside
 */
export async function rollUp(
  table: Table,
  records: readonly StreamRecord[],
  lineage: string,
): Promise<number> {
  const changes: MetricChange[] = [];
  let aside = 0;
  for (const record of records) {
    // The metric has expired; what it cost has not.
    if (isExpiry(record)) continue;
    const before = readMetric(itemBefore(record));
    const after = readMetric(itemAfter(record));
    if ("problem" in after) {
      await setAside(table, {
        eventId: record.eventID,
        eventName: record.eventName,
        reason: after.problem,
        at: instantFromEpochMs(record.dynamodb.ApproximateCreationDateTime * 1000),
        record: JSON.stringify(record.dynamodb),
        lineage,
      });
      aside += 1;
    }
    changes.push({
      sequenceNumber: record.dynamodb.SequenceNumber,
      before: "metric" in before ? before.metric : undefined,
      after: "metric" in after ? after.metric : undefined,
    });
  }
  await applyChanges(table, changes, lineage);
  await countLeased(table, changes, lineage);
  return aside;
}

type ReadMetric =
  | { readonly metric: MetricChange["after"] }
  | { readonly problem: string }
  | Record<string, never>;

function readMetric(item: Item | undefined): ReadMetric {
  if (item === undefined) return {};
  try {
    return { metric: fromMetricItem(item) };
  } catch (error) {
    if (error instanceof InvalidItemError) return { problem: error.message };
    throw error;
  }
}
