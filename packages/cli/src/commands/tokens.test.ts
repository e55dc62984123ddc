import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOW, runCli } from "../testing/run-cli.ts";

let api: MemoryApi;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
});
afterEach(() => api.close());

describe("tokens", () => {
  it("are made with roles, scopes and an end, and shown once", async () => {
    const { stdout } = await runCli(
      api,
      "tokens create --name ci --role ingest --role read,ingest --scope team:a --scope team:b --expires-in 90d",
    );
    expect(api.requests[0]?.body).toEqual({
      name: "ci",
      roles: ["ingest", "read"],
      scopes: ["team:a", "team:b"],
      expires_at: "2027-02-20T12:00:00.000Z",
    });
    expect(stdout).toContain("aiu_token1_secret");
    expect((await runCli(api, "tokens list")).stdout).not.toContain("secret");
  });

  it("are revoked by id", async () => {
    await runCli(api, "tokens create --name ci --role ingest");
    expect((await runCli(api, "tokens revoke token1")).exitCode).toBe(0);
    expect((await runCli(api, "tokens list")).stdout).toMatch(/token1 +ci +ingest +all +revoked .* never/);
    expect((await runCli(api, "tokens revoke token9")).exitCode).toBe(1);
  });
});
