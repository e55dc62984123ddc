import OpenAI from "openai";
import OpenAI4 from "openai-4";
import OpenAI5 from "openai-5";
import OpenAI7 from "openai-7";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ProviderServer, startProviderServer } from "../provider-server.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterEach(() => server.reset());
afterAll(() => server.close());

/** What is called here is the same in all versions; their types are not the same classes. */
const versions = [
  { version: 4, Client: OpenAI4 as unknown as typeof OpenAI },
  { version: 5, Client: OpenAI5 as unknown as typeof OpenAI },
  { version: 6, Client: OpenAI },
  { version: 7, Client: OpenAI7 as unknown as typeof OpenAI },
];

const greeting = { model: "gpt-5", messages: [{ role: "user" as const, content: "Hello" }] };

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe.each(versions)("chat completions with openai $version", ({ Client }) => {
  const client = (maxRetries = 0) => new Client({ apiKey: "key", baseURL: server.openAIUrl, maxRetries });

  it("are answered with the usage that was asked for, each with an id of its own", async () => {
    server.nextAnswer({
      usage: { input: 5, cachedInput: 7, cacheWrite: 3, output: 11, reasoning: 13, audioInput: 2 },
    });
    const first = await client().chat.completions.create(greeting);
    expect(first).toMatchObject({
      object: "chat.completion",
      model: "gpt-5",
      service_tier: "default",
      choices: [{ finish_reason: "stop", message: { content: "Good day! How may I help?" } }],
      usage: {
        prompt_tokens: 17,
        completion_tokens: 24,
        total_tokens: 41,
        prompt_tokens_details: { cached_tokens: 7, audio_tokens: 2, cache_write_tokens: 3 },
        completion_tokens_details: { reasoning_tokens: 13 },
      },
    });
    const second = await client().chat.completions.create({ ...greeting, n: 2 });
    expect(second.choices).toHaveLength(2);
    expect(second.id).toMatch(/^chatcmpl-\w{29}$/);
    expect(second.id).not.toBe(first.id);
  });

  it("come with the provider's headers", async () => {
    const { response } = await client().chat.completions.create(greeting).withResponse();
    expect(response.headers.get("x-request-id")).toMatch(/^req_[0-9a-f]{32}$/);
    expect(response.headers.get("openai-processing-ms")).toBe("41");
    expect(response.headers.get("x-ratelimit-remaining-requests")).toBe("9999");
  });

  it("call tools", async () => {
    const toolCalls = [{ name: "tides_at", arguments: { place: "Brest" } }];
    server.next({ kind: "answer", toolCalls }, { kind: "answer", toolCalls });
    const plain = await client().chat.completions.create(greeting);
    const called = { type: "function", function: { name: "tides_at", arguments: '{"place":"Brest"}' } };
    expect(plain.choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: { content: null, tool_calls: [called] },
    });
    const chunks = await all(await client().chat.completions.create({ ...greeting, stream: true }));
    const deltas = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(deltas.map((delta) => delta.function?.arguments).join("")).toBe('{"place":"Brest"}');
  });

  it("stream without a word of usage unless it is asked for", async () => {
    const silent = await all(await client().chat.completions.create({ ...greeting, stream: true }));
    expect(silent.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe(
      "Good day! How may I help?",
    );
    expect(silent.filter((chunk) => "usage" in chunk)).toEqual([]);
    const telling = await all(
      await client().chat.completions.create({
        ...greeting,
        stream: true,
        stream_options: { include_usage: true },
      }),
    );
    expect(telling.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 19, completion_tokens: 10 },
    });
    expect(telling.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect(new Set(telling.map(({ id }) => id)).size).toBe(1);
  });

  it("refuse stream options without a stream, as the API does", async () => {
    const call = client().chat.completions.create({ ...greeting, stream_options: { include_usage: true } });
    await expect(call).rejects.toThrow("'stream_options' parameter is only allowed when 'stream' is enabled");
  });

  it.each([
    [400, "BadRequestError", "invalid_request_error", null],
    [401, "AuthenticationError", "invalid_request_error", "invalid_api_key"],
    [429, "RateLimitError", "requests", "rate_limit_exceeded"],
    [500, "InternalServerError", "server_error", null],
  ] as const)("fail with %i as %s", async (status, name, type, code) => {
    server.next({ kind: "error", status });
    const error = await client()
      .chat.completions.create(greeting)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Client[name]);
    expect(error).toMatchObject({ status, type, code });
  });

  it("are tried again after a 429 that says when", async () => {
    server.next({ kind: "error", status: 429, headers: { "retry-after-ms": "1" } });
    await expect(client(1).chat.completions.create(greeting)).resolves.toMatchObject({
      object: "chat.completion",
    });
    expect(server.requests.map(({ headers }) => headers["x-stainless-retry-count"])).toEqual(["0", "1"]);
  });

  it("break with the connection: before the headers, in the body, in the stream", async () => {
    server.next({ kind: "cut", at: "before_headers" });
    await expect(client().chat.completions.create(greeting)).rejects.toBeInstanceOf(
      Client.APIConnectionError,
    );
    server.next({ kind: "cut", at: "in_body" });
    await expect(client().chat.completions.create(greeting)).rejects.toThrow();
    server.next({ kind: "cut", at: { chunk: 3 }, held: true });
    const seen: unknown[] = [];
    const streamed = async () => {
      for await (const chunk of await client().chat.completions.create({ ...greeting, stream: true }))
        if (seen.push(chunk) === 3) server.release();
    };
    await expect(streamed()).rejects.toThrow();
    expect(seen).toHaveLength(3);
    const ends = server.requests.map(({ ended }) => ended);
    expect(await Promise.all(ends)).toEqual(["cut", "cut", "cut"]);
  });

  it("tell in the stream of an error that came late", async () => {
    server.next({ kind: "stream_error", afterChunks: 2 });
    const streamed = async () => all(await client().chat.completions.create({ ...greeting, stream: true }));
    await expect(streamed()).rejects.toBeInstanceOf(Client.APIError);
  });
});

describe("chat completions on Azure", () => {
  it("are answered at Azure's paths", async () => {
    const { AzureOpenAI } = await import("openai");
    const client = new AzureOpenAI({ apiKey: "key", endpoint: server.url, apiVersion: "2025-04-01-preview" });
    await expect(client.chat.completions.create(greeting)).resolves.toMatchObject({
      object: "chat.completion",
    });
    expect(server.requests[0]?.path).toBe("/openai/deployments/gpt-5/chat/completions");
  });
});
