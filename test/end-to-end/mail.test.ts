import { readFileSync } from "node:fs";
import { parseScope } from "@ai-usage/core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mailOf } from "../../packages/alerting/src/senders/email.ts";
import {
  aMessage,
  aThresholdAlert,
  sampleMessages,
  someDrivers,
} from "../../packages/alerting/src/testing/messages.ts";
import { findChromium, showMail, startChromium } from "../support/browser.ts";

const executablePath = findChromium();
const isLeftOut = executablePath === undefined && process.env.CI === undefined;
if (isLeftOut) console.warn("Mails are not rendered: there is no Chromium here.");

/** What runs in the page. */
const probe = readFileSync("test/support/mail-probe.js", "utf8");

let browser: Browser;
beforeAll(async () => {
  if (isLeftOut) return;
  if (executablePath === undefined)
    throw new Error("there is no Chromium here: install it, or name one in CHROMIUM");
  browser = await startChromium(executablePath);
});
afterAll(() => browser?.close());

const longName = `${"merchant-import-".repeat(7)}tail`;
const messages = {
  ...sampleMessages,
  "names that are long": aMessage({
    alert: aThresholdAlert({
      scope: parseScope(`team:${longName}`),
      budgetName: longName.replaceAll("-", ""),
      contact: longName,
    }),
    drivers: {
      ...someDrivers,
      groups: someDrivers.groups.map((group) => ({
        ...group,
        drivers: group.drivers.map((driver) => ({ ...driver, name: longName.replaceAll("-", "") })),
      })),
    },
  }),
};
const names = Object.keys(messages) as (keyof typeof messages)[];
const colorSchemes = ["light", "dark"] as const;

async function withMail<T>(name: keyof typeof messages, read: (page: Page) => Promise<T>): Promise<T> {
  const html = mailOf(messages[name], "Ops mail").html;
  const page = await showMail(browser, html, { width: 560, colorScheme: "light" });
  await page.addScriptTag({ content: probe });
  try {
    return await read(page);
  } finally {
    await page.close();
  }
}

describe.skipIf(isLeftOut)("mail in a browser", () => {
  it.each(names)("fits into any width, and can be read in light and dark: %s", (name) =>
    withMail(name, async (page) => {
      for (const width of [320, 560, 1200]) {
        await page.setViewportSize({ width, height: 200 });
        expect(await page.evaluate<string[]>("elementsOutside()"), `at ${width}`).toEqual([]);
        expect(await page.evaluate("widthOfPage()")).toEqual([width, width]);
      }
      for (const colorScheme of colorSchemes) {
        await page.emulateMedia({ colorScheme });
        const texts = await page.evaluate<{ text: string; contrast: number }[]>("contrastOfTexts()");
        expect(texts.length).toBeGreaterThan(8);
        expect(
          texts.filter(({ contrast }) => contrast < 4.5),
          colorScheme,
        ).toEqual([]);
      }
    }),
  );

  it("is light in the light and dark in the dark", () =>
    withMail("threshold", async (page) => {
      expect(await page.evaluate<number>("lightnessOfPage()")).toBeGreaterThan(0.9);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await page.evaluate<number>("lightnessOfPage()")).toBeLessThan(0.2);
    }));
});
