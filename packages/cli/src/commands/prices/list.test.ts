import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ownPriceAnswer, priceAnswer } from "../../testing/price-answers.ts";
import { NOW, runCli } from "../../testing/run-cli.ts";

let api: MemoryApi;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
});
afterEach(() => api.close());

function answer(prices: readonly object[], next_cursor: string | null = null) {
  api.answerNext({ status: 200, body: { prices, next_cursor } });
}

describe("prices list", () => {
  it("asks for what was named", async () => {
    answer([]);
    await runCli(api, "prices list --service gemini --model gemini-2.5-pro --at 2026-12-01 --own --limit 7");
    expect(api.requests[0]).toMatchObject({
      path: "/prices",
      query: { service: "gemini", model: "gemini-2.5-pro", at: "2026-12-01", own: "true", limit: "7" },
    });
  });

  it("is a line a row: conditions, dates, whose it is, amounts", async () => {
    answer([
      priceAnswer({ effective_to: "2026-12-01T00:00:00.000Z" }),
      ownPriceAnswer({ when: { tier: ["batch", "flex"], prompt_over: 200000 } }),
      priceAnswer({ model: "dall-e-3", verified: false, per_million: {}, per_unit: { image: "0.04" } }),
      priceAnswer({ when: { tier: "batch" }, per_million: {}, multiply: "0.5", effective_from: null }),
    ]);
    const { stdout } = await runCli(api, "prices list");
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatch(
      /^openai +gpt-4o +2024-10-02 until 2026-12-01 +input 2\.50, output 10\.00, cache_read 1\.25 per million$/,
    );
    expect(lines[2]).toMatch(
      /tier batch or flex, prompt over 200,000 +from 2026-12-01 +own +input 2\.00, output 8\.00/,
    );
    expect(lines[3]).toMatch(/unchecked +image 0\.04 each$/);
    expect(lines[4]).toMatch(/tier batch +always +× 0\.5$/);
  });

  it("keeps in the terminal's width, and is whole where it goes elsewhere", async () => {
    const long = priceAnswer({ model: "m".repeat(90), when: { region: ["us", "us-*"], tier: "priority" } });
    answer([long]);
    const shown = await runCli(api, "prices list", { terminal: true, env: { NO_COLOR: "1" } });
    for (const line of shown.stdout.trimEnd().split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    answer([long]);
    expect((await runCli(api, "prices list")).stdout).toContain("m".repeat(90));
  });

  it("says that there are more, and how to set the first own one", async () => {
    answer([priceAnswer()], "c1");
    expect((await runCli(api, "prices list --limit 1")).stderr).toContain("--cursor c1");
    answer([]);
    expect((await runCli(api, "prices list --own")).stdout).toContain("ai-usage prices set");
  });

  it("is JSON with the cursor", async () => {
    answer([priceAnswer()], "c1");
    const { stdout, stderr } = await runCli(api, "prices list --limit 1 --json");
    expect({ stderr, ...JSON.parse(stdout) }).toEqual({
      stderr: "",
      prices: [priceAnswer()],
      next_cursor: "c1",
    });
  });
});

describe("prices show", () => {
  it("asks for all dates, page by page", async () => {
    answer([priceAnswer()], "c1");
    answer([ownPriceAnswer()]);
    const { stdout } = await runCli(api, "prices show gpt-4o --provider openai --json");
    expect(api.requests.map(({ query }) => query)).toMatchObject([
      { provider: "openai", model: "gpt-4o", at: "all" },
      { provider: "openai", model: "gpt-4o", at: "all", cursor: "c1" },
    ]);
    expect(JSON.parse(stdout).prices).toHaveLength(2);
  });

  it("tells of each row what is known: units, where it is from, how far it was checked", async () => {
    answer([
      priceAnswer({ names: ["chatgpt-4o"], note: "as of the launch" }),
      ownPriceAnswer({
        per_million: {},
        volume: {
          unit: "request",
          meter: "autocomplete",
          period: "month",
          time_zone: "America/Los_Angeles",
          steps: [{ up_to: 10000, per_thousand: "0" }, { per_thousand: "2.83" }],
        },
      }),
    ]);
    const { stdout } = await runCli(api, "prices show gpt-4o --provider openai");
    expect(stdout).toContain("openai/gpt-4o  from 2024-10-02\n");
    expect(stdout).toMatch(/ {2}cache_read +\$1\.25 per million\n/);
    expect(stdout).toMatch(/ {2}checked +read in the provider's own page, 2026-11-20\n/);
    expect(stdout).toMatch(/ {2}also called +chatgpt-4o\n/);
    expect(stdout).toMatch(/ {2}note +as of the launch\n/);
    expect(stdout).toMatch(
      / {2}request +\$0 per thousand to 10,000, then \$2\.83 per thousand \(autocomplete, months of America\/Los_Angeles\)/,
    );
    expect(stdout).toMatch(/ {2}price id +price_1\n/);
  });

  it("fails where there is no price, and says how to set one", async () => {
    answer([]);
    const { exitCode, stdout, stderr } = await runCli(api, "prices show gpt-9 --provider openai");
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain(
      "no price is known for openai gpt-9\nSet one: ai-usage prices set --provider openai",
    );
  });
});
