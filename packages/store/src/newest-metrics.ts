import {
  DAY_MS,
  dimensionOf,
  type Instant,
  type PricedMetric,
  plusMs,
  type Scope,
  scopesOf,
  scopeValueOf,
  type TimeRange,
  type UtcDate,
  utcDateOf,
} from "@ai-usage/core";
import { getItems } from "./batches.ts";
import { readableOf } from "./item.ts";
import { jobPartition, type Key, SERVICE_LANES, serviceLanePartition } from "./keys.ts";
import { fromMetricItem } from "./metric-item.ts";
import { type Lane, newestPositions, taken } from "./newest-positions.ts";
import { listActiveScopes } from "./read-totals.ts";
import type { Table } from "./table.ts";

/** So many of a scope are a sample. */
export const SAMPLE_MAX = 500;
/** So many are looked at to find them: of a scope that has few of the calls, the sample is smaller. */
const EXAMINED_MAX = 2_000;
const READ_TOGETHER = 500;
/** Days that the search goes back. */
const DAYS_MAX = 2;

/**
 * The newest raw metrics of a scope within `range` and before `now`, {@link SAMPLE_MAX} at most, from its last two days.
 * None where metrics are not listed by service, as a setting may have it.
 */
export async function newestMetrics(
  table: Table,
  scope: Scope,
  range: TimeRange,
  now: Instant,
): Promise<PricedMetric[]> {
  const found: PricedMetric[] = [];
  let examined = 0;
  for (const lanes of lanesOf(scope, range, now)) {
    const positions = newestPositions(table, await lanes(table), { from: range.start, before: range.end });
    for (;;) {
      const page = await taken(positions, Math.min(READ_TOGETHER, EXAMINED_MAX - examined));
      examined += page.length;
      const keys = page.map(({ key }) => key);
      for (const priced of await metricsAt(table, keys)) {
        if (scopesOf(priced.metric, priced.customScopes).includes(scope)) found.push(priced);
      }
      if (found.length >= SAMPLE_MAX) return found.slice(0, SAMPLE_MAX);
      if (examined >= EXAMINED_MAX) return found;
      if (page.length < READ_TOGETHER) break;
    }
  }
  return found;
}

/** Index partitions that hold the scope's metrics: a job has its own, others those of each service, day by day. */
function lanesOf(scope: Scope, range: TimeRange, now: Instant): ((table: Table) => Promise<Lane[]>)[] {
  if (dimensionOf(scope) === "job") {
    return [async () => [{ index: "GSI3", partition: jobPartition(scopeValueOf(scope)) }]];
  }
  const last = now < range.end ? now : plusMs(range.end, -1);
  const dates = Array.from({ length: DAYS_MAX }, (_, back) => utcDateOf(plusMs(last, -back * DAY_MS)));
  return dates
    .filter((date) => date >= utcDateOf(range.start))
    .map((date) => async (table) => {
      const services = await servicesOn(table, scope, date);
      return services.flatMap((service) =>
        Array.from(
          { length: SERVICE_LANES },
          (_, lane): Lane => ({
            index: "GSI1",
            partition: serviceLanePartition(service, date, lane),
          }),
        ),
      );
    });
}

async function servicesOn(table: Table, scope: Scope, date: UtcDate): Promise<string[]> {
  if (dimensionOf(scope) === "service") return [scopeValueOf(scope)];
  const active = await listActiveScopes(table, "service", { first: date, last: date });
  return active.map(scopeValueOf);
}

/** In the order of `keys`, without those that have expired or cannot be read. */
async function metricsAt(table: Table, keys: readonly Key[]): Promise<PricedMetric[]> {
  const metrics = readableOf(await getItems(table, [...keys]), fromMetricItem);
  const order = new Map(keys.map(({ PK }, index) => [PK, index]));
  const place = ({ metric }: PricedMetric) => order.get(`USAGE#${metric.requestId}`) ?? 0;
  return metrics.sort((a, b) => place(a) - place(b));
}
