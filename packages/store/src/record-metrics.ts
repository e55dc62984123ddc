import type { PricedMetric, Pricing } from "@ai-usage/core";
import { getItems, putItems } from "./batches.ts";
import { type Item, ItemReader } from "./item.ts";
import { metricKey, requestIdOf } from "./keys.ts";
import {
  contentHash,
  fromStoredMetricItem,
  type MetricItemOptions,
  type StoredMetric,
  storedMetricAttributes,
  toMetricItem,
} from "./metric-item.ts";
import type { Table } from "./table.ts";

/**
 * What became of a metric. `recorded`: stored now · `duplicate`: the same was stored before, nothing changed ·
 * `conflict`: something else is stored under its id, nothing changed. `pricing` is of what is stored.
 */
export type RecordOutcome =
  | { readonly status: "recorded" | "duplicate"; readonly pricing: Pricing }
  | { readonly status: "conflict" };

/**
 * Stores each metric once, by its request id; outcomes are in the order of `metrics`. One read tells duplicates and
 * conflicts apart, one write stores the rest. Two senders that race with one id within that window both write: the
 * last one stays, and since totals follow what is stored (NEW minus OLD), they agree with it.
 */
export async function recordMetrics(
  table: Table,
  metrics: readonly PricedMetric[],
  options: MetricItemOptions,
): Promise<RecordOutcome[]> {
  const known = await findStored(table, metrics);
  const fresh: Item[] = [];
  const outcomes = metrics.map((priced): RecordOutcome => {
    const { requestId } = priced.metric;
    const hash = contentHash(priced.metric);
    const stored = known.get(requestId);
    if (stored) {
      return stored.contentHash === hash
        ? { status: "duplicate", pricing: stored.pricing }
        : { status: "conflict" };
    }
    known.set(requestId, { contentHash: hash, pricing: priced.pricing });
    fresh.push(toMetricItem(priced, options, hash));
    return { status: "recorded", pricing: priced.pricing };
  });
  if (fresh.length > 0) await putItems(table, fresh);
  return outcomes;
}

async function findStored(
  table: Table,
  metrics: readonly PricedMetric[],
): Promise<Map<string, StoredMetric>> {
  const ids = new Set(metrics.map(({ metric }) => metric.requestId));
  const items = await getItems(table, [...ids].map(metricKey), storedMetricAttributes);
  return new Map(items.map((item) => [requestIdOf(new ItemReader(item).key()), fromStoredMetricItem(item)]));
}
