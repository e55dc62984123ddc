import type { ThresholdAlert } from "@ai-usage/core";
import { clock, type Fact, layOutMail, type MailContent } from "./mail-layout.ts";

/** The mail about a crossed threshold: what happened, how much of what, until when, what to do. */
export function thresholdMail(alert: ThresholdAlert): MailContent {
  const percent = alert.spent.percentOf(alert.amount);
  const headline =
    alert.level === "EXCEEDED"
      ? `${alert.scope} has used up its ${alert.period.kind} budget`
      : `${alert.scope} has spent ${percent} % of its ${alert.period.kind} budget`;
  return layOutMail({
    level: alert.level,
    headline,
    facts: factsOf(alert),
    advice: [{ text: "See what is being spent", command: `ai-usage budget status ${alert.budgetId}` }],
    percent: Number(percent),
  });
}

function factsOf(alert: ThresholdAlert): Fact[] {
  const remaining = alert.amount.minus(alert.spent);
  return [
    ["Budget", alert.budgetName],
    ["Scope", alert.scope],
    ["Spent", `${alert.spent.format()} of ${alert.amount.format()}`],
    remaining.isNegative() ? ["Over by", remaining.negated().format()] : ["Remaining", remaining.format()],
    ["Threshold", `${alert.thresholdPercent} % (${alert.thresholdAmount.format()})`],
    ["Period", `${alert.period.id}, until ${clock(alert.period.end, alert.timeZone)}`],
    ["Seen", clock(alert.raisedAt, alert.timeZone)],
    ["Alert", alert.alertId],
  ];
}
