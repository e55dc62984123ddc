import Anthropic from "@anthropic-ai/sdk";
import Anthropic0 from "anthropic-sdk-0";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ProviderServer, startProviderServer } from "../provider-server.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterEach(() => server.reset());
afterAll(() => server.close());

const versions = [
  { version: "0.39", Client: Anthropic0 as unknown as typeof Anthropic },
  { version: "1", Client: Anthropic },
];

const greeting = {
  model: "claude-sonnet-5",
  max_tokens: 100,
  messages: [{ role: "user" as const, content: "Hello" }],
};

describe.each(versions)("messages with @anthropic-ai/sdk $version", ({ Client }) => {
  const client = (maxRetries = 0) => new Client({ apiKey: "key", baseURL: server.url, maxRetries });

  it("are answered with the usage that was asked for", async () => {
    server.nextAnswer({
      usage: {
        input: 5,
        cachedInput: 7,
        cacheWrite: 3,
        cacheWriteOneHour: 4,
        output: 11,
        reasoning: 13,
        webSearches: 1,
      },
    });
    const message = await client().messages.create(greeting);
    expect(message.id).toMatch(/^msg_01\w{22}$/);
    expect(message).toMatchObject({
      model: "claude-sonnet-5",
      stop_reason: "end_turn",
      usage: {
        input_tokens: 5,
        cache_read_input_tokens: 7,
        cache_creation_input_tokens: 7,
        cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
        output_tokens: 24,
        server_tool_use: { web_search_requests: 1 },
      },
    });
    expect(message.content.map(({ type }) => type)).toEqual([
      "thinking",
      "server_tool_use",
      "web_search_tool_result",
      "text",
    ]);
  });

  it("come with a request id", async () => {
    const { response } = await client().messages.create(greeting).withResponse();
    expect(response.headers.get("request-id")).toMatch(/^req_011C\w{20}$/);
  });

  it("stream as events, each in its place", async () => {
    const types: string[] = [];
    let end: unknown;
    for await (const event of await client().messages.create({ ...greeting, stream: true })) {
      if (event.type === "message_delta") end = event.usage;
      types.push(event.type);
    }
    expect([types[0], types[1], types.at(-2), types.at(-1)]).toEqual([
      "message_start",
      "content_block_start",
      "message_delta",
      "message_stop",
    ]);
    expect(end).toMatchObject({ input_tokens: 19, output_tokens: 10 });
  });

  it("ping in the stream, which the SDK keeps to itself", async () => {
    const { body, url } = await client()
      .messages.create({ ...greeting, stream: true })
      .asResponse();
    expect(await new Response(body as ReadableStream, { headers: { url } }).text()).toContain(
      "event: ping\n",
    );
  });

  it("are put together by the SDK's stream helper as they were sent", async () => {
    const toolCalls = [{ name: "tides_at", arguments: { place: "Brest" } }];
    server.nextAnswer({ toolCalls, usage: { reasoning: 4 } });
    const message = await client().messages.stream(greeting).finalMessage();
    expect(message).toMatchObject({
      stop_reason: "tool_use",
      content: [{ type: "thinking" }, { type: "tool_use", name: "tides_at", input: { place: "Brest" } }],
      usage: { output_tokens: 14 },
    });
  });

  it.each([
    [400, "BadRequestError", "invalid_request_error"],
    [401, "AuthenticationError", "authentication_error"],
    [429, "RateLimitError", "rate_limit_error"],
    [500, "InternalServerError", "api_error"],
    [529, "InternalServerError", "overloaded_error"],
  ] as const)("fail with %i as %s", async (status, name, type) => {
    server.next({ kind: "error", status, retryAfterSeconds: 7 });
    const error = await client()
      .messages.create(greeting)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Client[name]);
    expect(error).toMatchObject({ status, error: { type: "error", error: { type } } });
    const { headers } = error as { headers: Headers | Record<string, string> };
    expect(headers instanceof Headers ? headers.get("retry-after") : headers["retry-after"]).toBe("7");
  });

  it("need a limit of their tokens", async () => {
    const { max_tokens: _, ...unlimited } = greeting;
    const call = client().messages.create(unlimited as typeof greeting);
    await expect(call).rejects.toThrow("max_tokens: Field required");
  });

  it("break with the connection: before the headers, in the body, in the stream", async () => {
    server.next({ kind: "cut", at: "before_headers" });
    await expect(client().messages.create(greeting)).rejects.toBeInstanceOf(Client.APIConnectionError);
    server.next({ kind: "cut", at: "in_body" });
    await expect(client().messages.create(greeting)).rejects.toThrow();
    server.next({ kind: "cut", at: { chunk: 4 } });
    await expect(client().messages.stream(greeting).finalMessage()).rejects.toThrow();
    const ends = server.requests.map(({ ended }) => ended);
    expect(await Promise.all(ends)).toEqual(["cut", "cut", "cut"]);
  });

  it("tell in the stream of an error that came late", async () => {
    server.next({ kind: "stream_error", afterChunks: 3, error: { status: 529 } });
    await expect(client().messages.stream(greeting).finalMessage()).rejects.toThrow("overloaded_error");
  });

  it("run in batches until they are told to finish", async () => {
    const requests = ["good", "bad"].map((custom_id) => ({ custom_id, params: greeting }));
    const { id } = await client().messages.batches.create({ requests });
    expect(await client().messages.batches.retrieve(id)).toMatchObject({ processing_status: "in_progress" });
    server.finishBatches({ failing: ["bad"] });
    const results: unknown[] = [];
    for await (const result of await client().messages.batches.results(id)) results.push(result);
    expect(results).toMatchObject([
      { custom_id: "good", result: { type: "succeeded", message: { usage: { service_tier: "batch" } } } },
      { custom_id: "bad", result: { type: "errored", error: { type: "error" } } },
    ]);
  });

  it("are counted without being made", async () => {
    const { max_tokens: _, ...counted } = greeting;
    expect(await client().messages.countTokens(counted)).toEqual({ input_tokens: 19 });
  });
});
