import {
  type Counter,
  dimensionOf,
  type Instant,
  type Scope,
  scopeValueOf,
  type TotalBucket,
  type UtcDate,
  type UtcHour,
  utcDateOf,
} from "@ai-usage/core";

/** Primary key of an item. Every key of the table is made in this file and nowhere else. */
export interface Key {
  readonly PK: string;
  readonly SK: string;
}

export const prefixes = {
  metric: "USAGE#",
  total: "TOTAL#",
  cube: "CUBE#",
  budget: "BUDGET#",
  alert: "ALERT#",
} as const;

/** Parts of a key are joined by `#`, so everything that begins with `prefix` and `#` sorts below this. */
const after = (prefix: string): string => `${prefix}$`;

/**
 * A service's day of raw metrics is spread over this many index partitions, since one takes 1,000 writes a second.
 * Reading a day asks all of them and merges.
 */
export const SERVICE_LANES = 8;

export const metricKey = (requestId: string): Key => ({ PK: `${prefixes.metric}${requestId}`, SK: "METRIC" });

export const requestIdOf = (key: Key): string => key.PK.slice(prefixes.metric.length);

export const serviceLanePartition = (service: string, date: UtcDate, lane: number): string =>
  `SERVICE#${service}#${date}#${lane}`;

export const jobPartition = (jobId: string): string => `JOB#${jobId}`;

export const batchPartition = (batchId: string): string => `BATCH#${batchId}`;

export const metricPosition = (timestamp: Instant, requestId: string): string => `${timestamp}#${requestId}`;

/** The lineage is the stream shard that a counter's changes came through: no two shards ever meet on one item. */
export function counterItemKey(counter: Counter, lineage: string): Key {
  switch (counter.kind) {
    case "hour":
      return { PK: totalPartition(counter.scope), SK: `HOUR#${counter.hour}#${lineage}` };
    case "day":
      return { PK: totalPartition(counter.scope), SK: `DAY#${counter.date}#${lineage}` };
    case "cube":
      return {
        PK: cubePartition(counter.date),
        SK: `${counter.service}#${counter.model}#${counter.operation}#${lineage}`,
      };
    default:
      return counter satisfies never;
  }
}

export const totalPartition = (scope: Scope): string => `${prefixes.total}${scope}`;

export const scopeOfTotal = (key: Key): Scope => key.PK.slice(prefixes.total.length) as Scope;

export const cubePartition = (date: UtcDate): string => `${prefixes.cube}${date}`;

export const dayRange = (first: UtcDate, last: UtcDate): [string, string] => [
  `DAY#${first}#`,
  after(`DAY#${last}`),
];

export const hourRange = (first: UtcHour, last: UtcHour): [string, string] => [
  `HOUR#${first}#`,
  after(`HOUR#${last}`),
];

/** What a total's sort key says: the bucket that it sums. */
export function bucketOfTotal(key: Pick<Key, "SK">): TotalBucket {
  const [kind, bucket = ""] = key.SK.split("#");
  return kind === "DAY"
    ? { kind: "day", date: bucket as UtcDate }
    : { kind: "hour", hour: bucket as UtcHour };
}

export function cubeCellOf(key: Pick<Key, "SK">): { service: string; model: string; operation: string } {
  const [service = "", model = "", operation = ""] = key.SK.split("#");
  return { service, model, operation };
}

/** GSI2 lists the values of a dimension that have a total on a day: who was there, and not how much they spent. */
export const dateTotalsKey = (scope: Scope, date: UtcDate, lineage: string) => ({
  GSI2PK: dateTotalsPartition(dimensionOf(scope), date),
  GSI2SK: `${date}#${scopeValueOf(scope)}#${lineage}`,
});

export const dateTotalsPartition = (dimension: string, date: UtcDate): string =>
  `DATE_TOTALS#${date.slice(0, 7)}#${dimension}`;

export const dateTotalsRange = (first: UtcDate, last: UtcDate): [string, string] => [
  `${first}#`,
  after(last),
];

export const valueOfDateTotal = (position: string): string => position.split("#")[1] ?? "";

export const asideKey = (at: Instant, eventId: string): Key => ({
  PK: `ASIDE#${utcDateOf(at)}`,
  SK: eventId,
});

export const budgetKey = (budgetId: string): Key => ({ PK: `${prefixes.budget}${budgetId}`, SK: "BUDGET" });

/** One item holds the active budgets of a scope, so that a batch of changed scopes is one read. */
export const activeBudgetsKey = (scope: Scope): Key => ({ PK: `SCOPE_BUDGETS#${scope}`, SK: "ACTIVE" });

export const alertKey = (alertId: string): Key => ({ PK: `${prefixes.alert}${alertId}`, SK: "ALERT" });

export const tokenKey = (tokenId: string): Key => ({ PK: `TOKEN#${tokenId}`, SK: "TOKEN" });

/** GSI2 lists the entities that people page through, by time. */
export const listings = { budgets: "BUDGETS", alerts: "ALERTS", tokens: "TOKENS" } as const;
export type Listing = (typeof listings)[keyof typeof listings];

export const listingKey = (listing: Listing, at: Instant, id: string) => ({
  GSI2PK: listing,
  GSI2SK: `${at}#${id}`,
});
