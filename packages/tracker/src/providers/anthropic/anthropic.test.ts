import Anthropic from "@anthropic-ai/sdk";
import Anthropic0 from "anthropic-sdk-0";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ProviderServer, startProviderServer } from "../../testing/provider-server/provider-server.ts";
import { compared, type Script, trackerInMemory } from "../testing/same-as-bare.ts";

const SDKS: readonly (readonly [version: string, sdk: typeof Anthropic])[] = [
  ["0.39", Anthropic0 as unknown as typeof Anthropic],
  ["1.12", Anthropic],
];

const ASKED = {
  model: "claude-sonnet-5-5",
  max_tokens: 1_024,
  messages: [{ role: "user", content: "Say hello" }],
} satisfies Anthropic.MessageCreateParamsNonStreaming;
const STREAMED = { ...ASKED, stream: true } as const;

async function partsOf(parts: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

const MESSAGE = { operation: "messages", service: "anthropic", model: "claude-sonnet-5-5" };
const GREETED = { ...MESSAGE, usage: { input: 19, output: 10 } };

type Case = Script<Anthropic> & { readonly calls: readonly Readonly<Record<string, unknown>>[] };

const FULL = { input: 100, cachedInput: 60, cacheWrite: 30, cacheWriteOneHour: 20, output: 20, reasoning: 8 };
const FULL_UNITS = {
  input: 100,
  cache_read: 60,
  cache_write_5m: 30,
  cache_write_1h: 20,
  output: 20,
  reasoning: 8,
};

const CASES: Readonly<Record<string, Case>> = {
  "a message": { run: (client) => client.messages.create(ASKED), calls: [GREETED] },
  "a message that the cache had a part in": {
    behaviours: [{ kind: "answer", usage: FULL }],
    run: (client) => client.messages.create(ASKED),
    calls: [{ ...MESSAGE, usage: FULL_UNITS }],
  },
  "a stream of such a message": {
    behaviours: [{ kind: "answer", usage: { ...FULL, webSearches: 2 } }],
    run: async (client) => partsOf(await client.messages.create(STREAMED)),
    calls: [{ ...MESSAGE, usage: { ...FULL_UNITS, search: 2 }, time_to_first_token_ms: expect.any(Number) }],
  },
  "withResponse()": {
    async run(client) {
      const { data, response, ...others } = await client.messages.create(ASKED).withResponse();
      return { data, others, status: response.status };
    },
    calls: [GREETED],
  },
  "asResponse() and json()": {
    run: async (client) => (await client.messages.create(ASKED).asResponse()).json(),
    calls: [GREETED],
  },
  "asResponse() of a stream": {
    run: async (client) => (await client.messages.create(STREAMED).asResponse()).text(),
    calls: [GREETED],
  },
  "a stream with its class": {
    async run(client) {
      const stream = await client.messages.create(STREAMED);
      return [stream.constructor.name, await partsOf(stream)];
    },
    calls: [GREETED],
  },
  "the stream helper": {
    async run(client) {
      const texts: string[] = [];
      const stream = client.messages.stream(ASKED).on("text", (text) => texts.push(text));
      return [await stream.finalMessage(), texts];
    },
    calls: [GREETED],
  },
  "the stream helper, aborted": {
    behaviours: [{ kind: "slow", free: 5 }],
    async run(client) {
      const stream = client.messages.stream(ASKED);
      stream.on("text", () => stream.abort());
      return stream.finalMessage();
    },
    calls: [{ ...MESSAGE, usage: { input: 19, output: expect.any(Number) }, usage_estimated: true }],
  },
  "a stream that is split": {
    async run(client) {
      const [left, right] = (await client.messages.create(STREAMED)).tee();
      return [await partsOf(left), await partsOf(right)];
    },
    calls: [GREETED],
  },
  "a stream as lines": {
    run: async (client) => new Response((await client.messages.create(STREAMED)).toReadableStream()).text(),
    calls: [GREETED],
  },
  "a stream that is left": {
    async run(client) {
      const stream = await client.messages.create(STREAMED);
      for await (const event of stream) if (event.type === "content_block_delta") break;
      return stream.controller.signal.aborted;
    },
    calls: [{ ...MESSAGE, usage: { input: 19, output: 2 }, usage_estimated: true }],
  },
  "a stream that tells of an error": {
    behaviours: [{ kind: "stream_error", afterChunks: 5, error: { status: 529 } }],
    run: async (client) => partsOf(await client.messages.create(STREAMED)),
    calls: [
      { ...MESSAGE, usage: { input: 19, output: 3 }, usage_estimated: true, error: expect.any(String) },
    ],
  },
  "a broken body": {
    behaviours: [{ kind: "cut", at: "in_body" }],
    run: (client) => client.messages.create(ASKED),
    calls: [
      { operation: "messages", usage: { input: 10 }, usage_estimated: true, error: expect.any(String) },
    ],
  },
  "beta messages": {
    run: (client) => client.beta.messages.create(ASKED),
    calls: [GREETED],
  },
  "a stream of beta messages": {
    run: async (client) => partsOf(await client.beta.messages.create(STREAMED)),
    calls: [GREETED],
  },
  "a try that is refused before one that is answered": {
    behaviours: [{ kind: "error", status: 529, headers: { "retry-after-ms": "1" } }],
    run: (client) => client.messages.create(ASKED, { maxRetries: 1 }),
    calls: [{ ...GREETED, attempts: 2 }],
  },
  "counting tokens, which costs nothing": {
    run: (client) => client.messages.countTokens({ model: ASKED.model, messages: ASKED.messages }),
    calls: [],
  },
};

for (const status of [400, 401, 429, 500, 529] as const)
  Object.assign(CASES, {
    [`an error ${status}`]: {
      behaviours: [{ kind: "error", status }],
      run: (client) => client.messages.create(ASKED),
      calls: [{ usage: {}, error: expect.stringMatching(/Error$/) }],
    } satisfies Case,
  });

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

describe.each(SDKS)("@anthropic-ai/sdk %s", (_version, Sdk) => {
  const newClient = () => new Sdk({ apiKey: "k", baseURL: server.url, maxRetries: 0 });

  it.each(Object.entries(CASES))(
    "is as before with %s, and records each call once",
    async (_name, script) => {
      const { bare, wrapped, metrics, extraRequests } = await compared(server, newClient, script);
      expect(wrapped).toEqual(bare);
      expect(extraRequests).toBe(0);
      expect(metrics).toEqual(script.calls.map((call) => expect.objectContaining(call)));
    },
  );

  it("records the calls of a batch as its results are read, the same each time", async () => {
    server.reset();
    const { tracker, metrics } = trackerInMemory();
    const client = tracker.wrap(newClient());
    const requests = ["a", "b"].map((custom_id) => ({ custom_id, params: ASKED }));
    const { id } = await client.messages.batches.create({ requests });
    server.finishBatches({ failing: ["b"] });

    const read = async () => partsOf(await client.messages.batches.results(id));
    const lines = await read();
    expect(lines).toHaveLength(2);
    expect(metrics).toEqual([
      expect.objectContaining({
        ...MESSAGE,
        usage: expect.objectContaining(GREETED.usage),
        batch_id: id,
        served: { tier: "batch" },
      }),
      expect.objectContaining({ usage: {}, batch_id: id, error: "invalid_request_error" }),
    ]);
    await read();
    expect(metrics.slice(2)).toEqual(metrics.slice(0, 2));
  });
});
