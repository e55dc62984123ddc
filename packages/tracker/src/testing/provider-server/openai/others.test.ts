import OpenAI, { toFile } from "openai";
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

const versions = [
  { version: 4, Client: OpenAI4 as unknown as typeof OpenAI },
  { version: 5, Client: OpenAI5 as unknown as typeof OpenAI },
  { version: 6, Client: OpenAI },
  { version: 7, Client: OpenAI7 as unknown as typeof OpenAI },
];

const asking = { model: "gpt-5", input: "Hello" };
const recording = () => toFile(Buffer.from("sound"), "hello.mp3");
const taking = { input_tokens: 19, output_tokens: 10, total_tokens: 29 };

describe.each(versions)("other methods with openai $version", ({ Client }) => {
  const client = () => new Client({ apiKey: "key", baseURL: server.openAIUrl, maxRetries: 0 });

  it("answer responses, with reasoning, searches and tools", async () => {
    const toolCalls = [{ name: "tides_at", arguments: { place: "Brest" } }];
    server.next(
      { kind: "answer", usage: { reasoning: 4, webSearches: 1, cachedInput: 2 } },
      { kind: "answer", toolCalls },
    );
    const response = await client().responses.create(asking);
    expect(response.output_text).toBe("Good day! How may I help?");
    expect(response.output.map(({ type }) => type)).toEqual(["reasoning", "web_search_call", "message"]);
    expect(response.usage).toMatchObject({
      input_tokens: 21,
      input_tokens_details: { cached_tokens: 2 },
      output_tokens: 14,
      output_tokens_details: { reasoning_tokens: 4 },
    });
    expect((await client().responses.create(asking)).output).toMatchObject([
      { type: "function_call", name: "tides_at", arguments: '{"place":"Brest"}' },
    ]);
  });

  it("stream responses up to the one event that holds the usage", async () => {
    let text = "";
    let last: { type: string } | undefined;
    for await (const event of await client().responses.create({ ...asking, stream: true })) {
      if (event.type === "response.output_text.delta") text += event.delta;
      last = event;
    }
    expect(text).toBe("Good day! How may I help?");
    expect(last).toMatchObject({ type: "response.completed", response: { usage: taking } });
    const final = await client().responses.stream(asking).finalResponse();
    expect(final.output).toMatchObject([{ type: "message", content: [{ text }] }]);
  });

  it("end a response that is too long as incomplete, and break off one that fails", async () => {
    server.nextAnswer({ finish: "length" });
    const response = await client().responses.create(asking);
    expect(response).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
    });
    server.next({ kind: "stream_error", afterChunks: 3, error: { status: 500, message: "It broke" } });
    const types: string[] = [];
    const streamed = async () => {
      for await (const event of await client().responses.create({ ...asking, stream: true }))
        types.push(event.type);
    };
    // Versions differ in whether such an event is thrown; none keeps it back.
    const thrown = await streamed().catch((error: unknown) => error);
    expect(thrown instanceof Client.APIError || types.at(-1) === "error").toBe(true);
  });

  it("embed, in floats and in the base64 that the SDK asks for by itself", async () => {
    const model = "text-embedding-3-small";
    const packed = await client().embeddings.create({ model, input: ["a", "b"], dimensions: 3 });
    const plain = await client().embeddings.create({
      model,
      input: "a",
      dimensions: 3,
      encoding_format: "float",
    });
    expect(server.requests.map(({ body }) => body.encoding_format)).toEqual(["base64", "float"]);
    expect(packed.data.map(({ embedding }) => [...embedding])).toEqual([
      [1, 0, 0],
      [1, 0, 0],
    ]);
    expect(plain).toMatchObject({
      data: [{ embedding: [1, 0, 0] }],
      usage: { prompt_tokens: 19, total_tokens: 19 },
    });
  });

  it("paint, with usage and without", async () => {
    const images = await client().images.generate({ model: "gpt-image-1", prompt: "A fox", n: 2 });
    expect(images).toMatchObject({ data: [{}, {}], usage: taking });
    const older = await client().images.generate({ model: "dall-e-3", prompt: "A fox" });
    expect(older.data?.[0]?.url).toMatch(/^https:/);
    expect(older.usage).toBeUndefined();
  });

  it("speak bytes", async () => {
    const speech = await client().audio.speech.create({ model: "tts-1", voice: "alloy", input: "Hello" });
    expect(speech.headers.get("content-type")).toBe("audio/mpeg");
    expect((await speech.arrayBuffer()).byteLength).toBe(128);
  });

  it("transcribe: billed by tokens, by time, and as text with no word of usage", async () => {
    const { transcriptions } = client().audio;
    const file = await recording();
    const tokens = await transcriptions.create({ model: "gpt-4o-transcribe", file });
    expect(tokens).toMatchObject({ text: "Good day! How may I help?", usage: { type: "tokens", ...taking } });
    expect(server.requests[0]?.body).toMatchObject({
      model: "gpt-4o-transcribe",
      file: { filename: "hello.mp3" },
    });
    const time = await transcriptions.create({ model: "whisper-1", file });
    expect(time).toMatchObject({ usage: { type: "duration", seconds: 5 } });
    const text = await transcriptions.create({ model: "whisper-1", file, response_format: "text" });
    expect(text).toBe("Good day! How may I help?\n");
  });

  it("run batches until they are told to finish", async () => {
    const lines = ["good", "bad"].map((custom_id) =>
      JSON.stringify({
        custom_id,
        method: "POST",
        url: "/v1/chat/completions",
        body: { model: "gpt-5", messages: [] },
      }),
    );
    const file = await toFile(Buffer.from(lines.join("\n")), "in.jsonl");
    const { id: input_file_id } = await client().files.create({ purpose: "batch", file });
    const endpoint = "/v1/chat/completions" as const;
    const { id } = await client().batches.create({ input_file_id, endpoint, completion_window: "24h" });
    expect(await client().batches.retrieve(id)).toMatchObject({ status: "in_progress" });

    server.finishBatches({ failing: ["bad"], answer: { usage: { input: 3 } } });
    const batch = await client().batches.retrieve(id);
    expect(batch).toMatchObject({
      status: "completed",
      request_counts: { total: 2, completed: 1, failed: 1 },
    });
    const content = async (fileId = "") => JSON.parse(await (await client().files.content(fileId)).text());
    expect(await content(batch.output_file_id)).toMatchObject({
      custom_id: "good",
      response: { status_code: 200, body: { object: "chat.completion", usage: { prompt_tokens: 3 } } },
    });
    expect(await content(batch.error_file_id)).toMatchObject({
      custom_id: "bad",
      response: { status_code: 400 },
    });
  });

  it("list models", async () => {
    const models = await client().models.list();
    expect(models.data.map(({ id }) => id)).toContain("gpt-5");
  });
});
