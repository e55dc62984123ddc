import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOW, runCli } from "../testing/run-cli.ts";

let api: MemoryApi;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
});
afterEach(() => api.close());

describe("alerts list", () => {
  it("shows what was crossed, and whether people were told", async () => {
    await runCli(api, "budget create --scope global:all --amount 10 --period daily --name all");
    await runCli(api, "record --service s --operation o --cost-usd 8");
    const { stdout } = await runCli(api, "alerts list");
    expect(stdout).toMatch(/WARNING +80 % +\$8\.00 +\$10\.00 +all +global:all +2026-11-22 +not yet/);
    expect(stdout).toMatch(/INFO .* with a higher one/);
    expect(JSON.parse((await runCli(api, "alerts list --limit 1 --json")).stdout).alerts).toHaveLength(1);
  });

  it("shows what has no price, how many calls of it, and since when", async () => {
    const gpt = { service: "openai", model: "gpt-9", operation: "chat" };
    const calls = [
      { ...gpt, request_id: "r1", timestamp: "2026-11-20T10:00:00Z" },
      { ...gpt, request_id: "r2", timestamp: NOW, call_count: 1500 },
      { request_id: "r3", service: "places", operation: "place_details", timestamp: NOW },
    ];
    await runCli(api, "record -", { stdin: calls.map((call) => JSON.stringify(call)).join("\n") });
    const { stdout } = await runCli(api, "alerts list");
    expect(stdout).toMatch(/WARNING +openai +gpt-9 +1,500 +2026-11-22 +2026-11-20 +not yet/);
    expect(stdout).toMatch(/WARNING +places +place_details +1 +2026-11-22 +2026-11-22 +not yet/);
    expect(stdout).not.toContain("budget");
    const { alerts } = JSON.parse((await runCli(api, "alerts list --json")).stdout);
    expect(alerts.map(({ kind, scope }: Record<string, string>) => [kind, scope])).toEqual(
      expect.arrayContaining([
        ["unpriced_model", "model:gpt-9"],
        ["unpriced_model", "service:places"],
      ]),
    );
  });

  it("shows both kinds, each in a table of its own", async () => {
    await runCli(api, "budget create --scope global:all --amount 10 --period daily --name all");
    await runCli(api, "record --service s --operation o --cost-usd 8 --request-id r1");
    await runCli(api, "record --service openai --model gpt-9 --operation chat --request-id r2");
    const [thresholds, unpriced, ...more] = (await runCli(api, "alerts list")).stdout.split("\n\n");
    expect(thresholds).toMatch(/^raised +level +at +spent +of +budget.* 80 % /s);
    expect(unpriced).toMatch(/^raised +level +service +no price for +calls.* gpt-9 /s);
    expect(more).toEqual([]);
  });

  it("says so when there is none", async () => {
    expect((await runCli(api, "alerts list")).stdout).toMatch(/^No alerts: no budget .* no call without/);
  });
});
