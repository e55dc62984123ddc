import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOW, runCli } from "../testing/run-cli.ts";

let api: MemoryApi;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
});
afterEach(() => api.close());

describe("events", () => {
  it("are listed up to the limit, with the way to go on", async () => {
    const stdin = Array.from({ length: 5 }, (_, index) =>
      JSON.stringify({
        request_id: `r${index}`,
        service: "s",
        operation: "o",
        job_id: "j",
        usage: { cache_read: 1000 * index },
      }),
    ).join("\n");
    await runCli(api, "record -", { stdin });
    const first = await runCli(api, "events --job j --limit 2");
    expect(first.stdout).toMatch(/2026-11-22 12:00:00Z +s +o +unpriced +cache_read 1,000 +r1/);
    expect(first.stderr).toContain("--cursor 2");
    const rest = JSON.parse((await runCli(api, "events --job j --cursor 2 --json")).stdout);
    expect(rest.events.map((event: { request_id: string }) => event.request_id)).toEqual(["r2", "r3", "r4"]);
    expect(rest.next_cursor).toBeNull();
  });
});
