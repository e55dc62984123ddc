import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What others wrap the same SDK with, in the versions that the figures are of. */
const DEPENDENCIES = {
  "@arizeai/openinference-instrumentation-openai": "4.2.7",
  "@langfuse/openai": "5.11.1",
  "@langfuse/otel": "5.11.1",
  "@opentelemetry/api": "1.9.1",
  "@opentelemetry/exporter-trace-otlp-http": "0.223.1",
  "@opentelemetry/sdk-trace-base": "2.12.0",
  "@opentelemetry/sdk-trace-node": "2.12.0",
  "@traceloop/instrumentation-openai": "0.27.0",
  openai: "6.49.0",
};

/** Installs them once, apart from the project. @returns the folder */
export function installRivals(log: (line: string) => void): string {
  const folder = fileURLToPath(new URL("../../../node_modules/.cache/overhead-rivals/", import.meta.url));
  const manifest = JSON.stringify({ private: true, type: "module", dependencies: DEPENDENCIES });
  const file = join(folder, "package.json");
  const stamp = join(folder, "installed.json");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === manifest) return folder;
  log("installing what others wrap with");
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, manifest);
  const parameters = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  const { status, stderr } = spawnSync("npm", parameters, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`what others wrap with cannot be installed: ${stderr}`);
  writeFileSync(stamp, manifest);
  return folder;
}
