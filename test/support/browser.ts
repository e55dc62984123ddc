import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

/** Where Debian and its relatives put it; `CHROMIUM` names another one. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser that is installed here, if one is. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM;
  return [...(named ? [named] : []), ...PLACES].find((path) => existsSync(path));
}

export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Shows a mail as a client would that follows the reader's choice of colours; nothing is loaded from anywhere. */
export async function showMail(
  browser: Browser,
  html: string,
  look: { width: number; colorScheme: "light" | "dark" },
): Promise<Page> {
  const { width, colorScheme } = look;
  const page = await browser.newPage({
    colorScheme,
    viewport: { width, height: 200 },
    javaScriptEnabled: true,
  });
  await page.route("**/*", (route) => route.abort());
  await page.setContent(html);
  return page;
}
