import { createOpenAI } from "@ai-sdk/openai";
import {
  embed,
  generateText,
  stepCountIs,
  streamText,
  tool,
  wrapEmbeddingModel,
  wrapLanguageModel,
} from "ai";
import * as ai5 from "ai-5";
import { createOpenAI as createOpenAI5 } from "ai-sdk-openai-2";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { withUsageContext } from "../context/usage-context.ts";
import { type ProviderServer, startProviderServer } from "../testing/index.ts";
import { testTracker } from "../testing/test-tracker.ts";
import { usageEmbeddingMiddleware, usageMiddleware } from "./ai-sdk.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterEach(() => server.reset());
afterAll(() => server.close());

const usage = { input: 5, cachedInput: 7, output: 11, reasoning: 13 };
const counted = { input: 5, cache_read: 7, output: 11, reasoning: 13 };
const prompt = "the secret of the sphinx";

function recording() {
  const { tracker, metrics } = testTracker();
  const recorded = async () => {
    await tracker.flush();
    return metrics;
  };
  return { tracker, recorded };
}

const interfaces = ["chat", "responses"] as const;

/** The two versions have the same functions with types of their own. */
const versions = [
  {
    version: 5,
    functions: ai5 as unknown as { generateText: typeof generateText; streamText: typeof streamText },
    setting() {
      const { tracker, recorded } = recording();
      const openai = createOpenAI5({ apiKey: "key", baseURL: server.openAIUrl });
      const wrapped = (name: (typeof interfaces)[number]) =>
        ai5.wrapLanguageModel({ model: openai[name]("gpt-4o"), middleware: usageMiddleware(tracker) });
      const bare = (name: (typeof interfaces)[number]) => openai[name]("gpt-4o") as unknown;
      return { recorded, bare, wrapped: wrapped as (name: string) => unknown };
    },
  },
  {
    version: 6,
    functions: { generateText, streamText },
    setting() {
      const { tracker, recorded } = recording();
      const openai = createOpenAI({ apiKey: "key", baseURL: server.openAIUrl });
      const wrapped = (name: (typeof interfaces)[number]) =>
        wrapLanguageModel({ model: openai[name]("gpt-4o"), middleware: usageMiddleware(tracker) });
      const bare = (name: (typeof interfaces)[number]) => openai[name]("gpt-4o") as unknown;
      return { recorded, bare, wrapped: wrapped as (name: string) => unknown };
    },
  },
];
type Model = Parameters<typeof generateText>[0]["model"];

describe.each(versions)("usageMiddleware with version $version of the AI SDK", ({ functions, setting }) => {
  it.each(interfaces)("generates as before by %s, and records the call once", async (name) => {
    const { bare, wrapped, recorded } = setting();
    server.nextAnswer({ usage, serviceTier: "priority" });
    const expected = await functions.generateText({ model: bare(name) as Model, prompt });
    server.nextAnswer({ usage, serviceTier: "priority" });
    const result = await withUsageContext({ team: "growth" }, () =>
      functions.generateText({ model: wrapped(name) as Model, prompt }),
    );
    expect([result.text, result.usage, result.finishReason]).toEqual([
      expected.text,
      expected.usage,
      expected.finishReason,
    ]);
    const metrics = await recorded();
    expect(metrics).toHaveLength(1);
    expect(metrics[0]).toMatchObject({
      request_id: result.response.id,
      service: "openai",
      model: "gpt-4o",
      operation: name === "chat" ? "chat.completions" : "responses",
      team: "growth",
      usage: counted,
      served: { tier: "priority" },
    });
    expect(JSON.stringify(metrics)).not.toMatch(/sphinx|Good day/);
  });

  it.each(interfaces)("streams as before by %s, and records the call at its end", async (name) => {
    const { wrapped, recorded } = setting();
    server.nextAnswer({ usage });
    const { textStream, response } = functions.streamText({ model: wrapped(name) as Model, prompt });
    let text = "";
    for await (const piece of textStream) text += piece;
    expect(text).toBe("Good day! How may I help?");
    const metrics = await recorded();
    expect(metrics).toHaveLength(1);
    expect(metrics[0]).toMatchObject({ request_id: (await response).id, usage: counted });
    expect(metrics[0]?.time_to_first_token_ms).toBeTypeOf("number");
    expect(metrics[0]?.usage_estimated).toBeUndefined();
  });

  it("records a stream that is aborted, with what is estimated of it", async () => {
    const { wrapped, recorded } = setting();
    const abort = new AbortController();
    server.next({ kind: "slow", free: 3 });
    const { fullStream } = functions.streamText({
      model: wrapped("chat") as Model,
      prompt,
      abortSignal: abort.signal,
      onError: () => {},
    });
    for await (const part of fullStream) if (part.type === "text-delta") abort.abort();
    await expect.poll(recorded).toHaveLength(1);
    expect((await recorded())[0]).toMatchObject({ error: "AbortError", usage_estimated: true });
  });

  it.each([401, 400])("throws as before on status %i, and records that", async (status) => {
    const { bare, wrapped, recorded } = setting();
    const ask = (model: unknown) => {
      server.next({ kind: "error", status });
      return functions.generateText({ model: model as Model, prompt, maxRetries: 0 }).catch((error) => error);
    };
    const expected = await ask(bare("chat"));
    const error = await ask(wrapped("chat"));
    expect([error.name, error.message, error.statusCode]).toEqual([
      expected.name,
      expected.message,
      expected.statusCode,
    ]);
    expect(await recorded()).toMatchObject([{ error: expected.name.replace(/\W/g, ""), usage: {} }]);
  });
});

describe("usageMiddleware", () => {
  it("records each step of a call with tools", async () => {
    const { tracker, recorded } = recording();
    const openai = createOpenAI({ apiKey: "key", baseURL: server.openAIUrl });
    const model = wrapLanguageModel({ model: openai.chat("gpt-4o"), middleware: usageMiddleware(tracker) });
    server.nextAnswer({ toolCalls: [{ name: "tides_at", arguments: { place: "Brest" } }] });
    const tides = tool({ inputSchema: z.object({ place: z.string() }), execute: async () => "12:00" });
    const { text } = await generateText({
      model,
      prompt,
      tools: { tides_at: tides },
      stopWhen: stepCountIs(2),
    });
    expect(text).toBe("Good day! How may I help?");
    expect(await recorded()).toHaveLength(2);
  });

  it("records a stream that is cancelled", async () => {
    const { tracker, recorded } = recording();
    const openai = createOpenAI({ apiKey: "key", baseURL: server.openAIUrl });
    const model = wrapLanguageModel({ model: openai.chat("gpt-4o"), middleware: usageMiddleware(tracker) });
    const { stream } = await model.doStream({
      prompt: [{ role: "user", content: [{ type: "text", text: prompt }] }],
    });
    const reader = stream.getReader();
    for (;;) {
      const { value } = await reader.read();
      if (value?.type === "text-delta" && value.delta !== "") break;
    }
    await reader.cancel();
    const metrics = await recorded();
    expect(metrics).toMatchObject([{ usage_estimated: true, usage: { output: 1 } }]);
    expect(metrics[0]?.usage?.input).toBeGreaterThan(3);
  });

  it("counts the prompt of a stream that is cancelled before it said anything", async () => {
    const { tracker, recorded } = recording();
    const openai = createOpenAI({ apiKey: "key", baseURL: server.openAIUrl });
    const model = wrapLanguageModel({ model: openai.chat("gpt-4o"), middleware: usageMiddleware(tracker) });
    const { stream } = await model.doStream({
      prompt: [{ role: "user", content: [{ type: "text", text: prompt }] }],
    });
    await stream.cancel();
    expect(await recorded()).toMatchObject([{ usage_estimated: true, usage: { output: 0 } }]);
  });

  it("has one for embeddings", async () => {
    const { tracker, recorded } = recording();
    const openai = createOpenAI({ apiKey: "key", baseURL: server.openAIUrl });
    const model = wrapEmbeddingModel({
      model: openai.embedding("text-embedding-3-small"),
      middleware: usageEmbeddingMiddleware(tracker),
    });
    const { embedding, usage: told } = await embed({ model, value: prompt });
    expect(embedding.length).toBeGreaterThan(0);
    expect(await recorded()).toMatchObject([
      {
        service: "openai",
        model: "text-embedding-3-small",
        operation: "embeddings",
        usage: { input: told.tokens },
      },
    ]);
  });
});
