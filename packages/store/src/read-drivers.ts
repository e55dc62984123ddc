import {
  type Alert,
  type AlertDrivers,
  DAY_MS,
  driverDimensionsOf,
  HOUR_MS,
  type Instant,
  plusMs,
  type Scope,
  sampledDrivers,
  startOfUtcDate,
  startOfUtcHour,
  type TimeRange,
  type UnpricedModelAlert,
  utcDateOf,
} from "@ai-usage/core";
import { exactDrivers } from "./exact-drivers.ts";
import { newestMetrics, SAMPLE_MAX } from "./newest-metrics.ts";
import type { Table } from "./table.ts";
import { listUnpricedMetrics } from "./unpriced-metrics.ts";

/** Of a longer period, only so many days are looked at. */
const EXACT_DAYS = 31;

/**
 * Which models, users and jobs drove what an alert tells of: by stored totals where they tell it, otherwise by the newest
 * calls of its scope. What is not found is left out; there is nothing to say of what is over.
 */
export async function readDrivers(
  table: Table,
  alert: Alert,
  now: Instant,
): Promise<AlertDrivers | undefined> {
  switch (alert.kind) {
    case "budget_threshold":
    case "budget_forecast": {
      const { scope, unit, period } = alert;
      return drivers(table, { scope, unit, range: clipped(period, now), now });
    }
    case "cost_spike": {
      const start = startOfUtcHour(alert.hour);
      const range = { start, end: plusMs(start, HOUR_MS) };
      return drivers(table, { scope: alert.scope, unit: alert.unit, range, now });
    }
    case "unpriced_model":
      return unpricedDrivers(table, alert);
    case "budget_recovered":
      return undefined;
    default:
      return alert satisfies never;
  }
}

interface Question {
  readonly scope: Scope;
  readonly unit: AlertDrivers["unit"];
  readonly range: TimeRange;
  readonly now: Instant;
}

async function drivers(table: Table, question: Question): Promise<AlertDrivers> {
  const { scope, unit, range, now } = question;
  const dimensions = driverDimensionsOf(scope);
  const exact = await exactDrivers(table, { ...question, dimensions });
  const open = dimensions.filter((dimension) => !exact.some((group) => group.dimension === dimension));
  const sampled =
    open.length === 0
      ? []
      : sampledDrivers({
          metrics: await newestMetrics(table, scope, range, now),
          scope,
          unit,
          dimensions: open,
        });
  const groups = dimensions.flatMap((dimension) =>
    [...exact, ...sampled].filter((group) => group.dimension === dimension && group.drivers.length > 0),
  );
  return { unit, range, groups };
}

/** Who makes calls that have no price, by how many. */
async function unpricedDrivers(table: Table, alert: UnpricedModelAlert): Promise<AlertDrivers> {
  const { service, model, operation, callDate, scope } = alert;
  const days = { first: callDate, last: callDate };
  const subject = { service, operation, ...(model !== undefined && { model }) };
  const metrics = await listUnpricedMetrics(
    table,
    { ...subject, month: callDate.slice(0, 7), days },
    SAMPLE_MAX,
  );
  const dimensions = ["user", "job", "feature"] as const;
  const start = startOfUtcDate(callDate);
  return {
    unit: "requests",
    range: { start, end: plusMs(start, DAY_MS) },
    groups: sampledDrivers({ metrics, scope, unit: "requests", dimensions }).filter(
      (group) => group.drivers.length > 0,
    ),
  };
}

/** The last {@link EXACT_DAYS} days of a longer period, from the beginning of a UTC day on. */
function clipped({ start, end }: TimeRange, now: Instant): TimeRange {
  const last = now < end ? now : end;
  const earliest = startOfUtcDate(utcDateOf(plusMs(last, -(EXACT_DAYS - 1) * DAY_MS)));
  return { start: start < earliest ? earliest : start, end };
}
