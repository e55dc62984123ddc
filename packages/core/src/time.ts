import { Temporal } from "temporal-polyfill";

declare const instant: unique symbol;
/** A moment in UTC to the millisecond, always written `2026-11-21T10:15:00.123Z`: it sorts as text. */
export type Instant = string & { readonly [instant]: true };

declare const utcDate: unique symbol;
/** A UTC calendar day, `2026-11-21`. */
export type UtcDate = string & { readonly [utcDate]: true };

declare const utcHour: unique symbol;
/** A UTC hour, `2026-11-21T10`. */
export type UtcHour = string & { readonly [utcHour]: true };

export function instantFromEpochMs(epochMs: number): Instant {
  return new Date(epochMs).toISOString() as Instant;
}

/**
 * @param text ISO 8601 with an offset (`Z`, `+05:45`); finer than milliseconds is cut off
 * @throws RangeError when the text is no such instant, or outside the years 1970 to 9999
 */
export function parseInstant(text: string): Instant {
  const at = Temporal.Instant.from(text).epochMilliseconds;
  if (at < 0 || at > MAX_EPOCH_MS) throw new RangeError("outside the years 1970 to 9999");
  return instantFromEpochMs(at);
}

const MAX_EPOCH_MS = Date.UTC(10_000, 0, 1) - 1;

/** @throws RangeError when the text is no calendar day */
export function parseUtcDate(text: string): UtcDate {
  const date = Temporal.PlainDate.from(text).toString();
  if (date !== text) throw new RangeError("must be written yyyy-mm-dd");
  return date as UtcDate;
}

export function epochMsOf(at: Instant): number {
  return Date.parse(at);
}

export function utcDateOf(at: Instant | UtcHour): UtcDate {
  return at.slice(0, 10) as UtcDate;
}

export function utcHourOf(at: Instant): UtcHour {
  return at.slice(0, 13) as UtcHour;
}

/** 0 to 3: which quarter of its hour. Zones are off UTC by multiples of a quarter, so quarters make any zone's day. */
export function quarterOf(at: Instant): Quarter {
  return Math.floor(Number(at.slice(14, 16)) / 15) as Quarter;
}

export type Quarter = 0 | 1 | 2 | 3;
export const quarters: readonly Quarter[] = [0, 1, 2, 3];

export function startOfUtcDate(date: UtcDate): Instant {
  return `${date}T00:00:00.000Z` as Instant;
}

export function startOfUtcHour(hour: UtcHour): Instant {
  return `${hour}:00:00.000Z` as Instant;
}

export function plusMs(at: Instant, ms: number): Instant {
  return instantFromEpochMs(epochMsOf(at) + ms);
}

export const QUARTER_MS = 15 * 60_000;
export const HOUR_MS = 4 * QUARTER_MS;
export const DAY_MS = 24 * HOUR_MS;

/**
 * @param name an IANA time zone in any case, `europe/berlin`
 * @returns the name as it is written, `Europe/Berlin`
 * @throws RangeError when there is no such zone
 */
export function parseTimeZone(name: string): string {
  if (!/^[A-Za-z]/.test(name)) throw new RangeError("must be an IANA time zone");
  return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
}

export function isTimeZone(name: string): boolean {
  try {
    return parseTimeZone(name) !== "";
  } catch {
    return false;
  }
}

/** The calendar day that `at` falls on in `timeZone`, `2026-11-21`. */
export function localDateOf(at: Instant, timeZone: string): string {
  if (timeZone === "UTC") return at.slice(0, 10);
  return Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/** The hour of the day, 0 to 23, that `at` falls on in `timeZone`. */
export function localHourOf(at: Instant, timeZone: string): number {
  if (timeZone === "UTC") return Number(at.slice(11, 13));
  return Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).hour;
}

/** What the clocks of `timeZone` show: the day of the week (1 is Monday) and the time, `16:30`. */
export function localClockOf(at: Instant, timeZone: string): { weekday: number; time: string } {
  const minutes = Math.floor((epochMsOf(at) + offsetMsOf(at, timeZone)) / MINUTE_MS) + MONDAY_TO_1970;
  const ofDay = minutes % DAY_MINUTES;
  return {
    weekday: (Math.floor(minutes / DAY_MINUTES) % 7) + 1,
    time: `${twoDigits(Math.floor(ofDay / 60))}:${twoDigits(ofDay % 60)}`,
  };
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** 1970 began on a Thursday. */
const MONDAY_TO_1970 = 3 * DAY_MINUTES;

const twoDigits = (count: number): string => (count < 10 ? `0${count}` : `${count}`);

/** How far a zone's clocks are ahead of UTC between two changes of them: to find out takes 50 times as long as a quote. */
const offsets = new Map<string, { readonly from: string; readonly to: string; readonly offsetMs: number }>();

function offsetMsOf(at: Instant, timeZone: string): number {
  if (timeZone === "UTC") return 0;
  const known = offsets.get(timeZone);
  if (known !== undefined && known.from <= at && at < known.to) return known.offsetMs;
  const local = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone);
  // One that is at this very moment has been made.
  const last = local.add({ milliseconds: 1 }).getTimeZoneTransition("previous");
  const next = local.getTimeZoneTransition("next");
  const offsetMs = local.offsetNanoseconds / 1_000_000;
  offsets.set(timeZone, {
    from: last ? instantFromEpochMs(last.epochMilliseconds) : "",
    to: next ? instantFromEpochMs(next.epochMilliseconds) : "~",
    offsetMs,
  });
  return offsetMs;
}

/** When the calendar day `date` begins in `timeZone`; a day may have 23, 24 or 25 hours, or begin at 01:00. */
export function startOfLocalDate(date: string, timeZone: string): Instant {
  const start = Temporal.PlainDate.from(date).toZonedDateTime(timeZone);
  return instantFromEpochMs(start.epochMilliseconds);
}

export function plusDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** Calendar days from `first` to `last`, both included. */
export function datesBetween(first: string, last: string): string[] {
  const dates: string[] = [];
  for (let date = first; date <= last; date = plusDays(date, 1)) dates.push(date);
  return dates;
}
