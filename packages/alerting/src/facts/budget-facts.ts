import type { Alert, Instant, UnpricedModelAlert } from "@ai-usage/core";
import type { Advice, Fact, Meter } from "./alert-facts.ts";
import { commands } from "./commands.ts";
import { amountText, clock, duration, spentWord, time } from "./words.ts";

export type BudgetAlert = Exclude<Alert, UnpricedModelAlert>;

/** Where the budget stood: `$812.34 of $1,000.00 spent, $187.66 left`. */
export function standing(alert: BudgetAlert): string {
  const { unit, spent, amount } = alert;
  const share = `${amountText(unit, spent)} of ${amountText(unit, amount)} ${spentWord(unit)}`;
  return `${share}, ${leftOf(alert)}`;
}

/** What is left, or what it is over by. */
function leftOf({ unit, spent, amount }: BudgetAlert): string {
  const left = amount.minus(spent);
  if (left.isZero()) return "nothing left";
  return left.isNegative() ? `${amountText(unit, left.negated())} over` : `${amountText(unit, left)} left`;
}

/** `resets in 8 days 6 hours`, seen from `now`. */
export function resetOf({ period }: BudgetAlert, now: Instant): string {
  return now < period.end
    ? `it resets in ${duration(now, period.end)}`
    : `the period ended ${duration(period.end, now)} ago`;
}

export function meterOf(alert: BudgetAlert): Meter {
  const { unit, spent, amount, projected } = alert;
  return {
    percent: Number(spent.percentOf(amount)),
    ...(projected && { projectedPercent: Number(projected.percentOf(amount)) }),
    spent: `${amountText(unit, spent)} ${spentWord(unit)}`,
    left: leftOf(alert),
  };
}

export function budgetFacts(alert: BudgetAlert): Fact[] {
  const { unit, spent, amount } = alert;
  return [
    ["Budget", alert.budgetName],
    ["Scope", alert.scope],
    [
      unit === "usd" ? "Spent" : "Used",
      `${amountText(unit, spent)} of ${amountText(unit, amount)} (${spent.percentOf(amount)} %)`,
    ],
    leftFact(alert),
  ];
}

function leftFact({ unit, spent, amount }: BudgetAlert): Fact {
  const left = amount.minus(spent);
  return left.isNegative()
    ? ["Over by", amountText(unit, left.negated())]
    : ["Remaining", amountText(unit, left)];
}

export function periodFacts({ period, timeZone }: BudgetAlert, now: Instant): Fact[] {
  return [
    ["Period", `${time(period.start, timeZone)} to ${clock(period.end, timeZone)}`],
    now < period.end
      ? ["Resets", `in ${duration(now, period.end)}`]
      : ["Ended", `${duration(period.end, now)} ago`],
  ];
}

/** Nothing where too little was known for a projection, or where it is over. */
export function projectionFacts(alert: BudgetAlert): Fact[] {
  const { unit, projected, amount, exhaustedAt, raisedAt, timeZone } = alert;
  const facts: Fact[] = [];
  if (projected !== undefined) {
    const percent = projected.percentOf(amount);
    facts.push(["Projected", `${amountText(unit, projected)} by the end of the period (${percent} %)`]);
  }
  if (exhaustedAt !== undefined && exhaustedAt > raisedAt) {
    facts.push(["Runs out", `${clock(exhaustedAt, timeZone)}, at this rate`]);
  }
  return facts;
}

export function closingFacts(alert: BudgetAlert): Fact[] {
  return [
    ...(alert.contact === undefined ? [] : [["Ask", alert.contact] satisfies Fact]),
    ["Seen", clock(alert.raisedAt, alert.timeZone)],
    ["Alert", alert.alertId],
  ];
}

export function budgetAdvice({ alertId, budgetId, contact }: BudgetAlert): Advice[] {
  return [
    { text: "See where the budget stands", command: commands.status(budgetId) },
    { text: "Say that you are on it, so that nobody else is called", command: commands.acknowledge(alertId) },
    {
      text:
        contact === undefined
          ? "Allow more for a while"
          : `Allow more for a while, or ask ${contact} to do it`,
      command: commands.increase(budgetId),
    },
  ];
}
