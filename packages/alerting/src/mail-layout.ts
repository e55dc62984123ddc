import { type Instant, startOfUtcDate, type ThresholdLevel, type UtcDate } from "@ai-usage/core";
import { html } from "hono/html";

export interface MailContent {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

export type Fact = readonly [name: string, value: string];

/** Something to know or do, and the command that does it. */
export interface Advice {
  readonly text: string;
  readonly command?: string;
}

/** What a mail about an alert says. Names may hold anything: both ways of writing it show them as they are. */
export interface MailParts {
  readonly level: ThresholdLevel;
  readonly headline: string;
  readonly facts: readonly Fact[];
  readonly advice: readonly Advice[];
  /** Draws a bar that is filled so far; it stays within its frame. */
  readonly percent?: number;
}

/** The mail in HTML and in text, which say the same. */
export function layOutMail(parts: MailParts): MailContent {
  return {
    subject: `[${parts.level}] ${parts.headline}`,
    text: textOf(parts),
    html: htmlOf(parts),
  };
}

export function clock(at: Instant, timeZone: string): string {
  const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone });
  return `${format.format(new Date(at))} (${timeZone})`;
}

export function day(date: UtcDate): string {
  const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });
  return `${format.format(new Date(startOfUtcDate(date)))} (UTC)`;
}

const colours: Record<ThresholdLevel, string> = {
  INFO: "#2563eb",
  WARNING: "#b45309",
  CRITICAL: "#c2410c",
  EXCEEDED: "#b91c1c",
};

function textOf({ headline, facts, advice }: MailParts): string {
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  const lines = facts.map(([name, value]) => `${`${name}:`.padEnd(width)}${value}`);
  const paragraphs = advice.map(({ text, command }) =>
    command === undefined ? text : `${text}:\n  ${command}`,
  );
  return `${[headline, lines.join("\n"), ...paragraphs].join("\n\n")}\n`;
}

function htmlOf({ level, headline, facts, advice, percent }: MailParts): string {
  const colour = colours[level];
  return String(html`<!doctype html>
<html lang="en">
  <body style="margin:0;padding:24px;background:#f4f4f5;font-family:system-ui,-apple-system,'Segoe UI',sans-serif;color:#18181b">
    <table role="presentation" width="100%" style="max-width:560px;margin:0 auto;background:#ffffff;border-radius:8px;border-top:6px solid ${colour}">
      <tr><td style="padding:24px 24px 8px">
        <p style="margin:0 0 4px;font-size:13px;font-weight:600;color:${colour}">${level}</p>
        <h1 style="margin:0;font-size:20px;line-height:1.3;overflow-wrap:anywhere">${headline}</h1>
      </td></tr>
      ${percent === undefined ? "" : barOf(percent, colour)}
      <tr><td style="padding:8px 24px">
        <table role="presentation" width="100%" style="border-collapse:collapse;font-size:14px">
          ${facts.map(
            ([name, value]) => html`<tr>
            <th align="left" style="padding:6px 12px 6px 0;font-weight:500;color:#52525b;white-space:nowrap">${name}</th>
            <td style="padding:6px 0;overflow-wrap:anywhere">${value}</td>
          </tr>`,
          )}
        </table>
      </td></tr>
      <tr><td style="padding:8px 24px 24px;font-size:14px;line-height:1.5;color:#3f3f46">
        ${advice.map(adviceOf)}
      </td></tr>
    </table>
  </body>
</html>`);
}

function barOf(percent: number, colour: string) {
  const filled = Math.min(100, Math.max(0, percent));
  return html`<tr><td style="padding:8px 24px">
        <table role="presentation" width="100%" style="border-collapse:collapse;background:#e4e4e7;border-radius:4px">
          <tr><td style="width:${filled}%;height:10px;background:${colour};border-radius:4px"></td><td></td></tr>
        </table>
      </td></tr>`;
}

function adviceOf({ text, command }: Advice) {
  if (command === undefined) return html`<p style="margin:0 0 12px">${text}</p>`;
  return html`<p style="margin:0 0 12px">${text}:<br><code style="font-size:13px;overflow-wrap:anywhere">${command}</code></p>`;
}
