import type { PricedMetric, PriceSubject, UtcDate } from "@ai-usage/core";
import { getItems } from "./batches.ts";
import { ItemReader, readableOf } from "./item.ts";
import { type Key, metricDays, metricKey, SERVICE_LANES, unpricedPartition } from "./keys.ts";
import { fromMetricItem } from "./metric-item.ts";
import { queryItems } from "./query.ts";
import type { Table } from "./table.ts";

/** Which calls without a price: of what, and in which month of UTC. */
export interface UnpricedSelection extends PriceSubject {
  /** `2026-11` */
  readonly month: string;
  /** Of these days alone, both included. */
  readonly days?: { readonly first: UtcDate; readonly last: UtcDate };
}

/**
 * The earliest raw metrics that have no price, at most `limit` of them. The index that lists them is a moment behind:
 * one that has got its price since is left out, one that came just now may be missing.
 */
export async function listUnpricedMetrics(
  table: Table,
  selection: UnpricedSelection,
  limit: number,
): Promise<PricedMetric[]> {
  const keys = await unpricedKeys(table, selection, limit);
  const metrics = readableOf(await getItems(table, keys), fromMetricItem);
  const byPartition = new Map(metrics.map((priced) => [metricKey(priced.metric.requestId).PK, priced]));
  return keys.flatMap(({ PK }) => {
    const priced = byPartition.get(PK);
    return priced?.pricing.status === "unpriced" ? [priced] : [];
  });
}

/** Whether the index lists any, be it one that has got its price a moment ago, or that cannot be read. */
export async function hasUnpricedMetrics(table: Table, selection: UnpricedSelection): Promise<boolean> {
  return (await unpricedKeys(table, selection, 1)).length > 0;
}

/** In order of time, merged over the lanes of the index. */
async function unpricedKeys(
  table: Table,
  { month, days, ...subject }: UnpricedSelection,
  limit: number,
): Promise<Key[]> {
  const lanes = await Promise.all(
    Array.from({ length: SERVICE_LANES }, (_, lane) =>
      queryItems(table, {
        partition: unpricedPartition(subject, month, lane),
        index: "GSI2",
        ...(days && { between: metricDays(days.first, days.last) }),
        limit,
      }),
    ),
  );
  return lanes
    .flat()
    .map((item) => new ItemReader(item))
    .map((item) => ({ key: item.key(), position: item.text("GSI2SK") }))
    .sort((one, other) => (one.position < other.position ? -1 : 1))
    .slice(0, limit)
    .map(({ key }) => key);
}
