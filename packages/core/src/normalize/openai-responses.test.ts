import { describe, expect, it } from "vitest";
import { normalizeUsage } from "./normalize-usage.ts";

/** https://developers.openai.com/api/docs/api-reference/responses/create, the answer of the first example, shortened. */
const story = {
  id: "resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b",
  object: "response",
  created_at: 1741476542,
  status: "completed",
  error: null,
  model: "gpt-4.1-2025-04-14",
  output: [{ type: "message", id: "msg_67cc", status: "completed", role: "assistant", content: [] }],
  service_tier: "default",
  tools: [],
  usage: {
    input_tokens: 36,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 87,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 123,
  },
};

const unitsOf = (answer: object, request?: object) =>
  normalizeUsage("openai.responses", { ...story, ...answer }, { request }).usage;

describe("usage of a response", () => {
  it("is read from an answer as it comes", () => {
    expect(normalizeUsage("openai.responses", story)).toEqual({
      service: "openai",
      model: "gpt-4.1-2025-04-14",
      requestId: "resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b",
      served: { tier: "standard" },
      usage: { input: 36, cache_read: 0, output: 87, reasoning: 0 },
      usageProblems: [],
    });
  });

  // Two calls of gpt-5.6-luna with one prefix: https://github.com/laravel/ai/pull/846
  it("has what was written to the cache and what was read from it inside the input", () => {
    const call = (input_tokens_details: object) =>
      unitsOf({
        usage: { input_tokens: 18014, input_tokens_details, output_tokens: 5, total_tokens: 18019 },
      });
    expect(call({ cache_write_tokens: 18011, cached_tokens: 0 })).toEqual({
      input: 3,
      cache_read: 0,
      cache_write_30m: 18011,
      output: 5,
    });
    expect(call({ cache_write_tokens: 0, cached_tokens: 18011 })).toEqual({
      input: 3,
      cache_read: 18011,
      cache_write_30m: 0,
      output: 5,
    });
  });

  // https://github.com/openai/openai-node/blob/v7.57.0/src/resources/responses/responses.ts (CacheWriteTokensDetails)
  it("tells what is kept for 30 minutes from what is kept for 12 hours", () => {
    expect(
      unitsOf({
        usage: {
          input_tokens: 10_000,
          input_tokens_details: {
            cached_tokens: 1_000,
            cache_write_tokens: 8_000,
            cache_write_tokens_details: { ttl_30m_tokens: 2_000, ttl_12h_tokens: 6_000 },
          },
          output_tokens: 10,
          total_tokens: 10_010,
        },
      }),
    ).toEqual({
      input: 1_000,
      cache_read: 1_000,
      cache_write_30m: 2_000,
      cache_write_12h: 6_000,
      output: 10,
    });
  });

  it("goes by the life time that the answer tells where it does not tell them apart", () => {
    const usage = {
      input_tokens: 10_000,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 8_000 },
      output_tokens: 10,
      total_tokens: 10_010,
    };
    expect(unitsOf({ usage, prompt_cache_options: { mode: "implicit", ttl: "12h" } })).toMatchObject({
      input: 2_000,
      cache_write_12h: 8_000,
    });
  });

  it("is in the last event of a stream", () => {
    expect(normalizeUsage("openai.responses", { type: "response.completed", response: story }).usage).toEqual(
      {
        input: 36,
        cache_read: 0,
        output: 87,
        reasoning: 0,
      },
    );
  });

  // https://developers.openai.com/api/docs/guides/realtime-costs
  it("is in the last event of a turn of the Realtime API, whose cached tokens are told apart", () => {
    const { usage, usageProblems } = normalizeUsage("openai.responses", {
      type: "response.done",
      event_id: "event_CCXIexmIZT5Ll8wO2uTjn",
      response: {
        object: "realtime.response",
        id: "resp_CCXHw0UJld10EzIUXQCNh",
        status: "completed",
        usage: {
          total_tokens: 253,
          input_tokens: 132,
          output_tokens: 121,
          input_token_details: {
            text_tokens: 119,
            audio_tokens: 13,
            image_tokens: 0,
            cached_tokens: 70,
            cached_tokens_details: { text_tokens: 64, audio_tokens: 6, image_tokens: 0 },
          },
          output_token_details: { text_tokens: 30, audio_tokens: 91 },
        },
      },
    });
    expect(usage).toEqual({
      input: 55,
      cache_read: 64,
      audio_cache_read: 6,
      image_cache_read: 0,
      audio_input: 7,
      image_input: 0,
      output: 30,
      audio_output: 91,
    });
    expect(usageProblems).toEqual([]);
  });

  it("has a class of error when the response failed", () => {
    const failed = {
      status: "failed",
      error: { code: "server_error", message: "The model gave up on Ada." },
      usage: null,
    };
    expect(normalizeUsage("openai.responses", { ...story, ...failed })).toMatchObject({
      error: "server_error",
      usage: {},
    });
  });
});

describe("tools that ran on the provider's side", () => {
  const search = (action: object, status = "completed") => ({
    type: "web_search_call",
    id: "ws_1",
    status,
    action,
  });

  it("are counted by calls, each search once and opening a page not at all", () => {
    const output = [
      search({ type: "search", query: "a", queries: ["a", "b"] }),
      search({ type: "open_page", url: "https://example.com" }),
      search({ type: "find_in_page", url: "https://example.com", pattern: "a" }),
      search({ type: "search", query: "c" }),
      search({ type: "search", query: "d" }, "failed"),
      { type: "file_search_call", id: "fs_1", status: "completed", queries: ["a"], results: null },
      { type: "message", role: "assistant", content: [] },
    ];
    expect(unitsOf({ output })).toMatchObject({ search: 2, file_search: 1 });
  });

  // "web_search.num_requests counts billable searches": the comment of Response.tool_usage in the SDK.
  it("are billed as the provider says, where it says so", () => {
    const output = [search({ type: "search", query: "a" }), search({ type: "search", query: "b" })];
    const tool_usage = { web_search: { num_requests: 1 }, image_gen: { input_tokens: 0, output_tokens: 0 } };
    expect(unitsOf({ output, tool_usage })).toMatchObject({ search: 1 });
  });

  it("share a container, which is one session", () => {
    const run = (container_id: string) => ({
      type: "code_interpreter_call",
      status: "completed",
      container_id,
    });
    const shell = {
      type: "shell_call",
      status: "completed",
      environment: { type: "container_reference", container_id: "cntr_2" },
    };
    expect(unitsOf({ output: [run("cntr_1"), run("cntr_1"), run("cntr_2"), shell] })).toMatchObject({
      session: 2,
    });
  });

  it("are absent where none ran", () => {
    expect(unitsOf({})).toEqual({ input: 36, cache_read: 0, output: 87, reasoning: 0 });
  });
});

describe("images made within a response", () => {
  const image_gen = {
    input_tokens: 60,
    input_tokens_details: { text_tokens: 20, image_tokens: 40 },
    output_tokens: 1_100,
    output_tokens_details: { image_tokens: 1_056, text_tokens: 44 },
    total_tokens: 1_160,
  };
  const tool_usage = { image_gen, web_search: { num_requests: 0 } };

  it("are usage of the image model, beside the response's own", () => {
    const answer = { ...story, tool_usage, tools: [{ type: "image_generation", model: "gpt-image-2" }] };
    const { usage, alsoUsed } = normalizeUsage("openai.responses", answer);
    expect(usage).toMatchObject({ input: 36, output: 87, search: 0 });
    expect(alsoUsed).toEqual([
      { model: "gpt-image-2", usage: { input: 20, image_input: 40, output: 44, image_output: 1_056 } },
    ]);
  });

  it("are a count that nobody knows the price of where the image model is not named", () => {
    const { usage, alsoUsed } = normalizeUsage("openai.responses", { ...story, tool_usage });
    expect(usage).toMatchObject({ x_tool_usage_image_gen_tokens: 1_160 });
    expect(alsoUsed).toBeUndefined();
  });
});
