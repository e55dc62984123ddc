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
});
