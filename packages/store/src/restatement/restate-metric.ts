import {
  type FormerPricing,
  type Instant,
  type PriceChange,
  type PricedMetric,
  type Pricing,
  type Reprice,
  sameFigures,
  type VolumePosition,
} from "@ai-usage/core";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand, type UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import { ThrottledError } from "../errors.ts";
import type { Item } from "../item.ts";
import { metricKey, unpricedListingOf } from "../keys.ts";
import { laneOf } from "../metric-item.ts";
import {
  pricingAttributes,
  toFormerPricing,
  toPricingAttributes,
  toVolumeAttributes,
} from "../pricing-item.ts";
import type { Table } from "../table.ts";
import { allotVolume } from "../volumes.ts";
import { findMetrics } from "./metric-pages.ts";

export interface MetricRestatement {
  readonly restatementId: string;
  /** Those that have a price are left as they are. */
  readonly onlyUnpriced: boolean;
  readonly dryRun: boolean;
  readonly reprice: Reprice;
  readonly now: Instant;
}

const ATTEMPTS_MAX = 5;

/**
 * Prices a stored metric anew. The former price stays on it, and the totals follow from the stream: NEW minus OLD.
 *
 * Safe to repeat: a metric that this restatement has changed before is told again as the change it was, so that whoever
 * takes over from a killed worker counts what that one did and did not write down.
 *
 * @returns how its price changes, or nothing when it stays, or the metric has expired meanwhile
 */
export async function restateMetric(
  table: Table,
  given: PricedMetric,
  order: MetricRestatement,
): Promise<PriceChange | undefined> {
  let priced: PricedMetric | undefined = given;
  for (let attempt = 1; priced !== undefined; attempt++) {
    const told = changedBefore(priced, order.restatementId);
    if (told !== undefined) return told;
    if (order.onlyUnpriced && priced.pricing.status !== "unpriced") return undefined;
    const outcome = await tryRestate(table, priced, order);
    if (outcome !== "moved") return outcome;
    if (attempt === ATTEMPTS_MAX)
      throw new ThrottledError(`${given.metric.requestId} changes again and again`);
    [priced] = await findMetrics(table, [given.metric.requestId]);
  }
  return undefined;
}

/** The change that a restatement has made of a metric, if it has. Others may have changed it again since. */
function changedBefore(priced: PricedMetric, restatementId: string): PriceChange | undefined {
  const { formerPricings = [], pricing } = priced;
  const at = formerPricings.findIndex((former) => former.restatementId === restatementId);
  const before = formerPricings[at];
  return before && changeOf(priced, before.pricing, formerPricings[at + 1]?.pricing ?? pricing);
}

const changeOf = ({ metric, customScopes }: PricedMetric, before: Pricing, after: Pricing): PriceChange => ({
  metric,
  customScopes,
  before,
  after,
});

/** @returns `moved` when the metric was changed or removed since it was read */
async function tryRestate(
  table: Table,
  priced: PricedMetric,
  order: MetricRestatement,
): Promise<PriceChange | "moved" | undefined> {
  const repricing = order.reprice(priced);
  if ("volume" in repricing) return restateByVolume(table, priced, repricing, order);
  const { pricing } = repricing;
  if (sameFigures(priced.pricing, pricing)) return undefined;
  if (order.dryRun) return changeOf(priced, priced.pricing, pricing);
  try {
    await table.client.send(new UpdateCommand(restateParams(table.name, priced, { pricing }, order)));
    return changeOf(priced, priced.pricing, pricing);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return "moved";
    throw error;
  }
}

/** A metric that has no place in its month's volume yet gets one, and its price with it. */
async function restateByVolume(
  table: Table,
  priced: PricedMetric,
  { volume, priceAt }: Extract<ReturnType<Reprice>, { volume: unknown }>,
  order: MetricRestatement,
): Promise<PriceChange | "moved" | undefined> {
  // What is ahead of it is known for sure only when it has its place: a dry run takes it to be the first.
  if (order.dryRun) return changeOf(priced, priced.pricing, priceAt(0));
  let change: PriceChange | undefined;
  const { metric, customScopes } = priced;
  const moved = await allotVolume(table, [{ metric, customScopes, volume, priceAt }], (placed) => {
    change = changeOf(priced, priced.pricing, placed.pricing);
    const params = restateParams(
      table.name,
      priced,
      { pricing: placed.pricing, volume: placed.volume },
      order,
    );
    return { Update: params };
  });
  return moved.length > 0 ? "moved" : change;
}

function restateParams(
  tableName: string,
  priced: PricedMetric,
  { pricing, volume }: { pricing: Pricing; volume?: VolumePosition },
  { restatementId, now }: MetricRestatement,
): UpdateCommandInput & { UpdateExpression: string } {
  const { metric, formerPricings = [] } = priced;
  const former: FormerPricing = {
    pricing: priced.pricing,
    restatementId,
    until: now,
    ...(volume && priced.volume && { volume: priced.volume }),
  };
  const sets: Item = defined({
    ...toPricingAttributes(pricing),
    ...(volume && toVolumeAttributes(volume)),
    ...(pricing.status === "unpriced" && unpricedListingOf(metric, laneOf(metric.requestId))),
    former_pricings: [...formerPricings, former].map((one) => defined(toFormerPricing(one))),
  });
  const kept = new Set(Object.keys(sets));
  const removed = [...pricingAttributes, "GSI2PK", "GSI2SK"].filter((name) => !kept.has(name));
  const read = defined(toPricingAttributes(priced.pricing));
  return {
    TableName: tableName,
    Key: metricKey(metric.requestId),
    UpdateExpression:
      `SET ${[...kept].map((name) => `#${name} = :${name}`).join(", ")}` +
      ` REMOVE ${removed.map((name) => `#${name}`).join(", ")}`,
    ConditionExpression: [
      formerPricings.length === 0 ? NEVER_RESTATED : AS_OFTEN_RESTATED,
      "#pricing_status = :read_status",
      read.cost_usd === undefined ? "attribute_not_exists(#cost_usd)" : "#cost_usd = :read_cost",
    ].join(" AND "),
    ExpressionAttributeNames: Object.fromEntries(
      [...kept, ...removed, "pricing_status", "cost_usd"].map((name) => [`#${name}`, name]),
    ),
    ExpressionAttributeValues: {
      ...Object.fromEntries([...kept].map((name) => [`:${name}`, sets[name]])),
      ":read_status": read.pricing_status,
      ...(read.cost_usd !== undefined && { ":read_cost": read.cost_usd }),
      ...(formerPricings.length > 0 && { ":times": formerPricings.length }),
    },
  };
}

const NEVER_RESTATED = "attribute_exists(PK) AND attribute_not_exists(#former_pricings)";
const AS_OFTEN_RESTATED = "size(#former_pricings) = :times";

function defined(item: Item): Item {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
}
