import { html, raw } from "hono/html";
import type { Advice, AlertFacts, DriverFacts, Fact, Meter, Tone } from "../facts/alert-facts.ts";
import type { MessageFacts } from "../facts/message-facts.ts";
import { headingText } from "../facts/words.ts";
import { light, lightTones } from "./mail-styles.ts";

// Each part is a row of the mail's table. Styles are inline, for clients that take no style sheet; classes carry the dark.

const SIDE = "padding-left:24px;padding-right:24px";
const ANYWHERE = "overflow-wrap:anywhere;word-break:break-word";
/** A table that only lays out. */
const TABLE = raw(`role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"`);

export function headingPart({ tone, badge, headline, summary, notices }: MessageFacts) {
  const { fill } = lightTones[tone];
  return html`<tr><td style="height:6px;line-height:6px;font-size:0;background-color:${fill}" class="fill-${tone}">&nbsp;</td></tr>
      ${notices.map((notice) => noticePart(notice, tone))}
      <tr><td style="padding-top:24px;padding-bottom:4px;${SIDE}">${badgeOf(badge, tone)}</td></tr>
      <tr><td style="padding-top:8px;padding-bottom:0;${SIDE}">
        <h1 class="text" style="margin:0;font-size:22px;line-height:1.3;font-weight:650;color:${light.text};${ANYWHERE}">${headline}</h1>
        <p class="muted" style="margin:8px 0 0;font-size:15px;line-height:1.5;color:${light.muted};${ANYWHERE}">${summary}</p>
      </td></tr>`;
}

function noticePart(notice: string, tone: Tone) {
  const { ink, paper } = lightTones[tone];
  return html`<tr><td class="paper-${tone} ink-${tone}" style="padding-top:12px;padding-bottom:12px;${SIDE};background-color:${paper};color:${ink};font-size:14px;line-height:1.5;font-weight:600;${ANYWHERE}">${notice}</td></tr>`;
}

function badgeOf(text: string, tone: Tone) {
  const { ink, paper } = lightTones[tone];
  return html`<span class="paper-${tone} ink-${tone}" style="display:inline-block;padding:3px 10px;border-radius:999px;background-color:${paper};color:${ink};font-size:12px;line-height:1.5;font-weight:700;letter-spacing:0.04em">${text}</span>`;
}

/** The bar stays within its frame, however much it is. */
export function meterPart({ percent, projectedPercent, spent, left }: Meter, tone: Tone) {
  return html`<tr><td style="padding-top:20px;padding-bottom:4px;${SIDE}">
        <table ${TABLE}>
          <tr>
            <td class="text" style="padding-bottom:6px;font-size:14px;font-weight:600;color:${light.text}">${spent}</td>
            <td class="muted" align="right" style="padding-bottom:6px;font-size:14px;color:${light.muted}">${left}</td>
          </tr>
        </table>
        ${bar(percent, tone, 10)}
        ${projectedPercent === undefined ? "" : heading(projectedPercent)}
      </td></tr>`;
}

function heading(percent: number) {
  return html`<p class="muted" style="margin:8px 0 0;font-size:14px;line-height:1.4;color:${light.muted}">${headingText(percent)}</p>`;
}

function bar(percent: number, tone: Tone, height: number) {
  const filled = Math.min(100, Math.max(0, percent));
  const size = `height:${height}px;line-height:${height}px;font-size:0;border-radius:${height / 2}px`;
  return html`<table ${TABLE} class="track" style="border-radius:${height / 2}px;background-color:${light.line}">
          <tr>${filled === 0 ? "" : html`<td width="${filled}%" class="fill-${tone}" style="width:${filled}%;${size};background-color:${lightTones[tone].fill}">&nbsp;</td>`}${filled === 100 ? "" : html`<td style="${size}">&nbsp;</td>`}</tr>
        </table>`;
}

export function factsPart(facts: readonly Fact[]) {
  return html`<tr><td style="padding-top:16px;padding-bottom:4px;${SIDE}">
        <table ${TABLE} style="font-size:14px;line-height:1.5">
          ${facts.map(
            ([name, value]) => html`<tr>
            <th scope="row" align="left" valign="top" class="muted line" style="padding:7px 16px 7px 0;border-top:1px solid ${light.line};font-weight:400;color:${light.muted};white-space:nowrap">${name}</th>
            <td valign="top" class="text line" style="width:100%;padding:7px 0;border-top:1px solid ${light.line};color:${light.text};${ANYWHERE}">${value}</td>
          </tr>`,
          )}
        </table>
      </td></tr>`;
}

export function driversPart({ title, basis, rows }: DriverFacts, tone: Tone) {
  return html`<tr><td style="padding-top:16px;padding-bottom:4px;${SIDE}">
        <h2 class="text" style="margin:0 0 6px;font-size:14px;line-height:1.4;font-weight:650;color:${light.text}">${title} <span class="muted" style="font-weight:400;color:${light.muted}">${basis}</span></h2>
        ${rows.map(
          ({ name, amount, share }) => html`<table ${TABLE} style="font-size:14px;line-height:1.5">
          <tr>
            <td class="text" style="padding:4px 12px 4px 0;color:${light.text};${ANYWHERE}">${name}</td>
            <td align="right" valign="top" class="muted" style="padding:4px 0;color:${light.muted};white-space:nowrap">${amount}, ${share} %</td>
          </tr>
        </table>
        ${bar(Number(share), tone, 4)}`,
        )}
      </td></tr>`;
}

/** One alert of a digest. */
export function entryPart({ tone, headline, summary }: AlertFacts) {
  return html`<tr><td style="padding-top:12px;padding-bottom:0;${SIDE}">
        <table ${TABLE}>
          <tr><td class="line" style="padding-top:14px;padding-bottom:2px;border-top:1px solid ${light.line}">
            ${badgeOf(tone, tone)}
            <p class="text" style="margin:6px 0 0;font-size:15px;line-height:1.4;font-weight:600;color:${light.text};${ANYWHERE}">${headline}</p>
            <p class="muted" style="margin:4px 0 0;font-size:14px;line-height:1.5;color:${light.muted};${ANYWHERE}">${summary}</p>
          </td></tr>
        </table>
      </td></tr>`;
}

export function notePart(text: string) {
  return html`<tr><td class="muted" style="padding-top:14px;padding-bottom:0;${SIDE};font-size:14px;color:${light.muted}">${text}</td></tr>`;
}

export function linkPart({ text, url }: NonNullable<MessageFacts["link"]>, tone: Tone) {
  const { ink } = lightTones[tone];
  return html`<tr><td style="padding-top:20px;padding-bottom:4px;${SIDE}">
        <a href="${url}" class="button-${tone}" style="display:inline-block;padding:10px 18px;border-radius:8px;background-color:${ink};color:#ffffff;font-size:15px;line-height:1.4;font-weight:600;text-decoration:none">${text}</a>
      </td></tr>`;
}

export function advicePart(advice: readonly Advice[]) {
  return html`<tr><td style="padding-top:16px;padding-bottom:8px;${SIDE}">
        <h2 class="text" style="margin:0 0 4px;font-size:14px;line-height:1.4;font-weight:650;color:${light.text}">What to do</h2>
        ${advice.map(adviceOf)}
      </td></tr>`;
}

function adviceOf({ text, command }: Advice) {
  const paragraph = `margin:8px 0 0;font-size:14px;line-height:1.5;color:${light.muted};${ANYWHERE}`;
  if (command === undefined) return html`<p class="muted" style="${paragraph}">${text}</p>`;
  return html`<p class="muted" style="${paragraph}">${text}:</p>
        <div class="inset" style="margin-top:4px;padding:8px 10px;border-radius:6px;background-color:${light.inset};color:${light.text};font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px;line-height:1.5;${ANYWHERE}">${wordsOf(command)}</div>`;
}

export function footerPart(text: string) {
  return html`<tr><td class="muted" style="padding-top:12px;padding-bottom:24px;${SIDE};font-size:12px;line-height:1.5;color:${light.muted};${ANYWHERE}">${text}</td></tr>`;
}

/** Flags of a command are not broken at their dashes. */
function wordsOf(command: string) {
  return command
    .split(" ")
    .map((word) =>
      word.startsWith("--") ? html` <span style="white-space:nowrap">${word}</span>` : html` ${word}`,
    );
}
