/** Takes the pictures of mails that the pages show, in `docs/images`: `npm run mail:pictures`. */
import { mkdirSync } from "node:fs";
import { mailOf } from "../packages/alerting/src/senders/email.ts";
import { sampleMessages } from "../packages/alerting/src/testing/messages.ts";
import { findChromium, showMail, startChromium } from "../test/support/browser.ts";

const FOLDER = process.argv[2] ?? "docs/images";
const WIDTH = 608;

const executablePath = findChromium();
if (executablePath === undefined) {
  console.error(
    "There is no Chromium here. Install it (Debian: apt-get install chromium), or name one in CHROMIUM.",
  );
  process.exit(1);
}
mkdirSync(FOLDER, { recursive: true });
const browser = await startChromium(executablePath);
for (const [name, message] of Object.entries(sampleMessages)) {
  const { html } = mailOf(message, "Ops mail");
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await showMail(browser, html, { width: WIDTH, colorScheme });
    await page.screenshot({ path: `${FOLDER}/mail-${name}-${colorScheme}.png`, fullPage: true });
    await page.close();
  }
}
await browser.close();
