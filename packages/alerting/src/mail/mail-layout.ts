import { html, raw } from "hono/html";
import type { MessageFacts } from "../facts/message-facts.ts";
import {
  advicePart,
  driversPart,
  entryPart,
  factsPart,
  footerPart,
  headingPart,
  linkPart,
  meterPart,
  notePart,
} from "./mail-parts.ts";
import { light, styleSheet } from "./mail-styles.ts";

/** The widest that the mail gets. It reads well from 320 on. */
const WIDTH = 560;

const FONT = "system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** The mail in HTML: tables and inline styles for old clients, light and dark, no picture. Names are shown as they are. */
export function layOutMail(facts: MessageFacts): string {
  const { subject, summary, tone, meter, drivers, entries, moreEntries, link, advice, footer } = facts;
  return String(html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="supported-color-schemes" content="light dark">
    <title>${subject}</title>
    <style>${raw(styleSheet)}</style>
  </head>
  <body class="page" style="margin:0;padding:0;background-color:${light.page};color:${light.text};font-family:${FONT};-webkit-text-size-adjust:100%">
    <div style="display:none;max-height:0;overflow:hidden">${summary}</div>
    <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="page" style="background-color:${light.page}"><tr><td align="center" style="padding:24px 12px">
    <table role="presentation" width="${WIDTH}" cellpadding="0" cellspacing="0" border="0" class="card" style="width:100%;max-width:${WIDTH}px;background-color:${light.card};border:1px solid ${light.line};border-radius:12px;overflow:hidden;text-align:left;font-family:${FONT}">
      ${headingPart(facts)}
      ${meter ? meterPart(meter, tone) : ""}
      ${link ? linkPart(link, tone) : ""}
      ${drivers.map((one) => driversPart(one, tone))}
      ${facts.facts.length > 0 ? factsPart(facts.facts) : ""}
      ${entries.map(entryPart)}
      ${moreEntries > 0 ? notePart(`… and ${moreEntries} more.`) : ""}
      ${advicePart(advice)}
      ${footerPart(footer)}
    </table>
    </td></tr></table>
  </body>
</html>`);
}
