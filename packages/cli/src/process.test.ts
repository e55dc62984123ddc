import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startMemoryApi } from "@ai-usage/client/testing";
import { describe, expect, it } from "vitest";
import { NOW } from "./testing/run-cli.ts";

const command = fileURLToPath(new URL("../bin/ai-usage.mjs", import.meta.url));

describe("ai-usage as a process", () => {
  it("runs from its sources, called from anywhere", async () => {
    const api = await startMemoryApi(() => NOW);
    const env = { ...process.env, AI_USAGE_API_URL: api.url, AI_USAGE_TOKEN: api.token };
    const { stdout } = await promisify(execFile)(process.execPath, [command, "health", "--json"], {
      cwd: tmpdir(),
      env,
    });
    await api.close();
    expect(JSON.parse(stdout)).toEqual({ status: "ok", version: "0.1.0", api_url: api.url });
  });
});
