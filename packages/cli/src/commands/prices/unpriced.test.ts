import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOW, runCli } from "../../testing/run-cli.ts";

let api: MemoryApi;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
});
afterEach(() => api.close());

function model(fields: object = {}) {
  return {
    service: "openai",
    model: "gpt-9",
    operation: "chat",
    unpriced_calls: 1200,
    first_date: "2026-11-02",
    last_date: "2026-11-22",
    input_tokens: 1_000_000,
    output_tokens: 200_000,
    reasons: ["no price is known for openai gpt-9"],
    unpriced_units: ["input", "output"],
    estimated_cost_usd: "12.3456",
    estimated_from: "openai/gpt-5.5",
    sampled_calls: 20,
    priceable: false,
    ...fields,
  };
}

function answer(models: readonly object[], total: string | null = "12.3456") {
  api.answerNext({ status: 200, body: { models, unpriced_calls: 1200, estimated_cost_usd: total } });
}

describe("prices unpriced", () => {
  it("asks about the days up to today", async () => {
    answer([]);
    const { stdout } = await runCli(api, "prices unpriced --days 7");
    expect(api.requests[0]).toMatchObject({
      path: "/prices/unpriced",
      query: { start_date: "2026-11-16", end_date: "2026-11-22" },
    });
    expect(stdout).toBe("Every call from 2026-11-16 to 2026-11-22 has a price.\n");
  });

  it("lists models with an estimate and the reasons, and says which price to set", async () => {
    answer([
      model(),
      model({
        service: "maps",
        model: null,
        operation: "place",
        unpriced_units: ["request"],
        estimated_cost_usd: null,
        estimated_from: null,
      }),
    ]);
    const { stdout } = await runCli(api, "prices unpriced");
    expect(stdout).toContain("1,200 calls without a price from 2026-10-24 to 2026-11-22, about $12.35");
    expect(stdout).toMatch(/openai +gpt-9 +1,200 +2026-11-02 +2026-11-22 +1,000,000 +200,000 +\$12\.35\n/);
    expect(stdout).toMatch(/maps +place .*unknown\n/);
    expect(stdout).toContain("openai gpt-9: no price is known for openai gpt-9; estimated by openai/gpt-5.5");
    expect(stdout).toContain("  ai-usage prices set --provider openai --model gpt-9 --input-per-million");
    expect(stdout).toContain("  ai-usage prices set --provider maps --model place --per-unit request=…\n");
    expect(stdout).not.toContain("restate");
  });

  it.each([
    [["input", "audio_input"], "--input-per-million … --output-per-million … --per-million audio_input=…"],
    [["x_widgets"], "--per-unit x_widgets=…"],
    [[], "--input-per-million … --output-per-million …"],
  ])("asks for prices of %j", async (unpriced_units, options) => {
    answer([model({ unpriced_units })]);
    const { stdout } = await runCli(api, "prices unpriced");
    expect(stdout).toContain(`  ai-usage prices set --provider openai --model gpt-9 ${options}\n`);
  });

  it("gives a shell nothing to run in a name", async () => {
    answer([model({ model: "x; rm -rf 'y'" })]);
    const { stdout } = await runCli(api, "prices unpriced");
    expect(stdout).toContain("--model 'x; rm -rf '\\''y'\\''' --input-per-million");
  });

  it("says how to fill in what today's prices price", async () => {
    answer([model({ priceable: true })]);
    const { stdout } = await runCli(api, "prices unpriced --days 10");
    expect(stdout).toContain("ai-usage prices restate --unpriced --from 2026-11-13 --to 2026-11-22");
    expect(stdout).not.toContain("prices set");
  });
});
