import { ApiError, FunctionCallingConfigMode, GoogleGenAI } from "@google/genai";
import { ApiError as ApiError1, GoogleGenAI as GoogleGenAI1 } from "google-genai-1";
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { withUsageContext } from "../../context/usage-context.ts";
import { type ProviderServer, startProviderServer } from "../../testing/index.ts";
import { testTracker } from "../../testing/test-tracker.ts";

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

const asking = { model: "gemini-2.5-flash", contents: "the secret of the sphinx" };
const usage = { input: 5, cachedInput: 7, output: 11, reasoning: 13, webSearches: 2 };

function withoutHttp<Answer extends object>(answer: Answer): Answer {
  return { ...answer, sdkHttpResponse: undefined };
}

describe.each(versions)("a wrapped client of @google/genai $version", ({ Client, Failure }) => {
  function setting(more: object = {}) {
    const options = { apiKey: "key", httpOptions: { baseUrl: server.url }, ...more };
    const { tracker, metrics } = testTracker();
    const recorded = async () => {
      await tracker.flush();
      return metrics;
    };
    return { bare: new Client(options), client: tracker.wrap(new Client(options)), recorded, tracker };
  }

  it("keeps its type, and is the client that was given", () => {
    const given = new Client({ apiKey: "key" });
    const wrapped = testTracker().tracker.wrap(given);
    expect(wrapped).toBe(given);
    expectTypeOf(wrapped).toEqualTypeOf<GoogleGenAI>();
    expectTypeOf(wrapped.models.generateContentStream).toEqualTypeOf(given.models.generateContentStream);
  });

  it("answers as before, and records the call once", async () => {
    const { bare, client, recorded } = setting();
    const body = { responseId: "answer-1" };
    server.nextAnswer({ usage, body });
    const expected = await bare.models.generateContent(asking);
    server.nextAnswer({ usage, body });
    const answer = await withUsageContext({ team: "growth" }, () => client.models.generateContent(asking));
    expect(withoutHttp(answer)).toEqual(withoutHttp(expected));
    expect(Object.getPrototypeOf(answer)).toBe(Object.getPrototypeOf(expected));
    expect(answer.text).toBe(expected.text);
    const metrics = await recorded();
    expect(metrics).toHaveLength(1);
    expect(metrics[0]).toMatchObject({
      request_id: "answer-1",
      service: "google",
      model: "gemini-2.5-flash",
      operation: "generate_content",
      team: "growth",
      usage: { input: 5, cache_read: 7, output: 11, reasoning: 13, search: 1 },
    });
    expect(JSON.stringify(metrics)).not.toMatch(/sphinx|Good day/);
  });

  it("is wrapped once, however often it is", async () => {
    const { client, tracker, recorded } = setting();
    tracker.wrap(client);
    await client.models.generateContent(asking);
    expect(await recorded()).toHaveLength(1);
  });

  it("streams as before, with the counts of the last chunk", async () => {
    const { bare, client, recorded } = setting();
    const body = { responseId: "answer-2" };
    const read = async (of: GoogleGenAI) => {
      server.nextAnswer({ usage, body });
      const stream = await of.models.generateContentStream(asking);
      const texts: (string | undefined)[] = [];
      for await (const chunk of stream) texts.push(chunk.text);
      return { stream, texts };
    };
    const expected = await read(bare);
    const streamed = await read(client);
    expect(streamed.texts).toEqual(expected.texts);
    expect(Object.keys(streamed.stream)).toEqual(Object.keys(expected.stream));
    expect(streamed.stream[Symbol.asyncIterator]()).toBe(streamed.stream);
    const [metric, ...others] = await recorded();
    expect(others).toEqual([]);
    expect(metric).toMatchObject({
      request_id: "answer-2",
      usage: { input: 5, cache_read: 7, output: 11, reasoning: 13, search: 1 },
    });
    expect(metric?.time_to_first_token_ms).toBeTypeOf("number");
  });

  it("records a stream that is left early by what had come", async () => {
    const { client, recorded } = setting();
    server.next({ kind: "slow", free: 2 });
    for await (const chunk of await client.models.generateContentStream(asking)) {
      expect(chunk.text).toBe("Good");
      break;
    }
    server.release(Number.POSITIVE_INFINITY);
    const [metric, ...others] = await recorded();
    expect(others).toEqual([]);
    expect(metric).toMatchObject({ usage: { input: 19, output: 2 } });
    expect(metric?.error).toBeUndefined();
  });

  it("records a stream whose connection breaks, with its error and what had come", async () => {
    const { bare, client, recorded } = setting();
    const config = { automaticContinuation: false, automaticFunctionCalling: { disable: true } };
    const read = async (of: GoogleGenAI) => {
      server.next({ kind: "cut", at: { chunk: 3 } });
      const texts: unknown[] = [];
      try {
        for await (const chunk of await of.models.generateContentStream({ ...asking, config }))
          texts.push(chunk.text);
      } catch (error) {
        return { texts, error: [(error as Error).name, (error as Error).message] };
      }
      return { texts, error: undefined };
    };
    const expected = await read(bare);
    expect(expected.error).toBeDefined();
    expect(await read(client)).toEqual(expected);
    const metrics = await recorded();
    expect(metrics).toHaveLength(1);
    expect(metrics[0]).toMatchObject({ error: expected.error?.[0], usage: { input: 19 } });
  });

  it("records a stream that the caller aborts", async () => {
    const { client, recorded } = setting();
    const abort = new AbortController();
    server.next({ kind: "slow", free: 1 });
    const config = { abortSignal: abort.signal, automaticContinuation: false };
    const reading = async () => {
      for await (const _ of await client.models.generateContentStream({ ...asking, config })) abort.abort();
    };
    await expect(reading()).rejects.toThrow();
    const metrics = await recorded();
    expect(metrics).toHaveLength(1);
    expect(metrics[0]).toMatchObject({ error: "AbortError", usage: { input: 19, output: 2 } });
  });

  it.each([400, 401, 429, 500])("throws as before on status %i, and records that", async (status) => {
    const { bare, client, recorded } = setting();
    const ask = async (of: GoogleGenAI) => {
      server.next({ kind: "error", status });
      return of.models.generateContent(asking).catch((error: unknown) => error);
    };
    const expected = (await ask(bare)) as ApiError;
    const error = (await ask(client)) as ApiError;
    expect(error).toBeInstanceOf(Failure);
    expect([error.status, error.message]).toEqual([expected.status, expected.message]);
    const metrics = await recorded();
    expect(metrics).toHaveLength(1);
    expect(metrics[0]).toMatchObject({ error: "ApiError", model: "gemini-2.5-flash", usage: {} });
  });

  it("records each request of a call that the SDK answers by functions itself", async () => {
    const { client, recorded } = setting();
    server.nextAnswer({ toolCalls: [{ name: "tides_at", arguments: {} }], usage: { input: 30, output: 3 } });
    server.nextAnswer({ usage: { input: 50, output: 5 } });
    const declaration = { name: "tides_at", description: "Tides" };
    const called: string[] = [];
    const tool = {
      tool: async () => ({ functionDeclarations: [declaration] }),
      callTool: async () => {
        called.push("tides_at");
        return [{ functionResponse: { name: "tides_at", response: { high: "12:00" } } }];
      },
    };
    const answer = await client.models.generateContent({
      ...asking,
      config: {
        tools: [tool],
        toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } },
      },
    });
    expect(answer.text).toBe("Good day! How may I help?");
    expect(called).toEqual(["tides_at"]);
    expect((await recorded()).map(({ usage: used }) => used)).toEqual([
      { input: 30, output: 3 },
      { input: 50, output: 5 },
    ]);
  });

  it("records what chats say", async () => {
    const { bare, client, recorded } = setting();
    const talk = async (of: GoogleGenAI) => {
      const chat = of.chats.create({ model: "gemini-2.5-flash" });
      await chat.sendMessage({ message: "Hello" });
      for await (const _ of await chat.sendMessageStream({ message: "And now?" }));
      return chat.getHistory();
    };
    expect(await talk(client)).toEqual(await talk(bare));
    expect((await recorded()).map(({ usage: used }) => used)).toEqual([
      { input: 19, output: 10 },
      { input: 19, output: 10 },
    ]);
  });

  it("records embeddings, by the bare name of the model", async () => {
    const { client, recorded } = setting();
    await client.models.embedContent({ model: "models/gemini-embedding-001", contents: "sphinx" });
    const metrics = await recorded();
    expect(metrics).toMatchObject([{ operation: "embed_content", model: "gemini-embedding-001" }]);
    expect(JSON.stringify(metrics)).not.toContain("sphinx");
  });

  it("tells Vertex AI and its region apart, and counts embedded tokens and images there", async () => {
    const authClient = { getRequestHeaders: async () => new Headers({ authorization: "Bearer token" }) };
    const { client, recorded } = setting({
      vertexai: true,
      apiKey: undefined,
      project: "p",
      location: "europe-west4",
      googleAuthOptions: { authClient },
    });
    await client.models.generateContent(asking);
    await client.models.embedContent({ model: "text-embedding-005", contents: "sphinx" });
    await client.models.generateImages({
      model: "imagen-4.0-generate-001",
      prompt: "sphinx",
      config: { numberOfImages: 3 },
    });
    const there = { service: "vertex_ai", served: { region: "europe-west4" } };
    expect(await recorded()).toMatchObject([
      { ...there, model: "gemini-2.5-flash" },
      { ...there, model: "text-embedding-005", usage: { input: 19 } },
      { ...there, model: "imagen-4.0-generate-001", usage: { image: 3 } },
    ]);
  });
});
