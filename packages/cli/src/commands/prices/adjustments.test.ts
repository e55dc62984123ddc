import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOW, runCli } from "../../testing/run-cli.ts";

let api: MemoryApi;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
});
afterEach(() => api.close());

const discount = {
  adjustment_id: "adj_1",
  kind: "discount",
  scope: "service:openai",
  percent: "12.5",
  effective_from: "2026-12-01T00:00:00.000Z",
  effective_to: null,
  note: "contract",
};

describe("prices discount", () => {
  it("is set for a scope from a date on, the percentage as text", async () => {
    api.answerNext({ status: 201, body: discount });
    const { stdout } = await runCli(
      api,
      "prices discount --scope service:openai --percent 12.5% --from 2026-12-01 --note contract",
    );
    expect(api.requests[0]).toMatchObject({ method: "PUT", path: "/prices/adjustments" });
    expect(api.requests[0]?.body).toEqual({
      kind: "discount",
      scope: "service:openai",
      percent: "12.5",
      effective_from: "2026-12-01",
      note: "contract",
    });
    expect(stdout).toMatch(/adj_1 +discount +12\.5 % +service:openai +from 2026-12-01 +contract\n/);
  });

  it("takes the place of one that is named", async () => {
    api.answerNext({ status: 200, body: discount });
    await runCli(api, "prices discount --scope service:openai --percent 10 --replace adj_1");
    expect(api.requests[0]).toMatchObject({ method: "PUT", path: "/prices/adjustments/adj_1" });
  });

  it.each([
    ["prices discount --scope openai --percent 10", "dimension:value"],
    ["prices margin --scope global:all --percent ten", "percentage"],
    ["prices margin --scope global:all", "--percent"],
  ])("refuses %s", async (args, message) => {
    const { exitCode, stderr } = await runCli(api, args);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });
});

describe("prices margin", () => {
  it("is set like a discount", async () => {
    api.answerNext({ status: 201, body: { ...discount, kind: "margin" } });
    const { stdout } = await runCli(api, "prices margin --scope global:all --percent 5 --json");
    expect(api.requests[0]?.body).toEqual({ kind: "margin", scope: "global:all", percent: "5" });
    expect(JSON.parse(stdout)).toMatchObject({ kind: "margin" });
  });
});

describe("prices adjustments", () => {
  it("lists them, with and without the word for it", async () => {
    for (const args of ["prices adjustments", "prices adjustments list"]) {
      api.answerNext({ status: 200, body: { adjustments: [discount] } });
      expect((await runCli(api, args)).stdout).toContain("adj_1");
    }
    api.answerNext({ status: 200, body: { adjustments: [discount] } });
    expect(JSON.parse((await runCli(api, "prices adjustments --json")).stdout)).toEqual({
      adjustments: [discount],
    });
  });

  it("says how to set the first one", async () => {
    api.answerNext({ status: 200, body: { adjustments: [] } });
    expect((await runCli(api, "prices adjustments")).stdout).toContain("ai-usage prices discount --scope");
  });

  it("deletes one", async () => {
    api.answerNext({ status: 200, body: discount });
    const { stdout } = await runCli(api, "prices adjustments delete adj_1");
    expect(api.requests[0]).toMatchObject({ method: "DELETE", path: "/prices/adjustments/adj_1" });
    expect(stdout).toMatch(/^deleted\n.*\nadj_1/);
  });
});
