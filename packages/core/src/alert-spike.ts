import type { SpikeAlert } from "./alert.ts";
import { type BudgetReading, budgetAlertBase } from "./alert-due.ts";
import { Amount, type SpikeWatch } from "./budget.ts";
import { HOUR_MS, plusMs, startOfUtcHour, type UtcHour, utcHourOf } from "./time.ts";

const DAY_HOURS = 24;
const WEEK_DAYS = 7;
const WEEK_HOURS = WEEK_DAYS * DAY_HOURS;

/** With less to go by, nothing is out of the ordinary. */
const COUNTED_HOURS_MIN = 24;

/** What an hour of a scope comes to, and what such an hour comes to as a rule. */
export interface HourComparison {
  readonly hour: UtcHour;
  readonly actual: Amount;
  readonly usual: Amount;
  readonly comparedHours: number;
}

/** The first and the last hour that `hour` is compared with: a week, and the hour before it that is its neighbour then. */
export function comparedHours(hour: UtcHour): [first: UtcHour, last: UtcHour] {
  return [hoursBefore(hour, WEEK_HOURS + 1), hoursBefore(hour, 1)];
}

/**
 * What an hour costs as a rule: the median of the seven days' hours before it, where those that nothing was counted in
 * count as zero. What comes every day or every week at this time is usual too, so it is no less than the median of the
 * same hour of those days, and than the hours around the same one a week before, of which the highest counts.
 *
 * @param costs of the hours that anything was counted in
 * @param since the scope's first hour: what was before it is no zero
 * @returns nothing while less than 24 hours of the seven days have a total
 */
export function usualHour(
  costs: ReadonlyMap<UtcHour, Amount>,
  hour: UtcHour,
  since: UtcHour,
): Pick<HourComparison, "usual" | "comparedHours"> | undefined {
  const before = (hours: number) => hoursBefore(hour, hours);
  const costOf = (one: UtcHour) => costs.get(one) ?? Amount.zero;
  const week = counted(WEEK_HOURS, (index) => before(index + 1)).filter((one) => one >= since);
  if (week.filter((one) => costs.has(one)).length < COUNTED_HOURS_MIN) return undefined;
  const sameTime = counted(WEEK_DAYS, (index) => before((index + 1) * DAY_HOURS)).filter(
    (one) => one >= since,
  );
  const weekAgo = [WEEK_HOURS + 1, WEEK_HOURS, WEEK_HOURS - 1].map(before);
  const usual = highest([median(week.map(costOf)), median(sameTime.map(costOf)), ...weekAgo.map(costOf)]);
  return { usual, comparedHours: week.length };
}

export function isSpike({ times, atLeast }: SpikeWatch, { actual, usual }: HourComparison): boolean {
  return actual.atLeast(atLeast) && actual.atLeast(usual.times(times));
}

/** The alert that is due when an hour's spending is out of the ordinary; nothing when it is not. */
export function spikeAlert(reading: BudgetReading, hour: HourComparison): SpikeAlert | undefined {
  const { budgetId, spike } = reading.budget;
  if (spike === undefined || !isSpike(spike, hour)) return undefined;
  return {
    alertId: `${budgetId}.spike.${hour.hour}`,
    ...budgetAlertBase(reading),
    kind: "cost_spike",
    level: "WARNING",
    ...hour,
    notify: true,
  };
}

function hoursBefore(hour: UtcHour, hours: number): UtcHour {
  return utcHourOf(plusMs(startOfUtcHour(hour), -hours * HOUR_MS));
}

const counted = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

function median(amounts: readonly Amount[]): Amount {
  const sorted = [...amounts].sort((a, b) => a.compare(b));
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Amount.zero;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Amount.zero;
  return upper.plus(lower).dividedBy("2");
}

const highest = (amounts: readonly Amount[]): Amount =>
  amounts.reduce((a, b) => (a.atLeast(b) ? a : b), Amount.zero);
