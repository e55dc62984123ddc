import { spawnSync } from "node:child_process";

const run = (command, parameters, stdio = "ignore") => spawnSync(command, parameters, { stdio }).status === 0;

/**
 * Installs Debian's Chromium where tests run by themselves and there is none: a machine that is new must not pass by
 * leaving out what it cannot show. A person's machine is left as it is; there the tests say what they leave out.
 */
export function ensureChromium() {
  if (process.env.CI === undefined || run("chromium", ["--version"])) return;
  console.log("Installing Chromium, to render mails in …");
  const isInstalled =
    run("apt-get", ["update"]) &&
    run(
      "apt-get",
      ["install", "--yes", "--no-install-recommends", "chromium"],
      ["ignore", "ignore", "inherit"],
    );
  if (!isInstalled) console.log("– it cannot be installed here");
}
