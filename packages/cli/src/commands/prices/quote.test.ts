import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOW, runCli } from "../../testing/run-cli.ts";

let api: MemoryApi;
let cwd: string;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
  cwd = mkdtempSync(join(tmpdir(), "quote-"));
});
afterEach(() => {
  rmSync(cwd, { recursive: true });
  return api.close();
});

const ROW = "openai/gpt-4o/2024-10-02";

function line(fields: object) {
  return { model: "gpt-4o", quantity: 1, row_id: ROW, multiplier_ids: [], ...fields };
}

const priced = {
  pricing_status: "priced",
  cost_usd: "0.007",
  list_cost_usd: "0.007",
  reported_cost_usd: null,
  price_id: ROW,
  unpriced_reason: null,
  unpriced_units: [],
  lines: [
    line({ unit: "input", quantity: 1200, unit_price_usd: "0.0000025", amount_usd: "0.003" }),
    line({ unit: "cache_read", quantity: 800, unit_price_usd: "0.00000125", amount_usd: "0.001" }),
    line({ unit: "output", quantity: 300, unit_price_usd: "0.00001", amount_usd: "0.003" }),
  ],
  adjustments: [],
  warnings: [],
  enforcement: { policy: "estimate", action: "allow", estimated_cost_usd: null, estimated_from: null },
};

function answer(fields: object = {}) {
  api.answerNext({ status: 200, body: { ...priced, ...fields } });
}

const QUOTE = "prices quote --service openai --model gpt-4o";

describe("prices quote", () => {
  it("sends what the options say of the call", async () => {
    answer();
    await runCli(
      api,
      `${QUOTE} --input-tokens 1200 --output-tokens 300 --usage cache_read=800 --usage search=2 --tier batch --region eu ` +
        "--at 2026-11-01 --calls 3 --billing-account main --volume-before 9000 --team growth --metadata department=sales",
    );
    expect(api.requests[0]).toMatchObject({ method: "POST", path: "/prices/quote" });
    expect(api.requests[0]?.body).toEqual({
      service: "openai",
      model: "gpt-4o",
      timestamp: "2026-11-01T00:00:00.000Z",
      usage: { input: 1200, output: 300, cache_read: 800, search: 2 },
      served: { tier: "batch", region: "eu" },
      call_count: 3,
      billing_account: "main",
      volume_before: 9000,
      team: "growth",
      metadata: { department: "sales" },
    });
  });

  it("shows lines with every digit, one below the other, that add up to the cost", async () => {
    answer();
    const { stdout } = await runCli(
      api,
      `${QUOTE} --input-tokens 1200 --output-tokens 300 --usage cache_read=800`,
    );
    expect(stdout).toBe(
      [
        "openai gpt-4o",
        "",
        "unit        quantity          unit price  amount  price",
        "input          1,200   $2.50 per million  $0.003  [1]",
        "cache_read       800   $1.25 per million  $0.001  [1]",
        "output           300  $10.00 per million  $0.003  [1]",
        "cost                                      $0.007",
        "",
        `[1] ${ROW}`,
        "",
      ].join("\n"),
    );
  });

  it("adds discounts and margins to the list price, and says whose they are", async () => {
    answer({
      cost_usd: "0.006125",
      adjustments: [
        {
          adjustment_id: "adj_1",
          kind: "discount",
          scope: "service:openai",
          percent: "12.5",
          amount_usd: "-0.000875",
        },
      ],
    });
    const { stdout } = await runCli(api, `${QUOTE} --input-tokens 1200`);
    expect(stdout).toMatch(/list price +\$0\.007000\n/);
    expect(stdout).toMatch(/discount +12\.5 % +service:openai +-\$0\.000875 +adj_1\n/);
    expect(stdout).toMatch(/cost +\$0\.006125\n/);
  });

  it("sums up each of several models, and names the factors in a price", async () => {
    answer({
      lines: [
        line({
          unit: "input",
          quantity: 1000,
          unit_price_usd: "0.00000275",
          amount_usd: "0.00275",
          multiplier_ids: ["eu"],
        }),
        line({ unit: "search", quantity: 2, unit_price_usd: "0.01", amount_usd: "0.02" }),
        line({
          model: "small",
          unit: "output",
          quantity: 10,
          unit_price_usd: "0.000001",
          amount_usd: "0.00001",
          row_id: "b",
        }),
      ],
      cost_usd: "0.02276",
      list_cost_usd: "0.02276",
    });
    const { stdout } = await runCli(api, `${QUOTE} --input-tokens 1000`);
    expect(stdout).toMatch(/input +1,000 +\$2\.75 per million +\$0\.00275 +\[1\] × \[2\]\n/);
    expect(stdout).toMatch(/search +2 +\$0\.01 each +\$0\.02000 +\[1\]\n/);
    expect(stdout).toMatch(/= gpt-4o +\$0\.02275\n/);
    expect(stdout).toMatch(/= small +\$0\.00001\n/);
    expect(stdout).toContain(`[1] ${ROW}\n[2] eu\n[3] b\n`);
  });

  it("lets the provider's own figure win, and shows the list price beside it", async () => {
    answer({ pricing_status: "reported", cost_usd: "0.0065", reported_cost_usd: "0.0065" });
    const { stdout } = await runCli(api, `${QUOTE} --input-tokens 1200 --cost-usd 0.0065`);
    expect(stdout).toMatch(/list price +\$0\.0070\nprovider's figure +\$0\.0065\ncost +\$0\.0065\n/);
  });

  it("puts warnings below", async () => {
    answer({ warnings: ["priced by the tier that was served, standard; flex was asked for"] });
    const { stdout } = await runCli(api, `${QUOTE} --input-tokens 1200`);
    expect(stdout).toMatch(/\[1\] .*\n\nnote {2}priced by the tier that was served.*\n$/);
  });

  it("names the rule by which a call costs nothing", async () => {
    answer({ lines: [], cost_usd: "0", list_cost_usd: "0", price_id: "rule/failed-call" });
    const { stdout } = await runCli(api, QUOTE);
    expect(stdout).toMatch(/cost +\$0\.00\n\nby rule\/failed-call\n/);
  });

  it("says which unit has no price, how to set it with the other tokens, and what becomes of such calls", async () => {
    answer({
      pricing_status: "unpriced",
      cost_usd: null,
      list_cost_usd: null,
      unpriced_reason: `${ROW} has no price for cache_write_30m`,
      unpriced_units: ["cache_write_30m"],
      enforcement: {
        policy: "estimate",
        action: "allow",
        estimated_cost_usd: "0.01",
        estimated_from: "openai/gpt-5",
      },
    });
    const { exitCode, stdout } = await runCli(api, `${QUOTE} --tier batch --usage cache_write_30m=5`);
    expect(exitCode).toBe(0);
    expect(stdout).not.toMatch(/^cost/m);
    expect(stdout).toContain(`unpriced  ${ROW} has no price for cache_write_30m`);
    expect(stdout).toContain(
      "ai-usage prices set --provider openai --model gpt-4o --tier batch --per-million input=… " +
        "--per-million cache_read=… --per-million output=… --per-million cache_write_30m=…",
    );
    expect(stdout).toContain(
      "Hard budgets allow such a call (policy estimate), counted as $0.01 by openai/gpt-5",
    );
  });

  it("asks what was used where nothing was said", async () => {
    const reason = "no usage was reported, and openai/gpt-4o has no price per request";
    answer({ pricing_status: "unpriced", cost_usd: null, unpriced_reason: reason, lines: [] });
    const { stdout } = await runCli(api, QUOTE);
    expect(stdout).toContain("Say what it used: --input-tokens");
    expect(stdout).not.toContain("prices set");
  });

  it("is the API's answer alone with --json", async () => {
    answer();
    const { stdout, stderr } = await runCli(api, `${QUOTE} --input-tokens 1 --json`);
    expect({ stderr, answer: JSON.parse(stdout) }).toEqual({ stderr: "", answer: priced });
  });

  it.each([
    ["prices quote --input-tokens 1", "give --service"],
    ["prices quote --service openai --input-tokens 1", "give --model, or --operation"],
    [`${QUOTE} --usage tokens=5`, "tokens is no unit"],
    [`${QUOTE} --usage search=some`, "whole number"],
    [`${QUOTE} --usage search`, "unit=value"],
    [`${QUOTE} --usage search=1 --usage search=2`, "search is given twice"],
    [`${QUOTE} --usage input=5 --input-tokens 4`, "not both"],
    [`${QUOTE} --at yesterday`, "yyyy-mm-dd"],
    [`${QUOTE} --format openai.chat`, "--response"],
    [`${QUOTE} --response a.json --input-tokens 4`, "cannot be used with"],
  ])("refuses %s", async (args, message) => {
    const { exitCode, stderr } = await runCli(api, args);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
    expect(api.requests).toHaveLength(0);
  });
});

describe("prices quote of a provider's answer", () => {
  const chat = {
    id: "chatcmpl-1",
    object: "chat.completion",
    model: "gpt-4o-2024-08-06",
    service_tier: "default",
    choices: [{ message: { role: "assistant", content: "the secret text" } }],
    usage: {
      prompt_tokens: 2000,
      completion_tokens: 300,
      total_tokens: 2300,
      prompt_tokens_details: { cached_tokens: 800 },
    },
  };

  it("reads the counts here, so that no text of the call leaves the machine", async () => {
    writeFileSync(join(cwd, "answer.json"), JSON.stringify(chat, null, 2));
    answer();
    const { exitCode, stderr } = await runCli(api, "prices quote --response answer.json --team growth", {
      cwd,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "read as openai.chat, billed by openai\n" });
    expect(api.requests[0]?.body).toMatchObject({
      service: "openai",
      model: "gpt-4o-2024-08-06",
      usage: { input: 1200, cache_read: 800, output: 300 },
      team: "growth",
    });
    expect(JSON.stringify(api.requests)).not.toContain("secret");
  });

  it("lets the options say what would be otherwise", async () => {
    answer();
    const { exitCode } = await runCli(
      api,
      "prices quote --response - --service azure --tier batch --region eu",
      {
        stdin: JSON.stringify(chat),
      },
    );
    expect(exitCode).toBe(0);
    expect(api.requests[0]?.body).toMatchObject({
      service: "azure",
      served: { tier: "batch", region: "eu" },
    });
  });

  it("takes the model from the option where the answer names none", async () => {
    answer();
    const converse = {
      usage: { inputTokens: 5, outputTokens: 2, totalTokens: 7 },
      stopReason: "end_turn",
      metrics: {},
    };
    await runCli(
      api,
      "prices quote --response - --format bedrock.converse --model anthropic.claude-3-haiku-20240307-v1:0",
      {
        stdin: JSON.stringify(converse),
      },
    );
    expect(api.requests[0]?.body).toMatchObject({ service: "bedrock", usage: { input: 5, output: 2 } });
    expect(api.requests[0]?.body).toHaveProperty("model", expect.stringContaining("claude-3-haiku"));
  });

  it.each([
    ["a file that is not there", "none.json", "", "none.json cannot be read"],
    ["a directory", ".", "", "is a directory"],
    ["text", "-", "hello", "standard input is no JSON object"],
    ["a list", "-", "[{}]", "is a list"],
    ["nothing", "-", "", "holds no answer"],
    ["several", "-", `${JSON.stringify(chat)}\n${JSON.stringify(chat)}`, "several answers"],
    [
      "one without a model",
      "-",
      '{"usage": {"inputTokens": 5, "outputTokens": 2, "totalTokens": 7}, "stopReason": "end_turn", "metrics": {}}',
      "the answer names no model: give --model",
    ],
    ["what no format looks like", "-", '{"tokens": 5}', "give --format, one of openai.chat"],
  ])("refuses %s", async (_, file, stdin, message) => {
    const { exitCode, stderr } = await runCli(api, `prices quote --response ${file}`, { stdin, cwd });
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
    expect(api.requests).toHaveLength(0);
  });
});
