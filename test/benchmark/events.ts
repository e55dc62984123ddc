import { customScopesOf, type Instant, type PricedMetric } from "@ai-usage/core";
import { readTrace, trafficOf, type WireMetric } from "@ai-usage/demo";
import { type Ingest, PriceSource } from "@ai-usage/ingest";
import { builtInPriceBook, priceMetric } from "@ai-usage/pricing";
import { type Table, toMetricItem } from "@ai-usage/store";
import { parseMetric } from "@ai-usage/wire";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";

/** The demo's traffic over the whole trace. Making it takes a while, so it is made once and then moved in time. */
const traffic = trafficOf(readTrace(), 0).map((event) => ({ event, atMs: Date.parse(event.timestamp) }));
const trafficWithoutJobs = traffic.filter(({ event }) => event.job_id === undefined);

const book = builtInPriceBook();

export interface EventsOptions {
  readonly count: number;
  /** When the last of them happened. */
  readonly endMs: number;
  /** Events of different prefixes are different events. */
  readonly idPrefix: string;
  /** Whether events of jobs are among them, which have one more index entry. @default true */
  readonly withJobs?: boolean;
}

/** The demo's traffic from its beginning, as often over as it takes. */
export function eventsOf({ count, endMs, idPrefix, withJobs = true }: EventsOptions): WireMetric[] {
  const source = withJobs ? traffic : trafficWithoutJobs;
  const lastMs = source[Math.min(count, source.length) - 1]?.atMs ?? 0;
  return Array.from({ length: count }, (_, index) => {
    const { event, atMs } = source[index % source.length] as (typeof source)[number];
    const timestamp = new Date(endMs - lastMs + atMs).toISOString();
    return { ...event, request_id: `${idPrefix}-${String(index).padStart(6, "0")}`, timestamp };
  });
}

/** The settings of a deployment that set none. */
const settings = {
  scopeMetadataKeys: ["department", "project", "cost_center"],
  retentionDays: 400,
  serviceIndex: true,
};

/** The parts that the ingest function works with. */
export function ingestInto(table: Table): Ingest {
  return { table, prices: new PriceSource(table, { refreshSeconds: 20 }), ...settings };
}

/** The very items that the ingest function stores for events, as the engine takes them. */
export function itemsOf(events: readonly WireMetric[], now: Instant): Record<string, AttributeValue>[] {
  return events.map((event) =>
    marshall(toMetricItem(pricedOf(event, now), settings), { removeUndefinedValues: true }),
  );
}

function pricedOf(event: WireMetric, now: Instant): PricedMetric {
  const parsed = parseMetric(event, { now, retentionDays: settings.retentionDays });
  if ("errors" in parsed) throw new Error(`the event is refused: ${JSON.stringify(parsed.errors)}`);
  const { metric } = parsed;
  const customScopes = customScopesOf(metric, settings.scopeMetadataKeys);
  return { metric, pricing: priceMetric(book, metric), customScopes };
}
