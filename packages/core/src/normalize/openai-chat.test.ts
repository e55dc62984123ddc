import { describe, expect, it } from "vitest";
import { normalizeUsage } from "./normalize-usage.ts";

/** https://developers.openai.com/api/docs/api-reference/chat/create, the answer of the first example. */
const greeting = {
  id: "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
  object: "chat.completion",
  created: 1741569952,
  model: "gpt-4.1-2025-04-14",
  choices: [
    {
      index: 0,
      message: {
        role: "assistant",
        content: "Hello! How can I assist you today?",
        refusal: null,
        annotations: [],
      },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage: {
    prompt_tokens: 19,
    completion_tokens: 10,
    total_tokens: 29,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  },
  service_tier: "default",
};

const withUsage = (usage: object, more: object = {}) => ({ ...greeting, ...more, usage });

describe("usage of a chat completion", () => {
  it("is read from an answer as it comes", () => {
    expect(normalizeUsage("openai.chat", greeting)).toEqual({
      service: "openai",
      model: "gpt-4.1-2025-04-14",
      requestId: "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
      served: { tier: "standard" },
      usage: { input: 19, cache_read: 0, audio_input: 0, output: 10, reasoning: 0, audio_output: 0 },
      usageProblems: [],
    });
  });

  // https://developers.openai.com/api/docs/guides/prompt-caching: of 2,006 tokens 1,920 were read from the cache.
  it("takes cached tokens out of the prompt", () => {
    const { usage } = normalizeUsage(
      "openai.chat",
      withUsage({
        prompt_tokens: 2006,
        completion_tokens: 300,
        total_tokens: 2306,
        prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0, accepted_prediction_tokens: 0 },
      }),
    );
    expect(usage).toMatchObject({ input: 86, cache_read: 1920, output: 300 });
  });

  // The same guide: 2,600 tokens, of which 2,000 were read, 400 written and 200 neither.
  it("takes written tokens out of the prompt too, for they are billed in place of input", () => {
    const answer = withUsage({
      prompt_tokens: 2600,
      completion_tokens: 100,
      total_tokens: 2700,
      prompt_tokens_details: { cached_tokens: 2000, cache_write_tokens: 400 },
    });
    expect(normalizeUsage("openai.chat", answer).usage).toEqual({
      input: 200,
      cache_read: 2000,
      cache_write_30m: 400,
      output: 100,
    });
    const request = { model: "gpt-6.1-sol", prompt_cache_options: { ttl: "12h" } };
    expect(normalizeUsage("openai.chat", answer, { request }).usage).toMatchObject({ cache_write_12h: 400 });
  });

  it("has reasoning and rejected predictions inside the completion", () => {
    const { usage } = normalizeUsage(
      "openai.chat",
      withUsage({
        prompt_tokens: 66,
        completion_tokens: 1_040,
        total_tokens: 1_106,
        completion_tokens_details: {
          reasoning_tokens: 640,
          accepted_prediction_tokens: 31,
          rejected_prediction_tokens: 143,
        },
      }),
    );
    expect(usage).toEqual({ input: 66, output: 400, reasoning: 640 });
  });

  it("tells audio and images of the prompt from its text, and audio from text in the completion", () => {
    const { usage } = normalizeUsage(
      "openai.chat",
      withUsage({
        prompt_tokens: 1_000,
        completion_tokens: 500,
        total_tokens: 1_500,
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 300, image_tokens: 200, text_tokens: 500 },
        completion_tokens_details: { audio_tokens: 450, text_tokens: 50, reasoning_tokens: 0 },
      }),
    );
    expect(usage).toEqual({
      input: 500,
      cache_read: 0,
      audio_input: 300,
      image_input: 200,
      output: 50,
      reasoning: 0,
      audio_output: 450,
    });
  });

  it("takes the cached tokens of a spoken prompt to be text, as far as there is text", () => {
    const { usage } = normalizeUsage(
      "openai.chat",
      withUsage({
        prompt_tokens: 100,
        completion_tokens: 1,
        total_tokens: 101,
        prompt_tokens_details: { cached_tokens: 50, audio_tokens: 90 },
      }),
    );
    expect(usage).toEqual({ input: 0, cache_read: 10, audio_cache_read: 40, audio_input: 50, output: 1 });
  });

  it("is in the last chunk of a stream, which has no choices", () => {
    const chunk = {
      id: "chatcmpl-123",
      object: "chat.completion.chunk",
      model: "gpt-4o-mini-2024-07-18",
      service_tier: "flex",
      choices: [],
      usage: { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21 },
    };
    expect(normalizeUsage("openai.chat", chunk)).toMatchObject({
      model: "gpt-4o-mini-2024-07-18",
      served: { tier: "flex" },
      usage: { input: 9, output: 12 },
    });
  });

  it("is empty when the answer has none, and no zero is made up", () => {
    const { usage: _, ...without } = greeting;
    expect(normalizeUsage("openai.chat", without)).toMatchObject({
      model: "gpt-4.1-2025-04-14",
      usage: {},
      usageProblems: [],
    });
    expect(normalizeUsage("openai.chat", { ...greeting, usage: null }).usage).toEqual({});
  });
});

describe("what was served and what was asked for", () => {
  it("stand apart, and the model of the answer wins", () => {
    const request = { model: "gpt-4.1", service_tier: "priority", messages: [] };
    expect(normalizeUsage("openai.chat", greeting, { request })).toMatchObject({
      model: "gpt-4.1-2025-04-14",
      served: { tier: "standard" },
      requested: { model: "gpt-4.1", tier: "priority" },
    });
  });

  it("has the model of the request where the answer has none", () => {
    const { model: _, ...nameless } = greeting;
    expect(normalizeUsage("openai.chat", nameless, { request: { model: "gpt-4.1" } }).model).toBe("gpt-4.1");
  });

  it("knows fast as another word for priority, and auto as none", () => {
    const tierFor = (service_tier: string) =>
      normalizeUsage("openai.chat", greeting, { request: { model: "gpt-5.6-sol", service_tier } }).requested
        ?.tier;
    expect(tierFor("fast")).toBe("priority");
    expect(tierFor("auto")).toBeUndefined();
    expect(tierFor("ultrafast")).toBe("ultrafast");
  });

  it("is at the region that the caller names, since no answer of OpenAI's does", () => {
    expect(normalizeUsage("openai.chat", greeting, { region: "eu" }).served).toEqual({
      tier: "standard",
      region: "eu",
    });
  });
});

describe("a count that nobody knows", () => {
  const answer = withUsage({
    prompt_tokens: 40,
    completion_tokens: 10,
    total_tokens: 50,
    smell_tokens: 7,
    zero_tokens: 0,
    prompt_tokens_details: { cached_tokens: 0, hologram_tokens: 3 },
    newTool: { lookupCalls: 2 },
    latency_ms: 12,
    queue_time: 0.5,
  });

  it("is kept under a unit that is named by its place, unless it is zero or counts nothing", () => {
    expect(normalizeUsage("openai.chat", answer).usage).toEqual({
      input: 40,
      cache_read: 0,
      output: 10,
      x_smell_tokens: 7,
      x_prompt_tokens_details_hologram_tokens: 3,
      x_new_tool_lookup_calls: 2,
    });
  });
});

describe("counts that do not add up", () => {
  const problemsOf = (usage: object) => normalizeUsage("openai.chat", withUsage(usage)).usageProblems;

  it("are told when the total is not their sum", () => {
    expect(problemsOf({ prompt_tokens: 40, completion_tokens: 10, total_tokens: 60 })).toEqual([
      "usage.total_tokens is 60, and its parts add up to 50",
    ]);
  });

  it("are cut off and told when more is cached than there is", () => {
    const result = normalizeUsage(
      "openai.chat",
      withUsage({ prompt_tokens: 40, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 50 } }),
    );
    expect(result.usage).toEqual({ input: 0, cache_read: 40, output: 1 });
    expect(result.usageProblems).toEqual([
      "usage.prompt_tokens is 10 less than the cached tokens in it; those are left out",
    ]);
  });

  it("are cut off and told when the parts of a completion are more than it", () => {
    const result = normalizeUsage(
      "openai.chat",
      withUsage({
        prompt_tokens: 1,
        completion_tokens: 10,
        completion_tokens_details: { reasoning_tokens: 12 },
      }),
    );
    expect(result.usage).toEqual({ input: 1, output: 0, reasoning: 10 });
    expect(result.usageProblems).toEqual([
      "usage.completion_tokens is 10, less than the 12 tokens of its parts",
    ]);
  });

  it("are told when they are negative, broken or no numbers", () => {
    const result = normalizeUsage(
      "openai.chat",
      withUsage({ prompt_tokens: -5, completion_tokens: 2.6, total_tokens: "many" }),
    );
    expect(result.usage).toEqual({ input: 0, output: 3 });
    expect(result.usageProblems).toEqual([
      "usage.prompt_tokens is -5, less than nothing; read as 0",
      "usage.completion_tokens is 2.6, no whole number; rounded",
      "usage.total_tokens is no number; not read",
    ]);
  });
});
