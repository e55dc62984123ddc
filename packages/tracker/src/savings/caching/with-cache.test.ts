import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { withUsageContext } from "../../context/usage-context.ts";
import { type ProviderServer, startProviderServer } from "../../testing/provider-server/provider-server.ts";
import { testTracker } from "../../testing/test-tracker.ts";
import { type CacheStore, memoryStore } from "./cache-store.ts";
import { costOfAnswer } from "./cost-of-answer.ts";
import { withCache } from "./with-cache.ts";

type Request = OpenAI.ChatCompletionCreateParamsNonStreaming;

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

const newClient = () => new OpenAI({ apiKey: "k", baseURL: server.openAIUrl, maxRetries: 0 });
const ask = (request: Request) => newClient().chat.completions.create(request);
const request = (content = "Guten Tag"): Request => ({
  model: "gpt-4o-mini",
  messages: [{ role: "user", content }],
});

/** A store that shows what it is given. */
function openStore() {
  const kept = new Map<string, string>();
  const store: CacheStore = {
    get: async (key) => kept.get(key),
    set: async (key, value) => void kept.set(key, value),
    delete: async (key) => void kept.delete(key),
  };
  return { store, kept };
}

describe("withCache", () => {
  it("answers what was asked before without a call, and without a metric", async () => {
    const { tracker, metrics } = testTracker();
    const openai = tracker.wrap(newClient());
    const costOf = costOfAnswer({
      format: "openai.chat",
      prices: { input: "0.00000015", output: "0.0000006" },
    });
    const cached = withCache((asked: Request) => openai.chat.completions.create(asked), {
      store: memoryStore(),
      costOf,
    });
    const first = await cached(request());
    const { model, messages } = request();
    const second = await cached({ messages, model });
    await tracker.flush();
    expect(second).toEqual(JSON.parse(JSON.stringify(first)));
    expect(server.requests).toHaveLength(1);
    expect(metrics).toHaveLength(1);
    const { prompt_tokens = 0, completion_tokens = 0 } = first.usage ?? {};
    expect([prompt_tokens, completion_tokens]).toEqual([19, 10]);
    // 19 × 0.00000015 + 10 × 0.0000006
    expect(cached.statistics()).toEqual({
      hits: 1,
      joined: 0,
      misses: 1,
      bypassed: 0,
      savedUsd: "0.00000885",
      unpriced: 0,
      problems: 0,
    });
  });

  it("makes equal calls at the same time once, and gives everybody a copy", async () => {
    const cached = withCache(ask, { store: memoryStore() });
    server.next({ kind: "slow", free: 0 });
    const all = [request(), request(), request("Good day"), request()].map((one) => cached(one));
    await server.arrived(2);
    server.release(Number.POSITIVE_INFINITY);
    const [first, second] = await Promise.all(all);
    expect(server.requests).toHaveLength(2);
    expect(second).toEqual(JSON.parse(JSON.stringify(first)));
    if (first) first.choices = [];
    expect(second?.choices).toHaveLength(1);
    expect((await cached(request())).choices).toHaveLength(1);
    expect(cached.statistics()).toMatchObject({ joined: 2, misses: 2, hits: 1, unpriced: 3 });
  });

  it("keeps no failure: those who wait together fail together, the next one asks again", async () => {
    const cached = withCache(ask, { store: memoryStore() });
    server.next({ kind: "error", status: 500 });
    const failed = await Promise.allSettled([cached(request()), cached(request())]);
    expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await cached(request());
    expect(server.requests).toHaveLength(2);
  });

  it("goes on for the others when the one who asked first gives up", async () => {
    const abort = new AbortController();
    const call = (asked: Request, signal?: AbortSignal) =>
      newClient().chat.completions.create(asked, { signal });
    const cached = withCache(call, { store: memoryStore() });
    server.next({ kind: "silence" });
    const first = cached(request(), abort.signal);
    const second = cached(request());
    await server.arrived(1);
    abort.abort();
    await expect(first).rejects.toThrow(OpenAI.APIUserAbortError);
    expect((await second).choices).toHaveLength(1);
  });

  it("names calls by a keyed hash: no text of a prompt is in the store's keys", async () => {
    const { store, kept } = openStore();
    const key = "a secret of the application";
    await withCache(ask, { store, key })(request("Vertraulich"));
    expect([...kept.keys()]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
    await withCache(ask, { store, key })(request("Vertraulich"));
    expect(server.requests).toHaveLength(1);
    await withCache(ask, { store })(request("Vertraulich"));
    expect(server.requests).toHaveLength(2);
    expect(() => withCache(ask, { store, key: "short" })).toThrow(/16 characters/);
  });

  it("keeps users and teams apart, and leaves out who is nobody", async () => {
    const byUser = withCache(ask, { store: memoryStore(), scope: "user" });
    for (const userId of ["ada", "bob", "ada"]) await withUsageContext({ userId }, () => byUser(request()));
    await byUser(request());
    expect(byUser.statistics()).toMatchObject({ hits: 1, misses: 2, bypassed: 1 });
    const byTenant = withCache(ask, { store: memoryStore(), scope: ({ user }) => user ?? undefined });
    for (const user of ["x", "y", "x", undefined])
      await byTenant({ ...request(), ...(user !== undefined && { user }) });
    expect(byTenant.statistics()).toMatchObject({ hits: 1, misses: 2, bypassed: 1 });
  });

  it("lets streams pass", async () => {
    const stream = (asked: Omit<Request, "stream">) =>
      newClient().chat.completions.create({ ...asked, stream: true });
    const { store, kept } = openStore();
    const cached = withCache(stream, { store });
    for (const answer of await Promise.all([cached(request()), cached(request())])) {
      const chunks: unknown[] = [];
      for await (const chunk of answer) chunks.push(chunk);
      expect(chunks.length).toBeGreaterThan(1);
    }
    expect(kept.size).toBe(0);
    expect(server.requests).toHaveLength(2);
  });

  it("does not keep an instance of a class unless it is told how to bring it back", async () => {
    const google = new GoogleGenAI({ apiKey: "k", httpOptions: { baseUrl: server.url } });
    const generate = (contents: string) =>
      google.models.generateContent({ model: "gemini-2.5-flash", contents });
    const plain = withCache(generate, { store: memoryStore() });
    await plain("Hi");
    expect((await plain("Hi")).text).toEqual(expect.any(String));
    expect(plain.statistics()).toMatchObject({ hits: 0, misses: 2 });
    const { GenerateContentResponse } = await import("@google/genai");
    const revived = withCache(generate, {
      store: memoryStore(),
      revive: (answer) => Object.assign(new GenerateContentResponse(), answer),
    });
    const { text } = await revived("Hi");
    expect((await revived("Hi")).text).toBe(text);
    expect(revived.statistics()).toMatchObject({ hits: 1, misses: 1 });
  });

  it("goes on as without a cache when the store fails, hangs, or holds something else", async () => {
    const problems: string[] = [];
    const broken: CacheStore = {
      get: () => Promise.reject(new Error("no connection")),
      set: () => new Promise(() => {}),
      delete: () => Promise.reject(new Error("no connection")),
    };
    const onProblem = ({ message }: Error) => void problems.push(message);
    const cached = withCache(ask, { store: broken, storeTimeoutMs: 5, onProblem });
    expect((await cached(request())).choices).toHaveLength(1);
    expect(problems).toEqual(["no connection", "the store did not answer in 5 ms"]);
    const strange = withCache(ask, { store: { ...broken, get: async () => "{" }, storeTimeoutMs: 5 });
    expect((await strange(request())).choices).toHaveLength(1);
    expect(strange.statistics()).toMatchObject({ misses: 1, problems: 2 });
  });

  it("asks again when an answer is too old, even if the store still has it, or when it is to be forgotten", async () => {
    let now = 0;
    const cached = withCache(ask, { store: openStore().store, ttlSeconds: 60, now: () => now });
    await cached(request());
    now = 59_999;
    await cached(request());
    expect(server.requests).toHaveLength(1);
    now = 60_000;
    await cached(request());
    expect(server.requests).toHaveLength(2);
    await cached.forget(request());
    await cached(request());
    expect(server.requests).toHaveLength(3);
  });

  it("leaves out what has no JSON of its own, and what `when` says", async () => {
    const cached = withCache(async (_: unknown) => ({ answer: 1 }), {
      store: memoryStore(),
      when: (asked) => asked !== "never",
    });
    for (const asked of ["never", "never", new Map(), new Map()]) await cached(asked);
    expect(cached.statistics()).toMatchObject({ bypassed: 4, problems: 2 });
  });
});
