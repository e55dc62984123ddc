import { Temporal } from "temporal-polyfill";
import {
  DAY_MS,
  epochMsOf,
  HOUR_MS,
  type Instant,
  instantFromEpochMs,
  QUARTER_MS,
  type Quarter,
  startOfUtcDate,
  type UtcDate,
  type UtcHour,
  utcDateOf,
  utcHourOf,
} from "./time.ts";

export const periodKinds = ["hourly", "daily", "weekly", "monthly", "quarterly", "yearly"] as const;
export type PeriodKind = (typeof periodKinds)[number];

/** A half-open stretch of time `[start, end)`. */
export interface TimeRange {
  readonly start: Instant;
  readonly end: Instant;
}

/** One period of a budget. The id is part of keys, so nothing ever resets: a new period has new keys. */
export interface Period extends TimeRange {
  /** `2026-11-21` (daily), `2026-W47`, `2026-11`, `2026-Q4`, `2026`; an hour is named by its start in UTC, `20261121T1015Z`. */
  readonly id: string;
  readonly kind: PeriodKind;
}

/**
 * The period of `kind` that holds `at`, with boundaries by the calendar of `timeZone` (IANA): a day is 23, 24 or 25
 * hours long as the zone's clocks say. Weeks begin on Monday and are named as in ISO 8601.
 */
export function periodAt(kind: PeriodKind, at: Instant, timeZone: string): Period {
  const local = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone);
  const day = local.startOfDay();
  switch (kind) {
    case "hourly": {
      const { start, end } = clockHour(local);
      const utc = instantFromEpochMs(start.epochMilliseconds);
      return period(kind, `${utc.slice(0, 16).replace(/[-:]/g, "")}Z`, start, end);
    }
    case "daily":
      return period(kind, day.toPlainDate().toString(), day, day.add({ days: 1 }).startOfDay());
    case "weekly": {
      const start = day.subtract({ days: day.dayOfWeek - 1 }).startOfDay();
      const id = `${start.yearOfWeek}-W${String(start.weekOfYear).padStart(2, "0")}`;
      return period(kind, id, start, start.add({ weeks: 1 }).startOfDay());
    }
    case "monthly": {
      const start = day.with({ day: 1 }).startOfDay();
      return period(
        kind,
        start.toPlainDate().toPlainYearMonth().toString(),
        start,
        start.add({ months: 1 }).startOfDay(),
      );
    }
    case "quarterly": {
      const quarter = Math.floor((day.month - 1) / 3);
      const start = day.with({ month: quarter * 3 + 1, day: 1 }).startOfDay();
      return period(kind, `${start.year}-Q${quarter + 1}`, start, start.add({ months: 3 }).startOfDay());
    }
    case "yearly": {
      const start = day.with({ month: 1, day: 1 }).startOfDay();
      return period(kind, String(start.year), start, start.add({ years: 1 }).startOfDay());
    }
    default:
      return kind satisfies never;
  }
}

/**
 * The period that `id` names.
 * @throws RangeError when it is no id that {@link periodAt} makes for a period of this kind and zone
 */
export function periodOfId(kind: PeriodKind, id: string, timeZone: string): Period {
  const period = periodAt(kind, instantFromEpochMs(momentWithin(kind, id, timeZone)), timeZone);
  if (period.id !== id) throw new RangeError(`"${id}" names no ${kind} period in ${timeZone}`);
  return period;
}

function momentWithin(kind: PeriodKind, id: string, timeZone: string): number {
  const noonOf = (date: Temporal.PlainDate) =>
    date.toZonedDateTime({ timeZone, plainTime: "12:00" }).epochMilliseconds;
  const [year = 0, part = ""] = [Number(id.slice(0, 4)), id.slice(6)];
  switch (kind) {
    case "hourly":
      return Temporal.Instant.from(id).epochMilliseconds;
    case "daily":
      return noonOf(Temporal.PlainDate.from(id));
    case "weekly": {
      // The week of 4 January is the first of its year.
      const first = Temporal.PlainDate.from({ year, month: 1, day: 4 });
      return noonOf(first.add({ weeks: Number(part) - 1 }));
    }
    case "monthly":
      return noonOf(Temporal.PlainYearMonth.from(id).toPlainDate({ day: 1 }));
    case "quarterly":
      return noonOf(Temporal.PlainDate.from({ year, month: Number(part) * 3 - 2, day: 1 }));
    case "yearly":
      return noonOf(Temporal.PlainDate.from({ year, month: 1, day: 1 }));
    default:
      return kind satisfies never;
  }
}

/** The hour that the zone's clocks show at `local`. Where they move by half an hour (Lord Howe), it is cut there. */
function clockHour(local: Temporal.ZonedDateTime): Record<"start" | "end", Temporal.ZonedDateTime> {
  const { minute: minutes, second: seconds, millisecond: milliseconds, offset } = local;
  const floor = local.subtract({ minutes, seconds, milliseconds });
  const ceiling = floor.add({ hours: 1 });
  const moved = (from: Temporal.ZonedDateTime) => from.getTimeZoneTransition("next") ?? from;
  return {
    start: floor.offset === offset ? floor : moved(floor),
    end: ceiling.subtract({ milliseconds: 1 }).offset === offset ? ceiling : moved(local),
  };
}

function period(
  kind: PeriodKind,
  id: string,
  start: Temporal.ZonedDateTime,
  end: Temporal.ZonedDateTime,
): Period {
  return {
    kind,
    id,
    start: instantFromEpochMs(start.epochMilliseconds),
    end: instantFromEpochMs(end.epochMilliseconds),
  };
}

/** Periods of `kind` that overlap `range`, in order. */
export function periodsOverlapping(kind: PeriodKind, range: TimeRange, timeZone: string): Period[] {
  const periods: Period[] = [];
  for (let at = range.start; at < range.end; ) {
    const next = periodAt(kind, at, timeZone);
    periods.push(next);
    at = next.end;
  }
  return periods;
}

/** A stretch of time as stored totals make it up: whole UTC days, and whole or part hours at its ends. */
export interface Cover {
  readonly days: readonly UtcDate[];
  readonly hours: readonly { readonly hour: UtcHour; readonly quarters: readonly Quarter[] }[];
}

/**
 * Which stored totals add up to exactly `range`. Both ends must lie on a quarter of an hour, as every zone's days do.
 * @throws RangeError when they do not
 */
export function coverOf(range: TimeRange): Cover {
  return cover(range, DAY_MS);
}

/** The same in hours alone, for questions that cut the range finer than UTC days. */
export function hourCoverOf(range: TimeRange): Cover {
  return cover(range, Number.POSITIVE_INFINITY);
}

function cover(range: TimeRange, dayMs: number): Cover {
  const days: UtcDate[] = [];
  const hours = new Map<UtcHour, Quarter[]>();
  const end = epochMsOf(range.end);
  let at = epochMsOf(range.start);
  if (at % QUARTER_MS !== 0 || end % QUARTER_MS !== 0) throw new RangeError("not on a quarter of an hour");
  while (at < end) {
    const instant = instantFromEpochMs(at);
    if (at % DAY_MS === 0 && at + dayMs <= end) {
      days.push(utcDateOf(instant));
      at += dayMs;
    } else {
      const hour = utcHourOf(instant);
      const quarter = ((at % HOUR_MS) / QUARTER_MS) as Quarter;
      const seen = hours.get(hour);
      if (seen) seen.push(quarter);
      else hours.set(hour, [quarter]);
      at += QUARTER_MS;
    }
  }
  return { days, hours: [...hours].map(([hour, quarters]) => ({ hour, quarters })) };
}

/** Whether the total of `range` is taken from the day item of `date`, and not from that day's hours. */
export function coversDay(range: TimeRange, date: UtcDate): boolean {
  const start = epochMsOf(startOfUtcDate(date));
  return epochMsOf(range.start) <= start && start + DAY_MS <= epochMsOf(range.end);
}
