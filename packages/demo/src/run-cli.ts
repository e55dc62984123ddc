import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const CLI = fileURLToPath(new URL("../../cli/bin/ai-usage.mjs", import.meta.url));

/** Runs the command line as a person would, and gives what it printed. */
export async function runCli(
  parameters: readonly string[],
  connection: { apiUrl: string; token: string },
): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...parameters], {
    env: {
      ...process.env,
      AI_USAGE_API_URL: connection.apiUrl,
      AI_USAGE_TOKEN: connection.token,
      ...(process.stdout.isTTY && { FORCE_COLOR: "1" }),
    },
  });
  return stdout.trimEnd();
}
