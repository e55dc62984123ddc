import { Temporal } from "temporal-polyfill";
import {
  DAY_MS,
  epochMsOf,
  HOUR_MS,
  type Instant,
  instantFromEpochMs,
  plusMs,
  QUARTER_MS,
  type Quarter,
  startOfUtcDate,
  type UtcDate,
  type UtcHour,
  utcDateOf,
  utcHourOf,
} from "./time.ts";

export const periodKinds = [
  "minutely",
  "hourly",
  "daily",
  "weekly",
  "monthly",
  "quarterly",
  "yearly",
] as const;
export type PeriodKind = (typeof periodKinds)[number];

/** Days of the week as ISO 8601 numbers them: the index plus one. */
export const weekdays = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;
export type Weekday = (typeof weekdays)[number];

/** By what clocks and conventions periods begin. */
export interface Calendar {
  /** IANA name. */
  readonly timeZone: string;
  /** @default "monday" */
  readonly weekStartsOn?: Weekday;
  /** Month, 1 to 12, in which the fiscal year begins, and its quarters with it. @default 1 */
  readonly yearStartsIn?: number;
}

export const UTC_CALENDAR: Calendar = { timeZone: "UTC" };

/** A half-open stretch of time `[start, end)`. */
export interface TimeRange {
  readonly start: Instant;
  readonly end: Instant;
}

/** One period of a budget. The id is part of keys, so nothing ever resets: a new period has new keys. */
export interface Period extends TimeRange {
  /**
   * `2026-11-21` (daily), `2026-W47`, `2026-11`, `2026-Q4`, `2026`; an hour or a minute is named by its start in UTC,
   * `20261121T1015Z`. A week that does not begin on Monday is named by its first day, `W2026-11-22`; a fiscal year that
   * does not begin in January by the month it begins in, `FY2026-04`, and its quarters after it, `FY2026-04-Q1`.
   */
  readonly id: string;
  readonly kind: PeriodKind;
}

/**
 * The period of `kind` that holds `at`, with boundaries by `calendar`: a day is 23, 24 or 25 hours long as the zone's
 * clocks say. Weeks that begin on Monday are named as in ISO 8601.
 */
export function periodAt(kind: PeriodKind, at: Instant, calendar: Calendar): Period {
  const local = Temporal.Instant.from(at).toZonedDateTimeISO(calendar.timeZone);
  const day = local.startOfDay();
  switch (kind) {
    case "minutely": {
      const { second: seconds, millisecond: milliseconds } = local;
      const start = local.subtract({ seconds, milliseconds });
      return period(kind, utcNameOf(start), start, start.add({ minutes: 1 }));
    }
    case "hourly": {
      const { start, end } = clockHour(local);
      return period(kind, utcNameOf(start), start, end);
    }
    case "daily":
      return period(kind, day.toPlainDate().toString(), day, day.add({ days: 1 }).startOfDay());
    case "weekly": {
      const days = (day.dayOfWeek - firstWeekday(calendar) + 7) % 7;
      const start = day.subtract({ days }).startOfDay();
      return period(kind, weekName(start, calendar), start, start.add({ weeks: 1 }).startOfDay());
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
      const year = yearStart(day, calendar);
      const quarter = Math.floor(monthsBetween(year, day) / 3);
      const start = year.add({ months: quarter * 3 }).startOfDay();
      const id = `${yearName(year, calendar)}-Q${quarter + 1}`;
      return period(kind, id, start, start.add({ months: 3 }).startOfDay());
    }
    case "yearly": {
      const start = yearStart(day, calendar);
      return period(kind, yearName(start, calendar), start, start.add({ years: 1 }).startOfDay());
    }
    default:
      return kind satisfies never;
  }
}

const firstWeekday = ({ weekStartsOn = "monday" }: Calendar): number => weekdays.indexOf(weekStartsOn) + 1;

function weekName(start: Temporal.ZonedDateTime, calendar: Calendar): string {
  if (firstWeekday(calendar) !== 1) return `W${start.toPlainDate().toString()}`;
  return `${start.yearOfWeek}-W${String(start.weekOfYear).padStart(2, "0")}`;
}

/** Midnight of the first day of the fiscal year that holds `day`. */
function yearStart(
  day: Temporal.ZonedDateTime,
  { yearStartsIn: month = 1 }: Calendar,
): Temporal.ZonedDateTime {
  const sameYear = day.with({ month, day: 1 }).startOfDay();
  return day.month >= month ? sameYear : sameYear.subtract({ years: 1 }).startOfDay();
}

function yearName(start: Temporal.ZonedDateTime, { yearStartsIn = 1 }: Calendar): string {
  return yearStartsIn === 1 ? String(start.year) : `FY${start.toPlainDate().toPlainYearMonth()}`;
}

const monthsBetween = (from: Temporal.ZonedDateTime, to: Temporal.ZonedDateTime): number =>
  (to.year - from.year) * 12 + to.month - from.month;

const utcNameOf = (start: Temporal.ZonedDateTime): string =>
  `${instantFromEpochMs(start.epochMilliseconds).slice(0, 16).replace(/[-:]/g, "")}Z`;

/**
 * The period that `id` names.
 * @throws RangeError when it is no id that {@link periodAt} makes for a period of this kind and calendar
 */
export function periodOfId(kind: PeriodKind, id: string, calendar: Calendar): Period {
  const found = periodAt(kind, instantFromEpochMs(momentWithin(kind, id, calendar)), calendar);
  if (found.id !== id) throw new RangeError(`"${id}" names no ${kind} period in ${calendar.timeZone}`);
  return found;
}

/** The period before `of`, which ends where it begins. */
export function periodBefore(of: Period, calendar: Calendar): Period {
  return periodAt(of.kind, plusMs(of.start, -1), calendar);
}

function momentWithin(kind: PeriodKind, id: string, { timeZone, yearStartsIn = 1 }: Calendar): number {
  const noonOf = (date: Temporal.PlainDate) =>
    date.toZonedDateTime({ timeZone, plainTime: "12:00" }).epochMilliseconds;
  const name = /^(?:FY)?(\d{4})(?:-\d\d)?(?:-[QW](\d+))?$/.exec(id);
  const [, year = "0", part = "1"] = name ?? [];
  const yearOf = (months: number) =>
    Temporal.PlainDate.from({ year: Number(year), month: yearStartsIn, day: 1 }).add({ months });
  switch (kind) {
    case "minutely":
    case "hourly":
      return Temporal.Instant.from(id).epochMilliseconds;
    case "daily":
      return noonOf(Temporal.PlainDate.from(id));
    case "weekly": {
      if (id.startsWith("W")) return noonOf(Temporal.PlainDate.from(id.slice(1)));
      // The week of 4 January is the first of its year.
      const first = Temporal.PlainDate.from({ year: Number(year), month: 1, day: 4 });
      return noonOf(first.add({ weeks: Number(part) - 1 }));
    }
    case "monthly":
      return noonOf(Temporal.PlainYearMonth.from(id).toPlainDate({ day: 1 }));
    case "quarterly":
      return noonOf(yearOf(Number(part) * 3 - 3));
    case "yearly":
      return noonOf(yearOf(0));
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
export function periodsOverlapping(kind: PeriodKind, range: TimeRange, calendar: Calendar): Period[] {
  const periods: Period[] = [];
  for (let at = range.start; at < range.end; ) {
    const next = periodAt(kind, at, calendar);
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
