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
import { allotVolume, type VolumePricedMetric } from "./volumes.ts";

/** A metric to store: with its price, or, where that depends on what came before in its month, with what prices it. */
export type MetricToRecord = PricedMetric | VolumePricedMetric;

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
 * last one stays, and since totals follow what is stored (NEW minus OLD), they agree with it. Metrics that are priced
 * by volume are stored one transaction a hundred, and of two that race the first stays.
 */
export async function recordMetrics(
  table: Table,
  metrics: readonly MetricToRecord[],
  options: MetricItemOptions,
): Promise<RecordOutcome[]> {
  const known = await findStored(table, metrics);
  const fresh: Item[] = [];
  const freshByVolume: VolumePricedMetric[] = [];
  const outcomes = metrics.map((given): RecordOutcome | undefined => {
    const { requestId } = given.metric;
    const hash = contentHash(given.metric);
    const stored = known.get(requestId);
    if (stored) return outcomeOfStored(stored, hash);
    if ("priceAt" in given) {
      // The outcome follows when it has its place; one of the same id later in the request waits for it too.
      if (!freshByVolume.some(({ metric }) => metric.requestId === requestId)) freshByVolume.push(given);
      return undefined;
    }
    known.set(requestId, { contentHash: hash, pricing: given.pricing });
    fresh.push(toMetricItem(given, options, hash));
    return { status: "recorded", pricing: given.pricing };
  });
  if (fresh.length > 0) await putItems(table, fresh);
  const volumeOutcomes = await recordByVolume(table, freshByVolume, options);
  return outcomes.map((outcome, index) => outcome ?? volumeOutcome(metrics[index], volumeOutcomes));
}

function outcomeOfStored(stored: StoredMetric, hash: string): RecordOutcome {
  return stored.contentHash === hash
    ? { status: "duplicate", pricing: stored.pricing }
    : { status: "conflict" };
}

/** What is stored under an id, and which metric of this request it is, if it is one. */
interface StoredByVolume extends StoredMetric {
  readonly given?: MetricToRecord;
}

async function recordByVolume(
  table: Table,
  metrics: readonly VolumePricedMetric[],
  options: MetricItemOptions,
): Promise<ReadonlyMap<string, StoredByVolume>> {
  const stored = new Map<string, StoredByVolume>();
  if (metrics.length === 0) return stored;
  const byId = new Map(metrics.map((one) => [one.metric.requestId, one]));
  const taken = await allotVolume(table, metrics, (priced) => {
    const { metric, pricing } = priced;
    const hash = contentHash(metric);
    stored.set(metric.requestId, { contentHash: hash, pricing, given: byId.get(metric.requestId) });
    return {
      Put: {
        TableName: table.name,
        Item: toMetricItem(priced, options, hash),
        ConditionExpression: "attribute_not_exists(PK)",
      },
    };
  });
  for (const [requestId, other] of await findStored(table, taken)) stored.set(requestId, other);
  return stored;
}

function volumeOutcome(
  given: MetricToRecord | undefined,
  stored: ReadonlyMap<string, StoredByVolume>,
): RecordOutcome {
  const found = given && stored.get(given.metric.requestId);
  if (!given || !found) return { status: "conflict" };
  if (found.given === given) return { status: "recorded", pricing: found.pricing };
  return outcomeOfStored(found, contentHash(given.metric));
}

async function findStored(
  table: Table,
  metrics: readonly MetricToRecord[],
): Promise<Map<string, StoredMetric>> {
  const ids = new Set(metrics.map(({ metric }) => metric.requestId));
  const items = await getItems(table, [...ids].map(metricKey), storedMetricAttributes);
  return new Map(items.map((item) => [requestIdOf(new ItemReader(item).key()), fromStoredMetricItem(item)]));
}
