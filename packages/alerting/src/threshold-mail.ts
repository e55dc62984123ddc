import type { Alert, Instant, ThresholdLevel } from "@ai-usage/core";
import { html } from "hono/html";

export interface MailContent {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

const colours: Record<ThresholdLevel, string> = {
  INFO: "#2563eb",
  WARNING: "#b45309",
  CRITICAL: "#c2410c",
  EXCEEDED: "#b91c1c",
};

/** The mail about a crossed threshold: what happened, how much of what, until when, what to do. */
export function thresholdMail(alert: Alert): MailContent {
  const facts = factsOf(alert);
  const percent = alert.spent.percentOf(alert.amount);
  const headline =
    alert.level === "EXCEEDED"
      ? `${alert.scope} has used up its ${alert.period.kind} budget`
      : `${alert.scope} has spent ${percent} % of its ${alert.period.kind} budget`;
  return {
    subject: `[${alert.level}] ${headline}`,
    text: textOf(headline, facts, adviceFor(alert)),
    html: htmlOf({ headline, facts, advice: adviceFor(alert), percent: Number(percent), level: alert.level }),
  };
}

type Fact = readonly [name: string, value: string];

function factsOf(alert: Alert): Fact[] {
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

function adviceFor(alert: Alert): string {
  return `See what is being spent: ai-usage budget status ${alert.budgetId}`;
}

function clock(at: Instant, timeZone: string): string {
  const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone });
  return `${format.format(new Date(at))} (${timeZone})`;
}

function textOf(headline: string, facts: readonly Fact[], advice: string): string {
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  const lines = facts.map(([name, value]) => `${`${name}:`.padEnd(width)}${value}`);
  return `${headline}\n\n${lines.join("\n")}\n\n${advice}\n`;
}

function htmlOf(mail: {
  headline: string;
  facts: readonly Fact[];
  advice: string;
  percent: number;
  level: ThresholdLevel;
}): string {
  const colour = colours[mail.level];
  const filled = Math.min(100, Math.max(0, mail.percent));
  return String(html`<!doctype html>
<html lang="en">
  <body style="margin:0;padding:24px;background:#f4f4f5;font-family:system-ui,-apple-system,'Segoe UI',sans-serif;color:#18181b">
    <table role="presentation" width="100%" style="max-width:560px;margin:0 auto;background:#ffffff;border-radius:8px;border-top:6px solid ${colour}">
      <tr><td style="padding:24px 24px 8px">
        <p style="margin:0 0 4px;font-size:13px;font-weight:600;color:${colour}">${mail.level}</p>
        <h1 style="margin:0;font-size:20px;line-height:1.3">${mail.headline}</h1>
      </td></tr>
      <tr><td style="padding:8px 24px">
        <table role="presentation" width="100%" style="border-collapse:collapse;background:#e4e4e7;border-radius:4px">
          <tr><td style="width:${filled}%;height:10px;background:${colour};border-radius:4px"></td><td></td></tr>
        </table>
      </td></tr>
      <tr><td style="padding:8px 24px">
        <table role="presentation" width="100%" style="border-collapse:collapse;font-size:14px">
          ${mail.facts.map(
            ([name, value]) => html`<tr>
            <th align="left" style="padding:6px 12px 6px 0;font-weight:500;color:#52525b;white-space:nowrap">${name}</th>
            <td style="padding:6px 0">${value}</td>
          </tr>`,
          )}
        </table>
      </td></tr>
      <tr><td style="padding:8px 24px 24px;font-size:14px;color:#3f3f46">${mail.advice}</td></tr>
    </table>
  </body>
</html>`);
}
