import { parseScope } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import type { Message } from "../message.ts";
import { mailOf } from "../senders/email.ts";
import { NASTY_NAME } from "../testing/channel.ts";
import { aMessage, aThresholdAlert, sampleMessages, someDrivers } from "../testing/messages.ts";

const mail = (message: Message) => mailOf(message, "Ops");

/** What a reader of the mail sees, in order. */
function seen(html: string): string {
  const body = html.slice(html.indexOf("<body"));
  const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: " " };
  return body
    .replace(/<div style="display:none[^>]*>.*?<\/div>/s, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/&([a-z]+|#39);/g, (_, name: string) => entities[name] ?? "?")
    .replace(/\s+/g, " ")
    .trim();
}

const withoutSpace = (text: string) => text.replace(/[\s:*]+/g, "");

describe("mail", () => {
  it.each(Object.keys(sampleMessages) as (keyof typeof sampleMessages)[])(
    "says the same in HTML as in text, in the same order: %s",
    (name) => {
      const { html, text } = mail(sampleMessages[name]);
      const page = withoutSpace(seen(html));
      let from = 0;
      for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
        const [link] = /https:\/\/\S+$/.exec(line) ?? [];
        if (link !== undefined) expect(html).toContain(`href="${link}"`);
        const wanted = withoutSpace(line.replace(/^\[([A-Z]+)\]/, "$1").replace(/: https:\/\/\S+$/, ""));
        const at = page.indexOf(wanted, from);
        expect(at, `${line} after ${page.slice(Math.max(0, from - 60), from)}`).toBeGreaterThanOrEqual(0);
        from = at + wanted.length;
      }
    },
  );

  it("shows names as they are, and never as markup", () => {
    const drivers = {
      ...someDrivers,
      groups: someDrivers.groups.map((group) => ({
        ...group,
        drivers: group.drivers.map((driver) => ({ ...driver, name: NASTY_NAME })),
      })),
    };
    const alert = aThresholdAlert({
      budgetName: NASTY_NAME,
      contact: NASTY_NAME,
      scope: parseScope("team:<img src=x>"),
    });
    const { html, text } = mail(aMessage({ alert, drivers }));
    expect(html).not.toMatch(/<img|<b>|<!channel|href="https:\/\/evil/);
    expect(seen(html)).toContain(NASTY_NAME);
    expect(seen(html)).toContain("Team <img src=x> has used");
    expect(text).toContain(NASTY_NAME);
  });

  it("loads nothing: no picture, no font, no script", () => {
    for (const message of Object.values(sampleMessages)) {
      expect(mail(message).html).not.toMatch(/<(img|script|link|iframe|object)|url\(|@import|@font-face/);
    }
  });

  it("draws a bar that stays within its frame", () => {
    const widthAt = (spent: string) =>
      /width:([\d.]+)%;height:10px/.exec(
        mail(aMessage({ alert: aThresholdAlert({ spent: aThresholdAlert().amount.times(spent) }) })).html,
      )?.[1];
    expect(["0", "0.5", "0.81234", "1", "99"].map(widthAt)).toEqual([undefined, "50", "81.23", "100", "100"]);
  });
});
