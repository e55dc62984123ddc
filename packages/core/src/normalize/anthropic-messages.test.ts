import { describe, expect, it } from "vitest";
import { normalizeUsage } from "./normalize-usage.ts";

/** https://platform.claude.com/docs/en/api/messages/create, the shape of an answer. */
const message = {
  id: "msg_013Zva2CMHLNnXjNJJKqJ2EF",
  type: "message",
  role: "assistant",
  model: "claude-opus-5-5",
  content: [{ type: "text", text: "Hi! My name is Claude." }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: {
    input_tokens: 2095,
    cache_creation_input_tokens: 2051,
    cache_read_input_tokens: 2051,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 2051 },
    output_tokens: 503,
    output_tokens_details: { thinking_tokens: 120 },
    server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
    service_tier: "standard",
    inference_geo: "global",
    speed: "standard",
  },
};

const read = (usage: object, more: object = {}, options: object = {}) =>
  normalizeUsage("anthropic.messages", { ...message, ...more, usage }, options);

describe("usage of a message", () => {
  it("is read from an answer as it comes, thinking out of the output and cached tokens beside the input", () => {
    expect(normalizeUsage("anthropic.messages", message)).toEqual({
      service: "anthropic",
      model: "claude-opus-5-5",
      requestId: "msg_013Zva2CMHLNnXjNJJKqJ2EF",
      served: { tier: "standard", region: "global" },
      usage: {
        input: 2095,
        cache_read: 2051,
        cache_write_5m: 0,
        cache_write_1h: 2051,
        output: 383,
        reasoning: 120,
        search: 0,
      },
      usageProblems: [],
    });
  });

  // https://platform.claude.com/docs/en/build-with-claude/prompt-caching: "Pride and Prejudice", written and read again.
  it("has written tokens kept for five minutes, where their life is not told", () => {
    const first = {
      cache_creation_input_tokens: 188086,
      cache_read_input_tokens: 0,
      input_tokens: 21,
      output_tokens: 393,
    };
    const second = {
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 188086,
      input_tokens: 21,
      output_tokens: 393,
    };
    expect(read(first).usage).toEqual({ input: 21, cache_read: 0, cache_write_5m: 188086, output: 393 });
    expect(read(second).usage).toEqual({ input: 21, cache_read: 188086, cache_write_5m: 0, output: 393 });
  });

  it("has what the parts of written tokens leave over kept for five minutes", () => {
    const usage = { cache_creation_input_tokens: 100, cache_creation: { ephemeral_1h_input_tokens: 60 } };
    expect(read(usage).usage).toEqual({ cache_write_5m: 40, cache_write_1h: 60 });
  });

  it("does not make up what an answer leaves out", () => {
    expect(read({ input_tokens: 10, output_tokens: 25, cache_read_input_tokens: null }).usage).toEqual({
      input: 10,
      output: 25,
    });
    expect(normalizeUsage("anthropic.messages", { id: "msg_1" }).usage).toEqual({});
  });

  it("keeps a count that nobody knows", () => {
    const usage = {
      input_tokens: 1,
      output_tokens: 1,
      server_tool_use: { web_search_requests: 0, oracle_requests: 4 },
    };
    expect(read(usage).usage).toEqual({
      input: 1,
      output: 1,
      search: 0,
      x_server_tool_use_oracle_requests: 4,
    });
  });

  it("tells what does not add up", () => {
    const { usage, usageProblems } = read({
      input_tokens: 1,
      cache_creation_input_tokens: 10,
      cache_creation: { ephemeral_5m_input_tokens: 8, ephemeral_1h_input_tokens: 7 },
      output_tokens: 5,
      output_tokens_details: { thinking_tokens: 9 },
    });
    expect(usage).toEqual({ input: 1, cache_write_5m: 8, cache_write_1h: 7, output: 0, reasoning: 5 });
    expect(usageProblems).toEqual([
      "usage.cache_creation_input_tokens is 5 less than its parts",
      "usage.output_tokens is 5, less than the 9 tokens of its parts",
    ]);
  });
});

describe("how a message was served", () => {
  const servedBy = (usage: object) => read({ input_tokens: 1, output_tokens: 1, ...usage }).served;

  it("is told in the usage", () => {
    expect(servedBy({ service_tier: "priority", inference_geo: "us" })).toEqual({
      tier: "priority",
      region: "us",
    });
    expect(servedBy({ service_tier: "batch" })).toEqual({ tier: "batch" });
    expect(servedBy({ service_tier: "standard", speed: "fast" })).toEqual({ tier: "fast" });
    expect(servedBy({ service_tier: null, inference_geo: "not_available" })).toBeUndefined();
  });

  it("stands beside what was asked for", () => {
    const request = {
      model: "claude-opus-5-5",
      speed: "fast",
      inference_geo: "us",
      service_tier: "standard_only",
    };
    expect(
      read({ input_tokens: 1, speed: "standard", service_tier: "standard" }, {}, { request }),
    ).toMatchObject({
      served: { tier: "standard" },
      requested: { model: "claude-opus-5-5", tier: "fast", region: "us" },
    });
  });
});

describe("tools on Anthropic's servers", () => {
  // https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool
  it("count searches, and no fetches, which cost their tokens alone", () => {
    const usage = {
      input_tokens: 105,
      output_tokens: 6039,
      cache_read_input_tokens: 7123,
      cache_creation_input_tokens: 7345,
      server_tool_use: { web_search_requests: 2, web_fetch_requests: 3 },
    };
    expect(read(usage).usage).toEqual({
      input: 105,
      cache_read: 7123,
      cache_write_5m: 7345,
      output: 6039,
      search: 2,
    });
  });

  // https://platform.claude.com/docs/en/agents-and-tools/tool-use/code-execution-tool
  it("count a container in which code ran, unless the request has tools with which that is free", () => {
    const content = [
      { type: "server_tool_use", id: "srvtoolu_1", name: "bash_code_execution", input: { command: "ls" } },
      { type: "bash_code_execution_tool_result", tool_use_id: "srvtoolu_1", content: {} },
    ];
    const usage = { input_tokens: 45, output_tokens: 187 };
    const withTool = (type: string) => ({ request: { model: "claude-opus-5-5", tools: [{ type }] } });
    expect(read(usage, { content }).usage.session).toBe(1);
    expect(read(usage, { content }, withTool("code_execution_20260120")).usage.session).toBe(1);
    expect(read(usage, { content }, withTool("web_search_20260209")).usage.session).toBeUndefined();
    expect(read(usage).usage.session).toBeUndefined();
  });
});

describe("a refusal", () => {
  const refused = {
    stop_reason: "refusal",
    stop_details: { type: "refusal", category: "cyber", explanation: "…" },
  };
  const refusalOf = (more: object, output_tokens: number) =>
    read({ input_tokens: 106, output_tokens }, { ...refused, ...more }).refusal;

  // https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-fallback-credit.html: nothing said, one token.
  it("came before any output when there is none in the message", () => {
    expect(refusalOf({ content: [] }, 1)).toBe("before_output");
    expect(refusalOf({}, 0)).toBe("before_output");
    const mark = { type: "fallback", from: { model: "claude-fable-5" }, to: { model: "claude-opus-4-8" } };
    expect(refusalOf({ content: [mark] }, 3)).toBe("before_output");
  });

  it("came after output when there is some", () => {
    expect(refusalOf({ content: [{ type: "text", text: "First, take" }] }, 12)).toBe("after_output");
  });

  it("is no end of other kinds", () => {
    expect(normalizeUsage("anthropic.messages", message).refusal).toBeUndefined();
  });

  it("may be made good by a credit on the next attempt, which the usage does not show", () => {
    const usage = { input_tokens: 3, output_tokens: 5, fallback_credit: { status: { type: "redeemed" } } };
    expect(read(usage).usageProblems).toEqual([
      "usage.fallback_credit was redeemed: the bill may be less than the usage makes",
    ]);
    const not = { ...usage, fallback_credit: { status: { type: "not_applied", reason: "expired" } } };
    expect(read(not).usageProblems).toEqual([]);
  });
});
