import { describe, expect, it } from "vitest";
import { normalizeUsage } from "./normalize-usage.ts";

const chat = (service: string, answer: object) => normalizeUsage("openai.chat", answer, { service });

describe("xAI", () => {
  // Reasoning beside the completion: https://forem.com/maximsaplin/grok-3-api-reasoning-tokens-are-counted-differently-197
  it("counts reasoning beside the completion, which the total tells", () => {
    const { usage, usageProblems } = chat("xai", {
      id: "40cf0d65",
      model: "grok-3-mini",
      usage: {
        prompt_tokens: 37,
        completion_tokens: 530,
        total_tokens: 800,
        prompt_tokens_details: { text_tokens: 37, audio_tokens: 0, image_tokens: 0, cached_tokens: 8 },
        completion_tokens_details: { reasoning_tokens: 233, audio_tokens: 0 },
        num_sources_used: 0,
      },
    });
    expect(usage).toMatchObject({ input: 29, cache_read: 8, output: 530, reasoning: 233 });
    expect(usageProblems).toEqual([]);
  });

  // https://open.vnet.com/444316790e0: a later model, with reasoning inside.
  it("counts reasoning inside the completion in later models, which the total tells too", () => {
    const { usage } = chat("xai", {
      model: "grok-code-fast-1",
      usage: {
        prompt_tokens: 206,
        completion_tokens: 208,
        total_tokens: 414,
        prompt_tokens_details: { cached_tokens: 194, text_tokens: 206, audio_tokens: 0, image_tokens: 0 },
        completion_tokens_details: { text_tokens: 50, audio_tokens: 0, reasoning_tokens: 158 },
        input_tokens: 0,
        output_tokens: 0,
        input_tokens_details: null,
      },
    });
    expect(usage).toMatchObject({ input: 12, cache_read: 194, output: 50, reasoning: 158 });
  });

  // https://docs.x.ai/developers/cost-tracking: 37,756,000 ticks are $0.0037756.
  it("says what it charged, in ten-thousand-millionths of a dollar", () => {
    const { reportedCost } = chat("xai", {
      model: "grok-4.5",
      usage: { prompt_tokens: 199, completion_tokens: 1, total_tokens: 200, cost_in_usd_ticks: 37_756_000 },
    });
    expect(reportedCost).toBe("0.0037756");
  });

  // A response with three searches on X, as an account's log has it; no count in it may be one that nobody knows.
  it("counts the tools that ran on its servers, each once", () => {
    const result = normalizeUsage(
      "openai.responses",
      {
        id: "resp_1",
        model: "grok-4-1-fast",
        usage: {
          input_tokens: 7583,
          input_tokens_details: { cached_tokens: 3072 },
          output_tokens: 3192,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: 10775,
          num_sources_used: 0,
          num_server_side_tools_used: 3,
          cost_in_usd_ticks: 292331500,
          server_side_tool_usage_details: {
            web_search_calls: 0,
            x_search_calls: 3,
            code_interpreter_calls: 0,
            file_search_calls: 0,
            mcp_calls: 0,
            document_search_calls: 0,
            image_generation_calls: 0,
          },
          context_details: { input_tokens: 5993, output_tokens: 2995 },
        },
      },
      { service: "xai" },
    );
    expect(result.usage).toEqual({
      input: 4511,
      cache_read: 3072,
      output: 3192,
      reasoning: 0,
      search: 3,
      file_search: 0,
      tool_call: 0,
    });
    expect(result.reportedCost).toBe("0.02923315");
    expect(result.usageProblems).toEqual([]);
  });
});

describe("DeepSeek", () => {
  // https://api-docs.deepseek.com/guides/kv_cache: hits and misses are the prompt.
  it("tells hits and misses of its cache", () => {
    const { usage, usageProblems } = chat("deepseek", {
      model: "deepseek-v4-pro",
      usage: {
        prompt_tokens: 1_010,
        completion_tokens: 48,
        total_tokens: 1_058,
        prompt_tokens_details: { cached_tokens: 1_000 },
        completion_tokens_details: { reasoning_tokens: 38 },
        prompt_cache_hit_tokens: 1_000,
        prompt_cache_miss_tokens: 10,
      },
    });
    expect(usage).toEqual({ input: 10, cache_read: 1_000, output: 10, reasoning: 38 });
    expect(usageProblems).toEqual([]);
  });

  it("is believed in its hits where it has no details, and told when they do not add up", () => {
    const { usage, usageProblems } = chat("deepseek", {
      usage: {
        prompt_tokens: 100,
        completion_tokens: 1,
        total_tokens: 101,
        prompt_cache_hit_tokens: 64,
        prompt_cache_miss_tokens: 30,
      },
    });
    expect(usage).toEqual({ input: 36, cache_read: 64, output: 1 });
    expect(usageProblems).toEqual(["usage.prompt_cache_hit_tokens and the misses add up to 94, not 100"]);
  });
});

describe("Groq", () => {
  // https://github.com/groq/groq-typescript (CompletionUsage, ChatCompletionChunk.XGroq)
  const usage = {
    queue_time: 0.037493756,
    prompt_tokens: 18,
    prompt_time: 0.000680594,
    completion_tokens: 556,
    completion_time: 0.463333333,
    total_tokens: 574,
    total_time: 0.464013927,
  };

  it("tells times beside counts, which are no counts", () => {
    const answer = {
      id: "chatcmpl-f51b",
      model: "llama-3.3-70b-versatile",
      usage,
      service_tier: "on_demand",
    };
    expect(chat("groq", answer)).toMatchObject({
      service: "groq",
      served: { tier: "standard" },
      usage: { input: 18, output: 556 },
      usageProblems: [],
    });
    expect(Object.keys(chat("groq", answer).usage)).toEqual(["input", "output"]);
  });

  it("has usage elsewhere in the last chunk of a stream", () => {
    const chunk = {
      id: "chatcmpl-f51b",
      model: "llama-3.3-70b-versatile",
      choices: [],
      x_groq: { id: "req_1", usage },
    };
    expect(chat("groq", chunk).usage).toEqual({ input: 18, output: 556 });
  });
});

describe("Mistral", () => {
  // https://github.com/mistralai/client-ts (UsageInfo)
  it("tells the seconds of a recording, and the tier in the usage", () => {
    expect(
      chat("mistral", {
        id: "cmpl-e5cc70bb28c444948073e77776eb30ef",
        model: "voxtral-small-latest",
        usage: {
          prompt_tokens: 40,
          completion_tokens: 34,
          total_tokens: 74,
          prompt_audio_seconds: 17,
          service_tier: "priority",
        },
      }),
    ).toMatchObject({ served: { tier: "priority" }, usage: { input: 40, output: 34, second: 17 } });
  });

  it("takes an object in place of the seconds as not set", () => {
    const usage = { prompt_tokens: 4, completion_tokens: 3, total_tokens: 7, prompt_audio_seconds: {} };
    expect(chat("mistral", { usage })).toMatchObject({ usage: { input: 4, output: 3 }, usageProblems: [] });
  });
});

describe("OpenRouter", () => {
  // https://openrouter.ai/docs/use-cases/usage-accounting
  const usage = {
    completion_tokens: 2,
    completion_tokens_details: { reasoning_tokens: 0 },
    cost: 0.95,
    cost_details: { upstream_inference_cost: 19 },
    prompt_tokens: 194,
    prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 100, audio_tokens: 0 },
    total_tokens: 196,
  };

  it("says what it charged, and keeps what Anthropic's models write for five minutes", () => {
    const result = chat("openrouter", { model: "anthropic/claude-sonnet-4.5", usage });
    expect(result.usage).toMatchObject({ input: 94, cache_write_5m: 100, output: 2 });
    expect(result.reportedCost).toBe("0.95");
  });

  it("charges a fee on a key of one's own, beside what the other provider bills", () => {
    const result = chat("openrouter", { model: "openai/gpt-5.4", usage: { ...usage, is_byok: true } });
    expect(result.reportedCost).toBe("19.95");
  });

  it("is taken at its digits, not at the binary number behind them", () => {
    const result = chat("openrouter", { usage: { ...usage, cost: 7.5e-8, cost_details: undefined } });
    expect(result.reportedCost).toBe("0.000000075");
  });
});

describe("Perplexity", () => {
  // https://docs.perplexity.ai/docs/sonar/models/sonar-deep-research
  it("counts reasoning, citations and searches outside all totals", () => {
    const result = chat("perplexity", {
      id: "3f9e3f1a",
      model: "sonar-deep-research",
      usage: {
        prompt_tokens: 33,
        completion_tokens: 7163,
        total_tokens: 7196,
        citation_tokens: 20016,
        num_search_queries: 18,
        reasoning_tokens: 73997,
        search_context_size: "low",
        cost: {
          input_tokens_cost: 0.000066,
          output_tokens_cost: 0.057304,
          citation_tokens_cost: 0.040032,
          reasoning_tokens_cost: 0.221991,
          search_queries_cost: 0.09,
          total_cost: 0.409393,
        },
      },
    });
    expect(result.usage).toEqual({ input: 33, output: 7163, reasoning: 73997, citation: 20016, search: 18 });
    expect(result.reportedCost).toBe("0.409393");
    expect(result.usageProblems).toEqual([]);
  });
});
