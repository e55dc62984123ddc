import {
  type AIUsageMetric,
  type Counter,
  dimensionOf,
  type Instant,
  type PriceSubject,
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
  unpriced: "UNPRICED#",
  lease: "LEASE#",
  outcome: "OUTCOME#",
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

/** GSI2 lists the metrics that have no price yet, by what would have one, and month. */
export const unpricedPartition = (subject: PriceSubject, month: string, lane: number): string =>
  `UNPRICED_METRICS#${subjectId(subject)}#${month}#${lane}`;

export const unpricedListingOf = (
  metric: PriceSubject & Pick<AIUsageMetric, "timestamp" | "requestId">,
  lane: number,
) => ({
  GSI2PK: unpricedPartition(metric, utcDateOf(metric.timestamp).slice(0, 7), lane),
  GSI2SK: metricPosition(metric.timestamp, metric.requestId),
});

export const jobPartition = (jobId: string): string => `JOB#${jobId}`;

export const batchPartition = (batchId: string): string => `BATCH#${batchId}`;

/** Positions of metrics from the first of two days to the end of the last. */
export const metricDays = (first: UtcDate, last: UtcDate): [string, string] => [first, `${last}U`];

export const metricPosition = (timestamp: Instant, requestId: string): string => `${timestamp}#${requestId}`;

export const outcomeKey = (outcomeId: string): Key => ({
  PK: `${prefixes.outcome}${outcomeId}`,
  SK: "OUTCOME",
});

export const outcomeIdOf = (key: Key): string => key.PK.slice(prefixes.outcome.length);

/** GSI1 lists the outcomes of a month by time, over lanes: one index partition takes 1,000 writes a second. */
export const OUTCOME_LANES = 4;

export const outcomePartition = (month: string, lane: number): string => `OUTCOMES#${month}#${lane}`;

export const outcomeListingOf = (timestamp: Instant, outcomeId: string, lane: number) => ({
  GSI1PK: outcomePartition(monthOf(timestamp), lane),
  GSI1SK: `${timestamp}#${outcomeId}`,
});

/** `2026-11`, of an instant, a day, or a position that begins with one. */
export const monthOf = (text: string): string => text.slice(0, 7);

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

export const dateOfCube = (key: Key): UtcDate => key.PK.slice(prefixes.cube.length) as UtcDate;

/** All lineages of the cell that `subject` has on a day. */
export const cubeCellRange = (subject: PriceSubject): [string, string] => [
  `${subjectId(subject)}#`,
  after(subjectId(subject)),
];

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

/** How much there has been of a volume: of a meter, a billing account and a month. */
export const volumeKey = (volumeId: string): Key => ({ PK: `VOLUME#${volumeId}`, SK: "VOLUME" });

export const asideKey = (at: Instant, eventId: string): Key => ({
  PK: `ASIDE#${utcDateOf(at)}`,
  SK: eventId,
});

export const budgetKey = (budgetId: string): Key => ({ PK: `${prefixes.budget}${budgetId}`, SK: "BUDGET" });

/** One item holds the active budgets of a scope, so that a batch of changed scopes is one read. */
export const activeBudgetsKey = (scope: Scope): Key => ({ PK: `SCOPE_BUDGETS#${scope}`, SK: "ACTIVE" });

/** Who changed a budget, by time. */
export const budgetAuditPartition = (budgetId: string): string => `AUDIT#BUDGET#${budgetId}`;

export const budgetAuditKey = (budgetId: string, at: Instant, changeId: string): Key => ({
  PK: budgetAuditPartition(budgetId),
  SK: `${at}#${changeId}`,
});

export const proposalKey = (proposalId: string): Key => ({ PK: `PROPOSAL#${proposalId}`, SK: "PROPOSAL" });

/** All templates are in one partition, so that one query loads them. */
export const BUDGET_TEMPLATES_PARTITION = "BUDGET_TEMPLATES";

export const templateKey = (templateId: string): Key => ({
  PK: BUDGET_TEMPLATES_PARTITION,
  SK: `TEMPLATE#${templateId}`,
});

/** What a hard budget has left in a period. */
export const ledgerKey = (budgetId: string, periodId: string): Key => ({
  PK: budgetKey(budgetId).PK,
  SK: `PERIOD#${periodId}`,
});

/** Who had the ledgers of a budget repaired, by time. */
export const ledgerAuditPartition = (budgetId: string): string => `AUDIT#LEDGER#${budgetId}`;

export const ledgerAuditKey = (budgetId: string, at: Instant, repairId: string): Key => ({
  PK: ledgerAuditPartition(budgetId),
  SK: `${at}#${repairId}`,
});

/** What calls with a lease of this budget came to in the period, as far as they have been counted. */
export const leasedSumKey = (budgetId: string, periodId: string, lineage: string): Key => ({
  PK: budgetKey(budgetId).PK,
  SK: `LEASED#${periodId}#${lineage}`,
});

export const leasedSumRange = (periodId: string): [string, string] => [
  `LEASED#${periodId}#`,
  after(`LEASED#${periodId}`),
];

export const leaseKey = (leaseId: string): Key => ({ PK: `${prefixes.lease}${leaseId}`, SK: "LEASE" });

export const leaseIdOf = (key: Key): string => key.PK.slice(prefixes.lease.length);

const seenPrefix = "SEEN#";

/** What the calls of a lease came to, as far as they have been counted. */
export const leaseSeenKey = (leaseId: string, lineage: string): Key => ({
  PK: leaseKey(leaseId).PK,
  SK: `${seenPrefix}${lineage}`,
});

export const leaseSeenRange: [string, string] = [seenPrefix, after(seenPrefix.slice(0, -1))];

export const isLeaseSeenKey = ({ SK }: Pick<Key, "SK">): boolean => SK.startsWith(seenPrefix);

/** GSI1 lists the leases that are open, by when they expire, over lanes: one index partition takes 1,000 writes a second. */
export const OPEN_LEASE_LANES = 4;

export const openLeasePartition = (lane: number): string => `OPEN_LEASES#${lane}`;

export const openLeaseKey = (leaseId: string, expiresAt: Instant, lane: number) => ({
  GSI1PK: openLeasePartition(lane),
  GSI1SK: `${expiresAt}#${leaseId}`,
});

/** All channels are in one partition, so that one query loads them. */
export const CHANNELS_PARTITION = "CHANNELS";

export const channelKey = (channelId: string): Key => ({
  PK: CHANNELS_PARTITION,
  SK: `CHANNEL#${channelId}`,
});

/** When a channel last spoke of a scope, and how often it spoke in a window of its rate limit. */
export const paceKey = (channelId: string, what: string): Key => ({ PK: `PACE#${channelId}`, SK: what });

const deliveryPrefix = "DELIVERY#";

export const deliveryKey = (delivery: { alertId: string; channelId: string; reason: string }): Key => ({
  PK: alertKey(delivery.alertId).PK,
  SK: `${deliveryPrefix}${delivery.channelId}#${delivery.reason}`,
});

/** Which delivery has a key. */
export function deliveryOfKey(key: Key): { alertId: string; channelId: string; reason: string } {
  const [, channelId = "", reason = ""] = key.SK.split("#");
  return { alertId: key.PK.slice(prefixes.alert.length), channelId, reason };
}

export const deliveryRange: [string, string] = [deliveryPrefix, after(deliveryPrefix.slice(0, -1))];

/** GSI1 lists the deliveries that wait, by when they are due, and those that were given up. */
export const deliveryListings = { waiting: "WAITING_DELIVERIES", failed: "FAILED_DELIVERIES" } as const;

export const deliveryListingKey = (
  listing: (typeof deliveryListings)[keyof typeof deliveryListings],
  at: Instant,
  delivery: { alertId: string; channelId: string; reason: string },
) => ({
  GSI1PK: listing,
  GSI1SK: `${at}#${delivery.alertId}#${delivery.channelId}#${delivery.reason}`,
});

/** GSI1 lists the alerts that are not resolved, by time. */
export const OPEN_ALERTS_PARTITION = "OPEN_ALERTS";

export const openAlertKey = (alertId: string, raisedAt: Instant) => ({
  GSI1PK: OPEN_ALERTS_PARTITION,
  GSI1SK: `${raisedAt}#${alertId}`,
});

export const alertKey = (alertId: string): Key => ({ PK: `${prefixes.alert}${alertId}`, SK: "ALERT" });

const subjectId = ({ service, model = "", operation }: PriceSubject): string =>
  `${service}#${model}#${operation}`;

export const unpricedModelKey = (subject: PriceSubject): Key => ({
  PK: `${prefixes.unpriced}${subjectId(subject)}`,
  SK: "MODEL",
});

export const restatementKey = (restatementId: string): Key => ({
  PK: `RESTATEMENT#${restatementId}`,
  SK: "RESTATEMENT",
});

export const restatementIdOf = (key: Key): string => key.PK.slice(restatementKey("").PK.length);

/** GSI1 lists the restatements that are not done, by time. */
export const RUNNING_RESTATEMENTS_PARTITION = "RUNNING_RESTATEMENTS";

export const runningRestatementKey = (restatementId: string, at: Instant) => ({
  GSI1PK: RUNNING_RESTATEMENTS_PARTITION,
  GSI1SK: `${at}#${restatementId}`,
});

export const restatementStepKey = (restatementId: string, step: string): Key => ({
  PK: restatementKey(restatementId).PK,
  SK: `STEP#${step}`,
});

export const restatementStepRange: [string, string] = ["STEP#", after("STEP")];

/** All that a deployment has set about prices is in one partition, so that one query loads it. */
export const PRICES_PARTITION = "PRICES";

const priceRowPrefix = "ROW#";
const adjustmentPrefix = "ADJUSTMENT#";

/** Own prices of one provider, or of all, lie side by side. */
export const ownPriceRange = (provider?: string): [string, string] => {
  const prefix = provider === undefined ? priceRowPrefix : `${priceRowPrefix}${provider}#`;
  return [prefix, after(prefix.slice(0, -1))];
};

/** @param from what the row begins with; `0` sorts before all days */
export const ownPriceKey = (price: {
  provider: string;
  model: string;
  from: string | undefined;
  conditionsHash: string;
}): Key => ({
  PK: PRICES_PARTITION,
  SK: `${priceRowPrefix}${price.provider}#${price.model}#${price.from ?? "0"}#${price.conditionsHash}`,
});

export const adjustmentKey = (adjustmentId: string): Key => ({
  PK: PRICES_PARTITION,
  SK: `${adjustmentPrefix}${adjustmentId}`,
});

export const adjustmentRange = (): [string, string] => [
  adjustmentPrefix,
  after(adjustmentPrefix.slice(0, -1)),
];

export const isOwnPriceKey = ({ SK }: Pick<Key, "SK">): boolean => SK.startsWith(priceRowPrefix);

export const isAdjustmentKey = ({ SK }: Pick<Key, "SK">): boolean => SK.startsWith(adjustmentPrefix);

/** Counts the changes of the partition: who has loaded it asks this one item whether there is anything new. */
export const priceVersionKey: Key = { PK: PRICES_PARTITION, SK: "VERSION" };

/** The audit trail of prices, by time. */
export const PRICE_AUDIT_PARTITION = "AUDIT#PRICES";

export const priceAuditKey = (at: Instant, editId: string): Key => ({
  PK: PRICE_AUDIT_PARTITION,
  SK: `${at}#${editId}`,
});

export const tokenKey = (tokenId: string): Key => ({ PK: `TOKEN#${tokenId}`, SK: "TOKEN" });

/** GSI2 lists the entities that people page through, by time. */
export const listings = {
  budgets: "BUDGETS",
  alerts: "ALERTS",
  tokens: "TOKENS",
  unpriced: "UNPRICED",
  restatements: "RESTATEMENTS",
  proposals: "PROPOSALS",
} as const;
export type Listing = (typeof listings)[keyof typeof listings];

export const listingKey = (listing: Listing, at: Instant, id: string) => ({
  GSI2PK: listing,
  GSI2SK: `${at}#${id}`,
});

export const unpricedListingKey = (subject: PriceSubject, firstSeenAt: Instant) =>
  listingKey(listings.unpriced, firstSeenAt, subjectId(subject));
