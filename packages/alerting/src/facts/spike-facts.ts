import { HOUR_MS, type Instant, plusMs, type SpikeAlert, startOfUtcHour } from "@ai-usage/core";
import type { AlertFacts } from "./alert-facts.ts";
import {
  budgetAdvice,
  budgetFacts,
  closingFacts,
  meterOf,
  periodFacts,
  projectionFacts,
  resetOf,
  standing,
} from "./budget-facts.ts";
import { amountText, clock, countText, time, timesText, whoseOf } from "./words.ts";

export function spikeFacts(alert: SpikeAlert, now: Instant): AlertFacts {
  const { level: tone, scope, unit, actual, usual, comparedHours, hour, timeZone } = alert;
  const start = startOfUtcHour(hour);
  const compared = usual.isZero()
    ? "where an hour usually costs next to nothing"
    : `${timesText(actual, usual)} what an hour usually costs`;
  return {
    tone,
    headline: `${whoseOf(scope)} spent ${amountText(unit, actual)} in one hour, ${compared}`,
    summary: `An hour like this usually comes to ${amountText(unit, usual)}. The budget: ${standing(alert)}; ${resetOf(alert, now)}.`,
    meter: meterOf(alert),
    facts: [
      ["Hour", `${time(start, timeZone)} to ${clock(plusMs(start, HOUR_MS), timeZone)}`],
      ["In that hour", amountText(unit, actual)],
      ["Usual", `${amountText(unit, usual)}, by ${countText(comparedHours, "hour")} of the week before`],
      ...budgetFacts(alert),
      ...periodFacts(alert, now),
      ...projectionFacts(alert),
      ...closingFacts(alert),
    ],
    advice: budgetAdvice(alert),
  };
}
