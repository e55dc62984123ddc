import { ApiError, GoogleGenAI } from "@google/genai";
import { ApiError as ApiError1, GoogleGenAI as GoogleGenAI1 } from "google-genai-1";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ProviderServer, startProviderServer } from "../provider-server.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterEach(() => server.reset());
afterAll(() => server.close());

const versions = [
  { version: 1, Client: GoogleGenAI1 as unknown as typeof GoogleGenAI, Failure: ApiError1 },
  { version: 2, Client: GoogleGenAI, Failure: ApiError },
];

const asking = { model: "gemini-2.5-flash", contents: "Hello" };

describe.each(versions)("Gemini with @google/genai $version", ({ Client, Failure }) => {
  const options = () => ({ apiKey: "key", httpOptions: { baseUrl: server.url } });
  const client = () => new Client(options());
  const vertex = () => new Client({ ...options(), vertexai: true });

  it("answers with thoughts beside the candidates' tokens", async () => {
    server.nextAnswer({
      usage: { input: 5, cachedInput: 7, output: 11, reasoning: 13, audioInput: 2, webSearches: 2 },
    });
    const answer = await client().models.generateContent(asking);
    expect(answer.text).toBe("Good day! How may I help?");
    expect(answer.responseId).toMatch(/^\w{22}$/);
    expect(answer.modelVersion).toBe("gemini-2.5-flash");
    expect(answer.candidates?.[0]?.groundingMetadata?.webSearchQueries).toHaveLength(2);
    expect(answer.usageMetadata).toMatchObject({
      promptTokenCount: 14,
      cachedContentTokenCount: 7,
      candidatesTokenCount: 11,
      thoughtsTokenCount: 13,
      totalTokenCount: 38,
    });
    expect(server.requests[0]?.path).toBe("/v1beta/models/gemini-2.5-flash:generateContent");
  });

  it("streams counts that run up to those of the call", async () => {
    const counts: (number | undefined)[] = [];
    let text = "";
    for await (const chunk of await client().models.generateContentStream(asking)) {
      counts.push(chunk.usageMetadata?.candidatesTokenCount);
      text += chunk.text;
    }
    expect(text).toBe("Good day! How may I help?");
    expect(counts).toEqual([2, 3, 4, 5, 7, 8, 9, 10]);
  });

  it("calls functions", async () => {
    server.nextAnswer({ toolCalls: [{ name: "tides_at", arguments: { place: "Brest" } }] });
    const answer = await client().models.generateContent(asking);
    expect(answer.functionCalls).toEqual([{ name: "tides_at", args: { place: "Brest" } }]);
  });

  it("embeds, and counts without answering", async () => {
    const model = "gemini-embedding-001";
    const { embeddings } = await client().models.embedContent({ model, contents: ["a", "b"] });
    expect(embeddings).toEqual([{ values: [1, 0, 0, 0] }, { values: [1, 0, 0, 0] }]);
    expect((await client().models.countTokens(asking)).totalTokens).toBe(19);
  });

  it("is Vertex at Vertex's paths: text, vectors with their tokens, images", async () => {
    expect((await vertex().models.generateContent(asking)).text).toBe("Good day! How may I help?");
    const vectors = await vertex().models.embedContent({ model: "text-embedding-005", contents: "a" });
    expect(vectors.embeddings?.[0]?.statistics?.tokenCount).toBe(19);
    const config = { numberOfImages: 2 };
    const images = await vertex().models.generateImages({
      model: "imagen-4.0-generate-001",
      prompt: "A fox",
      config,
    });
    expect(images.generatedImages).toHaveLength(2);
  });

  it.each([
    [400, "INVALID_ARGUMENT"],
    [401, "UNAUTHENTICATED"],
    [429, "RESOURCE_EXHAUSTED"],
    [500, "INTERNAL"],
  ])("fails with %i as %s", async (status, word) => {
    server.next({ kind: "error", status, retryAfterSeconds: 7 });
    const error = await client()
      .models.generateContent(asking)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Failure);
    expect(error).toMatchObject({ status, message: expect.stringContaining(word) });
    expect((error as Error).message).toContain('"retryDelay":"7s"');
  });

  it("breaks with the connection: before the headers, in the body, in the stream", async () => {
    const streamed = async () => {
      for await (const chunk of await client().models.generateContentStream(asking))
        if (seen.push(chunk) === 2) server.release();
    };
    const seen: unknown[] = [];
    server.next(
      { kind: "cut", at: "before_headers" },
      { kind: "cut", at: "in_body" },
      { kind: "cut", at: { chunk: 2 }, held: true },
    );
    await expect(client().models.generateContent(asking)).rejects.toThrow("fetch failed");
    await expect(client().models.generateContent(asking)).rejects.toThrow("terminated");
    await expect(streamed()).rejects.toThrow("terminated");
    expect(seen).toHaveLength(2);
  });
});

it("fails late in a stream of @google/genai 2; version 1 hands the error on as a chunk", async () => {
  const last = async (client: GoogleGenAI) => {
    server.next({ kind: "stream_error", afterChunks: 2, error: { status: 503 } });
    let chunk: unknown;
    for await (chunk of await client.models.generateContentStream(asking));
    return chunk;
  };
  const options = { apiKey: "key", httpOptions: { baseUrl: server.url } };
  await expect(last(new GoogleGenAI(options))).rejects.toBeInstanceOf(ApiError);
  expect(await last(new GoogleGenAI1(options) as unknown as GoogleGenAI)).not.toHaveProperty("candidates");
});
