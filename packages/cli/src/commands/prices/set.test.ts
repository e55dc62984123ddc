import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ownPriceAnswer, priceAnswer } from "../../testing/price-answers.ts";
import { NOW, runCli } from "../../testing/run-cli.ts";

let api: MemoryApi;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
});
afterEach(() => api.close());

function answer(current: readonly object[], set: object = ownPriceAnswer()) {
  api.answerNext({ status: 200, body: { prices: current, next_cursor: null } }, { status: 201, body: set });
}

const SET = "prices set --provider openai --model gpt-4o";

describe("prices set", () => {
  it("sends what was given, amounts as text", async () => {
    answer([]);
    const { exitCode } = await runCli(
      api,
      `${SET} --also-called gpt-4o-x,my-* --service azure_eu --input-per-million 2 --output-per-million 8.00 ` +
        "--per-million cache_read=0.000000000000000001 --per-thousand search=10 --per-unit image=0.04 --tier batch,flex " +
        "--region us-* --prompt-over 200000 --minimum second=10 --free-refusals --from 2026-12-01 --to 2027-01-01T00:00:00Z " +
        "--context-window 128000 --max-output-tokens 4096 --inactive --source 'contract of 2026-11-01' --note x --json",
    );
    expect(exitCode).toBe(0);
    expect(api.requests.at(-1)).toMatchObject({ method: "PUT", path: "/prices" });
    expect(api.requests.at(-1)?.body).toEqual({
      provider: "openai",
      model_name: "gpt-4o",
      names: ["gpt-4o-x", "my-*"],
      services: ["azure_eu"],
      input_cost_per_million: "2",
      output_cost_per_million: "8",
      per_million: { cache_read: "0.000000000000000001" },
      per_thousand: { search: "10" },
      per_unit: { image: "0.04" },
      when: { tier: ["batch", "flex"], region: "us-*", prompt_over: 200000 },
      minimum: { second: 10 },
      free_refusals: true,
      effective_from: "2026-12-01",
      effective_to: "2027-01-01T00:00:00.000Z",
      context_window: 128000,
      max_output_tokens: 4096,
      is_active: false,
      source: "contract of 2026-11-01",
      note: "x",
    });
  });

  it("shows beforehand what it puts in the place of what, so that a slip of a digit shows", async () => {
    answer([priceAnswer({ when: { tier: "batch" } }), priceAnswer()]);
    const { stdout, stderr } = await runCli(
      api,
      `${SET} --input-per-million 20 --output-per-million 8 --from 2026-12-01`,
    );
    expect(api.requests[0]?.query).toEqual({ provider: "openai", model: "gpt-4o", at: "2026-12-01" });
    expect(stderr).toMatch(/openai\/gpt-4o {2}from 2026-12-01\n/);
    expect(stderr).toMatch(/input +million +\$2\.50 +\$20\.00 +\+700 %\n/);
    expect(stderr).toMatch(/output +million +\$10\.00 +\$8\.00 +-20 %\n/);
    expect(stderr).toMatch(/cache_read +million +\$1\.25 +none\n/);
    expect(stderr).toMatch(/calls that use cache_read become unpriced[^\n]*\n\n$/);
    expect(stdout).toMatch(/^openai\/gpt-4o {2}from 2026-12-01\n {2}input +\$2\.00 per million\n/);
  });

  it("sets a factor in the place of prices", async () => {
    answer([]);
    const { stderr } = await runCli(api, `${SET} --tier batch --multiply 0.5 --multiplies tokens,search`);
    expect(api.requests.at(-1)?.body).toMatchObject({ multiply: "0.5", multiplies: ["tokens", "search"] });
    expect(stderr).toContain("× 0.5 on its other prices");
  });

  it("finds the row with the same conditions, however they are written", async () => {
    answer([
      priceAnswer(),
      priceAnswer({ when: { tier: ["batch"] }, per_million: { input: "1" }, row_id: "b" }),
    ]);
    const { stderr } = await runCli(api, `${SET} --tier batch --input-per-million 2`);
    expect(stderr).toMatch(/when tier batch\n/);
    expect(stderr).toMatch(/input +million +\$1\.00 +\$2\.00 +\+100 %\nnow by b\n/);
  });

  it("sets nothing with --dry-run", async () => {
    answer([priceAnswer()]);
    const { stdout } = await runCli(api, `${SET} --per-thousand search=5 --dry-run`);
    expect(api.requests).toHaveLength(1);
    expect(stdout).toMatch(/search +one +none +\$0\.005\n/);
  });

  it("sets for a token that may not read", async () => {
    api.answerNext({ status: 403, body: { message: "Forbidden" } }, { status: 201, body: ownPriceAnswer() });
    expect((await runCli(api, `${SET} --input-per-million 2`)).exitCode).toBe(0);
  });

  it("says of unpriced calls that they are filled in", async () => {
    answer([], { ...ownPriceAnswer(), fills_in: 1200 });
    const { stdout } = await runCli(api, `${SET} --input-per-million 2`);
    expect(stdout).toContain("without a price that may have this one: 1,200. They are filled in");
    expect(stdout).toContain("ai-usage prices restate --unpriced --from 2026-10-24 --to 2026-11-22\n");
  });

  it("shows which field the API refuses", async () => {
    const problem = {
      type: "about:blank",
      title: "Bad request",
      status: 400,
      detail: "per_million.input must be a whole number of 10⁻¹⁸ dollars",
    };
    api.answerNext({ status: 200, body: { prices: [], next_cursor: null } }, { status: 400, body: problem });
    const { exitCode, stderr } = await runCli(api, `${SET} --input-per-million 2`);
    expect({ exitCode, told: stderr.includes(problem.detail) }).toEqual({ exitCode: 1, told: true });
  });

  it.each([
    [SET, "or else --multiply"],
    [`${SET} --multiply 0.5 --input-per-million 2`, "or else --multiply"],
    [`${SET} --multiply half`, "plain decimal"],
    [`${SET} --input-per-million -2`, "below zero"],
    [`${SET} --input-per-million 1e3`, "plain decimal"],
    [`${SET} --input-per-million 2 --per-million input=3`, "input is given two prices"],
    [`${SET} --per-million token=3`, "token is no unit"],
    [`${SET} --prompt-over 5 --prompt-from 6 --input-per-million 2`, "cannot be used with"],
    ["prices set --provider openai --input-per-million 2", "--model"],
  ])("refuses %s", async (args, message) => {
    const { exitCode, stderr } = await runCli(api, args);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
    expect(api.requests).toHaveLength(0);
  });
});

describe("prices delete", () => {
  it("shows what is no longer there", async () => {
    api.answerNext({ status: 200, body: ownPriceAnswer() });
    const { stdout } = await runCli(api, "prices delete price_1");
    expect(api.requests[0]).toMatchObject({ method: "DELETE", path: "/prices/price_1" });
    expect(stdout).toMatch(/^deleted\nopenai\/gpt-4o/);
  });
});

describe("prices history", () => {
  it("shows of each change what differs, and nothing of what stayed", async () => {
    const before = {
      price_id: "price_1",
      provider: "openai",
      model_name: "gpt-4o",
      per_million: { input: "2.5", output: "10" },
      note: "old",
    };
    const { note: _, ...kept } = before;
    const after = { ...kept, per_million: { input: "2", output: "10" }, names: ["a", "b"] };
    const discount = { adjustment_id: "adj_1", kind: "discount", scope: "team:growth", percent: "5" };
    api.answerNext({
      status: 200,
      body: {
        entries: [
          { at: NOW, by: "admin1", action: "put", subject: "price_1", before, after },
          { at: NOW, by: "admin2", action: "put", subject: "price_1", before: null, after: before },
          { at: NOW, by: "admin2", action: "unadjust", subject: "adj_1", before: discount, after: null },
          {
            at: NOW,
            by: "admin2",
            action: "import",
            subject: "imp_1",
            before: null,
            after: { prices: [before] },
          },
        ],
        next_cursor: null,
      },
    });
    const { stdout } = await runCli(api, "prices history --limit 2");
    expect(api.requests[0]).toMatchObject({ path: "/prices/history", query: { limit: "2" } });
    const [, first, second, third, fourth] = stdout.split("\n");
    expect(first).toMatch(
      /^2026-11-22 12:00:00Z {2}admin1 +put +openai\/gpt-4o +price_1 +per_million\.input 2\.5 → 2, note old removed, names a b$/,
    );
    expect(second).toMatch(/price_1 +per_million\.input 2\.5, per_million\.output 10, note old$/);
    expect(third).toMatch(/unadjust +discount team:growth +adj_1 +percent 5 removed$/);
    expect(fourth).toMatch(/import +1 price +imp_1 +openai\/gpt-4o$/);
  });

  it("says when there was none", async () => {
    api.answerNext({ status: 200, body: { entries: [], next_cursor: null } });
    expect((await runCli(api, "prices history")).stdout).toContain("No price was ever changed");
  });
});
