import type { ImportedWindow } from "./imported-file.ts";
import type { SourceConditionalPrices, SourceModel, SourcePrices } from "./source-format.ts";

/** What a model costs from a day on, and what it costs instead at some times of the day. */
export interface PricePeriod {
  /** Absent: from the model's beginning. */
  readonly from?: string;
  readonly prices: SourcePrices;
  readonly windows: readonly { readonly time: readonly ImportedWindow[]; readonly prices: SourcePrices }[];
}

/**
 * The package lists a model's prices in order of their days, and the prices of a time of day after those of the day from
 * which that time of day counts.
 *
 * @returns oldest first, or why the list cannot be told as periods
 */
export function periodsOf({ prices }: SourceModel): PricePeriod[] | string {
  if (!isList(prices)) return [{ prices, windows: [] }];
  const periods: PricePeriod[] = [];
  for (const { constraint, prices: of } of prices) {
    const current = periods.at(-1);
    if (constraint?.type === "time_of_date") {
      if (current === undefined) return "a time of day without a price for the rest of it";
      const window = windowOf(constraint.start_time, constraint.end_time);
      if (window === undefined)
        return `a time of day that is no whole minute of UTC: ${constraint.start_time}`;
      periods[periods.length - 1] = withWindow(current, window, of);
    } else {
      const from = constraint?.start_date;
      if (current !== undefined && (from === undefined || from <= (current.from ?? ""))) {
        return "prices that are not in order of their days";
      }
      periods.push({ ...(from !== undefined && { from }), prices: of, windows: [] });
    }
  }
  return periods;
}

function isList(
  prices: SourcePrices | readonly SourceConditionalPrices[],
): prices is readonly SourceConditionalPrices[] {
  return Array.isArray(prices);
}

/** Windows of the same price are one, as they are in the provider's own table. */
function withWindow(period: PricePeriod, window: ImportedWindow, prices: SourcePrices): PricePeriod {
  const last = period.windows.at(-1);
  const isSame = last !== undefined && JSON.stringify(last.prices) === JSON.stringify(prices);
  const windows = isSame
    ? [...period.windows.slice(0, -1), { time: [...last.time, window], prices }]
    : [...period.windows, { time: [window], prices }];
  return { ...period, windows };
}

function windowOf(start: string, end: string): ImportedWindow | undefined {
  const from = minuteOf(start);
  const to = minuteOf(end);
  return from === undefined || to === undefined ? undefined : { from, to, time_zone: "UTC" };
}

function minuteOf(time: string): string | undefined {
  return /^([01]\d|2[0-3]):([0-5]\d):00(?:\.0+)?(?:Z|[+-]00:00)$/.test(time) ? time.slice(0, 5) : undefined;
}
