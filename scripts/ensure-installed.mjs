// Installs the dependencies when they are missing or older than the lock file, so that one command is enough.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const stamp = `${root}node_modules/.installed-lock`;
const lockHash = () =>
  createHash("sha256")
    .update(readFileSync(`${root}package-lock.json`))
    .digest("hex");

const [major] = process.versions.node.split(".").map(Number);
if (major < 20) {
  console.error(`ai-usage needs Node.js 20 or newer, this is ${process.versions.node}.`);
  process.exit(1);
}

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lockHash()) {
  console.error("Installing dependencies …");
  // Not `npm ci`: it refuses a lock file that lacks another platform's optional binaries, and a registry may lack them.
  const { status } = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error(
      "npm install failed; its message is above. Check the network, then run the same command again.",
    );
    process.exit(status ?? 1);
  }
  writeFileSync(stamp, lockHash());
}
