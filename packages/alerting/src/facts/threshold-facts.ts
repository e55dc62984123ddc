import type { ForecastAlert, Instant, RecoveredAlert, ThresholdAlert } from "@ai-usage/core";
import type { AlertFacts, Fact } from "./alert-facts.ts";
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
import { commands } from "./commands.ts";
import { amountText, budgetWord, possessiveOf, spentWord, time, whoseOf } from "./words.ts";

export function thresholdFacts(alert: ThresholdAlert, now: Instant): AlertFacts {
  const { level: tone, spent, amount, unit, scope, period } = alert;
  const whose = `${possessiveOf(scope)} ${period.kind} ${budgetWord(unit)}`;
  return {
    tone,
    headline: spent.atLeast(amount)
      ? `${whoseOf(scope)} has used up ${whose}`
      : `${whoseOf(scope)} has used ${spent.percentOf(amount)} % of ${whose}`,
    summary: `${capitalised(standing(alert))}; ${resetOf(alert, now)}.`,
    meter: meterOf(alert),
    facts: factsOf(alert, now),
    advice: budgetAdvice(alert),
  };
}

export function forecastFacts(alert: ForecastAlert, now: Instant): AlertFacts {
  const { level: tone, scope, projected, amount, unit, period, exhaustedAt, timeZone } = alert;
  const heading = `${amountText(unit, projected)} will have been ${spentWord(unit)} when the period ends`;
  const runsOut =
    exhaustedAt === undefined ? "" : `, and the limit is reached ${time(exhaustedAt, timeZone)}`;
  return {
    tone,
    headline: `${whoseOf(scope)} is heading for ${projected.percentOf(amount)} % of ${possessiveOf(scope)} ${period.kind} ${budgetWord(unit)}`,
    summary: `If it goes on like this, ${heading}${runsOut}. So far: ${standing(alert)}; ${resetOf(alert, now)}.`,
    meter: meterOf(alert),
    facts: factsOf(alert, now),
    advice: budgetAdvice(alert),
  };
}

export function recoveredFacts(alert: RecoveredAlert, now: Instant): AlertFacts {
  const { scope, unit, period, budgetId, recoveredAlertId } = alert;
  const whose = `${possessiveOf(scope)} ${period.kind} ${budgetWord(unit)}`;
  const what = isOnForecast(alert) ? "is no longer heading for" : "is back below";
  return {
    tone: "RECOVERED",
    headline: `${whoseOf(scope)} ${what} ${thresholdText(alert)} of ${whose}`,
    summary: `The limit was raised, or what was ${spentWord(unit)} was corrected: ${standing(alert)}; ${resetOf(alert, now)}.`,
    meter: meterOf(alert),
    facts: [...factsOf(alert, now), ["Is over", recoveredAlertId]],
    advice: [
      { text: "There is nothing to do. See where the budget stands", command: commands.status(budgetId) },
    ],
  };
}

function factsOf(alert: ThresholdAlert | ForecastAlert | RecoveredAlert, now: Instant): Fact[] {
  return [
    ...budgetFacts(alert),
    ["Threshold", isOnForecast(alert) ? `${thresholdFact(alert)}, on the forecast` : thresholdFact(alert)],
    ...periodFacts(alert, now),
    ...projectionFacts(alert),
    ...closingFacts(alert),
  ];
}

type AtThreshold = Pick<ThresholdAlert, "thresholdId" | "thresholdPercent" | "thresholdAmount" | "unit">;

const isOnForecast = ({ thresholdId }: AtThreshold): boolean => thresholdId.startsWith("f");

function thresholdText({ thresholdPercent, thresholdAmount, unit }: AtThreshold): string {
  return thresholdPercent === undefined ? amountText(unit, thresholdAmount) : `${thresholdPercent} %`;
}

function thresholdFact(alert: AtThreshold): string {
  const amount = amountText(alert.unit, alert.thresholdAmount);
  return alert.thresholdPercent === undefined ? amount : `${thresholdText(alert)} (${amount})`;
}

const capitalised = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
