import { Temporal } from "temporal-polyfill";
import type { Digest, QuietHours } from "./channel.ts";
import { periodAt, type Weekday, weekdays } from "./period.ts";
import { type Instant, instantFromEpochMs } from "./time.ts";

/** Quiet hours that follow each other without a gap are one quiet time, of a week at most. */
const FOLLOWING_MAX = 8;

/** When the quiet hours that hold `at` end; nothing where it is not quiet. They hold their beginning and not their end. */
export function quietUntil(quiet: QuietHours, at: Instant): Instant | undefined {
  let end: Instant | undefined;
  for (let count = 0; count < FOLLOWING_MAX; count++) {
    const next = endOfQuietHours(quiet, end ?? at);
    if (next === undefined) return end;
    end = next;
  }
  return end;
}

function endOfQuietHours(quiet: QuietHours, at: Instant): Instant | undefined {
  const today = Temporal.Instant.from(at).toZonedDateTimeISO(quiet.timeZone).toPlainDate();
  // Those that began yesterday may go on past midnight.
  for (const day of [today.subtract({ days: 1 }), today]) {
    if (quiet.days !== undefined && !quiet.days.includes(weekdayOf(day))) continue;
    const lastDay = quiet.to > quiet.from ? day : day.add({ days: 1 });
    const end = clockTime(lastDay, quiet.to, quiet.timeZone);
    if (clockTime(day, quiet.from, quiet.timeZone) <= at && at < end) return end;
  }
  return undefined;
}

function weekdayOf({ dayOfWeek }: Temporal.PlainDate): Weekday {
  const weekday = weekdays[dayOfWeek - 1];
  if (weekday === undefined) throw new RangeError(`a week has no day ${dayOfWeek}`);
  return weekday;
}

/** A time that the clocks leave out is as much later, one that they show twice is the first of the two. */
function clockTime(day: Temporal.PlainDate, plainTime: string, timeZone: string): Instant {
  return instantFromEpochMs(day.toZonedDateTime({ timeZone, plainTime }).epochMilliseconds);
}

/** When the next message of a digest goes out, later than `at`. */
export function nextDigestAt({ every, at: time, timeZone }: Digest, at: Instant): Instant {
  if (every === "hourly") return periodAt("hourly", at, { timeZone }).end;
  const today = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).toPlainDate();
  const next = clockTime(today, time, timeZone);
  return next > at ? next : clockTime(today.add({ days: 1 }), time, timeZone);
}
