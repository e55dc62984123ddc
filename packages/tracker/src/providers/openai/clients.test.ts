import OpenAI, { AzureOpenAI } from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CallTerms } from "../../recording/call.ts";
import { type ProviderServer, startProviderServer } from "../../testing/provider-server/provider-server.ts";
import { trackerInMemory } from "../testing/same-as-bare.ts";

const ASKED = { model: "gpt-4o-mini", messages: [{ role: "user" as const, content: "Say hello" }] };

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

const newClient = (baseURL = server.openAIUrl) => new OpenAI({ apiKey: "k", baseURL, maxRetries: 0 });

describe("a client that is wrapped", () => {
  it("is the client that was given, and shows no more members", () => {
    const client = newClient();
    const before = Object.keys(client);
    expect(trackerInMemory().tracker.wrap(client)).toBe(client);
    expect(Object.keys(client)).toEqual(before);
  });

  it("records once when it is wrapped twice, even by two trackers", async () => {
    const { tracker, metrics } = trackerInMemory();
    const other = trackerInMemory();
    const client = other.tracker.wrap(tracker.wrap(tracker.wrap(newClient())));
    await client.chat.completions.create(ASKED);
    expect(metrics).toHaveLength(1);
    expect(other.metrics).toHaveLength(0);
  });

  it("records the calls of clients that are made of it", async () => {
    const { tracker, metrics } = trackerInMemory();
    const other = tracker.wrap(newClient()).withOptions({ timeout: 5_000 }).withOptions({ maxRetries: 1 });
    await other.chat.completions.create(ASKED);
    expect(metrics).toHaveLength(1);
  });

  it("records once behind a proxy that is wrapped as well", async () => {
    const { tracker, metrics } = trackerInMemory();
    const client = newClient();
    const proxy = tracker.wrap(new Proxy(client, {}));
    tracker.wrap(client);
    await proxy.chat.completions.create(ASKED);
    await client.chat.completions.create(ASKED);
    expect(metrics).toHaveLength(2);
  });

  it("cannot be frozen before, but may be afterwards", async () => {
    const { tracker, metrics } = trackerInMemory();
    expect(() => tracker.wrap(Object.freeze(newClient()))).toThrow(TypeError);
    await Object.freeze(tracker.wrap(newClient())).chat.completions.create(ASKED);
    expect(metrics).toHaveLength(1);
  });

  it("says that Azure bills what Azure's client does", async () => {
    const { tracker, metrics } = trackerInMemory();
    const options = { apiKey: "k", apiVersion: "2025-04-01-preview", maxRetries: 0 };
    const client = tracker.wrap(new AzureOpenAI({ ...options, baseURL: `${server.url}/openai` }));
    await client.chat.completions.create(ASKED);
    expect(server.requests[0]?.path).toBe("/openai/deployments/gpt-4o-mini/chat/completions");
    expect(metrics).toEqual([expect.objectContaining({ service: "azure", model: "gpt-4o-mini" })]);
  });

  it("keeps calls apart that are made at the same time", async () => {
    const { tracker, metrics } = trackerInMemory();
    const client = tracker.wrap(newClient());
    const models = Array.from({ length: 64 }, (_, index) => `gpt-4o-mini-${index}`);
    await Promise.all(models.map((model) => client.chat.completions.create({ ...ASKED, model })));
    expect(metrics.map(({ model }) => model).sort()).toEqual(models.sort());
    expect(new Set(metrics.map(({ request_id }) => request_id)).size).toBe(64);
  });

  it("leaves a failure that nobody waits for as unhandled as it was", async () => {
    const errors: unknown[] = [];
    const listener = (error: unknown) => errors.push(error);
    const others = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", listener);
    try {
      for (const client of [newClient(), trackerInMemory().tracker.wrap(newClient())]) {
        server.next({ kind: "error", status: 400 });
        const before = errors.length;
        void client.chat.completions.create(ASKED).asResponse();
        while (errors.length === before) await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      process.removeListener("unhandledRejection", listener);
      for (const other of others) process.on("unhandledRejection", other);
    }
    expect(errors.map((error) => (error as Error).constructor.name)).toEqual([
      "BadRequestError",
      "BadRequestError",
    ]);
  });
});

describe("the terms of budgets", () => {
  const cappedBy = async (terms: CallTerms | Promise<CallTerms>) => {
    const enter = () =>
      terms instanceof Promise ? terms.then((later) => ({ terms: later, done() {} })) : { terms, done() {} };
    const { tracker, metrics } = trackerInMemory({ gate: { enter, close: async () => {} } });
    const asked = Object.freeze({ ...ASKED, max_completion_tokens: 500 });
    await tracker.wrap(newClient()).chat.completions.create(asked);
    return { metrics, sent: server.requests[0]?.body };
  };

  it("lower what is asked for, in a copy", async () => {
    const { sent } = await cappedBy({ outputTokensMax: 100, model: "gpt-4.1-nano" });
    expect(sent).toEqual({ ...ASKED, model: "gpt-4.1-nano", max_completion_tokens: 100 });
  });

  it("may come later", async () => {
    const { sent, metrics } = await cappedBy(Promise.resolve({ outputTokensMax: 100 }));
    expect(sent).toEqual({ ...ASKED, max_completion_tokens: 100 });
    expect(metrics).toHaveLength(1);
  });

  it("refuse a call with their own error, and nothing is sent or recorded", async () => {
    const refusal = new RangeError("the budget is used up");
    const refuse = () => {
      throw refusal;
    };
    const { tracker, metrics } = trackerInMemory({ gate: { enter: refuse, close: async () => {} } });
    const call = tracker.wrap(newClient()).chat.completions.create(ASKED);
    await expect(call).rejects.toBe(refusal);
    expect(server.requests).toEqual([]);
    expect(metrics).toEqual([]);
  });
});

describe("the usage of streams", () => {
  const streamed = async (client: OpenAI) => {
    const parts: OpenAI.Chat.ChatCompletionChunk[] = [];
    const stream = await client.chat.completions.create({ ...ASKED, stream: true });
    for await (const part of stream) parts.push(part);
    return parts;
  };
  const refusedWith = (message: string) => ({ kind: "error", status: 400, message }) as const;

  it("is not asked for any more when a provider refuses that, and the application sees no error", async () => {
    const { tracker, metrics } = trackerInMemory();
    const client = tracker.wrap(newClient());
    server.next(refusedWith("Unrecognized request argument supplied: stream_options"));
    expect(await streamed(client)).toHaveLength(10);
    await streamed(client);
    const asked = server.requests.map(({ body }) => body.stream_options);
    expect(asked).toEqual([{ include_usage: true }, undefined, undefined]);
    expect(metrics.map(({ attempts, usage_estimated }) => [attempts, usage_estimated])).toEqual([
      [2, true],
      [undefined, true],
    ]);
  });

  it("stays asked for when a request is refused for something else", async () => {
    const { tracker } = trackerInMemory();
    const client = tracker.wrap(newClient());
    server.next(refusedWith("max_tokens is too large"));
    await expect(streamed(client)).rejects.toThrow("max_tokens is too large");
    await streamed(client);
    const asked = server.requests.map(({ body }) => body.stream_options);
    expect(asked).toEqual([{ include_usage: true }, { include_usage: true }]);
  });

  it.each([
    ["never", undefined, undefined],
    ["auto", undefined, { include_usage: true }],
    ["auto", "groq", undefined],
    ["always", "groq", { include_usage: true }],
  ] as const)("is asked for %s of the service %s: %o", async (streamUsage, service, asked) => {
    const { tracker } = trackerInMemory({ streamUsage });
    await streamed(tracker.wrap(newClient(), service === undefined ? {} : { service }));
    expect(server.requests[0]?.body.stream_options).toEqual(asked);
  });
});
