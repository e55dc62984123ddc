import OpenAI from "openai";
import OpenAI4 from "openai-4";
import OpenAI5 from "openai-5";
import OpenAI7 from "openai-7";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ProviderServer, startProviderServer } from "../../testing/provider-server/provider-server.ts";
import { compared, type Script } from "../testing/same-as-bare.ts";

const SDKS: readonly (readonly [version: string, sdk: typeof OpenAI])[] = [
  ["4", OpenAI4 as unknown as typeof OpenAI],
  ["5", OpenAI5 as unknown as typeof OpenAI],
  ["6", OpenAI],
  ["7", OpenAI7 as unknown as typeof OpenAI],
];

type Params = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;

const ASKED: Params = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Say hello" }] };
const STREAMED = { ...ASKED, stream: true } as const;

/** Where version 4 has its helpers. */
interface Helpers {
  parse: OpenAI["chat"]["completions"]["parse"];
  stream: OpenAI["chat"]["completions"]["stream"];
  runTools: OpenAI["chat"]["completions"]["runTools"];
}

function helpers(client: OpenAI): Helpers {
  const older = client.beta as unknown as { chat?: { completions: Helpers } };
  return older.chat?.completions ?? client.chat.completions;
}

async function partsOf(parts: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

const TOOL = {
  type: "function" as const,
  function: {
    name: "tide_at",
    description: "Tells the tide",
    parameters: { type: "object", properties: { place: { type: "string" } } },
    parse: JSON.parse,
    function: () => "high",
  },
};
const TOOL_CALL = [{ name: "tide_at", arguments: { place: "Cuxhaven" } }];

const file = () => new File([new Uint8Array([1, 2, 3])], "a.png", { type: "image/png" });
const recording = () => new File([new Uint8Array([1, 2, 3])], "a.mp3", { type: "audio/mpeg" });

/** A script, and what of the metrics of its calls is to be there. */
type Case = Script<OpenAI> & { readonly calls: readonly Readonly<Record<string, unknown>>[] };

const CHAT = { operation: "chat.completions", model: "gpt-4o-mini", usage: { input: 19, output: 10 } };
/** The server tells the same usage everywhere. */
const RESPONSES = { ...CHAT, operation: "responses" };

const CASES: Readonly<Record<string, Case>> = {
  "a chat completion": {
    run: (client) => client.chat.completions.create(ASKED),
    calls: [{ ...CHAT, latency_ms: expect.any(Number), attempts: undefined, error: undefined }],
  },
  "cached and reasoning tokens": {
    behaviours: [{ kind: "answer", usage: { input: 100, cachedInput: 60, output: 20, reasoning: 8 } }],
    run: (client) => client.chat.completions.create(ASKED),
    calls: [{ usage: { input: 100, cache_read: 60, output: 20, reasoning: 8 } }],
  },
  "a tool call": {
    behaviours: [{ kind: "answer", toolCalls: TOOL_CALL }],
    run: (client) => client.chat.completions.create({ ...ASKED, tools: [TOOL] }),
    calls: [CHAT],
  },
  "withResponse()": {
    async run(client) {
      const { data, response, ...others } = await client.chat.completions.create(ASKED).withResponse();
      return { data, others, status: response.status, used: response.bodyUsed };
    },
    calls: [CHAT],
  },
  "asResponse() and json()": {
    async run(client) {
      const response = await client.chat.completions.create(ASKED).asResponse();
      return { class: response.constructor.name, status: response.status, data: await response.json() };
    },
    calls: [CHAT],
  },
  "asResponse() and text()": {
    run: async (client) => (await client.chat.completions.create(ASKED).asResponse()).text(),
    calls: [CHAT],
  },
  "asResponse() of a stream, read as bytes": {
    async run(client) {
      const { body } = await client.chat.completions.create(STREAMED).asResponse();
      const parts = await partsOf(body as unknown as AsyncIterable<unknown>);
      return parts.map((part) => Buffer.from(part as Uint8Array).toString()).join("");
    },
    calls: [{ ...CHAT, usage: { input: expect.any(Number), output: 8 }, usage_estimated: true }],
  },
  "asResponse() of one stream of two": {
    async run(client) {
      const [raw, read] = [
        client.chat.completions.create(STREAMED),
        client.chat.completions.create(STREAMED),
      ];
      const text = await (await raw.asResponse()).text();
      return [text, await partsOf(await read)];
    },
    calls: [{ ...CHAT, usage: { input: expect.any(Number), output: 8 }, usage_estimated: true }, CHAT],
  },
  "asResponse() of an answer that the SDK would unwrap": {
    run: async (client) =>
      (
        await client.embeddings.create({ model: "text-embedding-3-small", input: "hello" }).asResponse()
      ).json(),
    calls: [{ operation: "embeddings", model: "text-embedding-3-small" }],
  },
  "asResponse() of a stream whose usage the caller wants": {
    run: async (client) =>
      (
        await client.chat.completions
          .create({ ...STREAMED, stream_options: { include_usage: true } })
          .asResponse()
      ).text(),
    calls: [CHAT],
  },
  "promise, class and helpers of an answer": {
    async run(client) {
      const promise = client.chat.completions.create(ASKED);
      const chained = promise.then((completion) => completion.choices.length);
      return [
        promise.constructor.name,
        promise instanceof Promise,
        await chained,
        await promise.finally(() => {}),
      ];
    },
    calls: [CHAT],
  },
  "parse()": {
    behaviours: [{ kind: "answer", text: '{"a":1}' }],
    run: (client) =>
      helpers(client).parse({
        ...ASKED,
        response_format: { type: "json_schema", json_schema: { name: "a", schema: {} } },
      }),
    calls: [CHAT],
  },
  "a stream": {
    async run(client) {
      const stream = await client.chat.completions.create(STREAMED);
      return {
        class: stream.constructor.name,
        aborted: stream.controller.signal.aborted,
        parts: await partsOf(stream),
      };
    },
    calls: [{ ...CHAT, time_to_first_token_ms: expect.any(Number), usage_estimated: undefined }],
  },
  "a stream whose usage the caller wants": {
    run: async (client) =>
      partsOf(await client.chat.completions.create({ ...STREAMED, stream_options: { include_usage: true } })),
    calls: [CHAT],
  },
  "a stream whose usage the caller does not want": {
    run: async (client) =>
      partsOf(
        await client.chat.completions.create({ ...STREAMED, stream_options: { include_usage: false } }),
      ),
    calls: [{ ...CHAT, usage: { input: expect.any(Number), output: 8 }, usage_estimated: true }],
  },
  "a stream with its response": {
    async run(client) {
      const { data, response } = await client.chat.completions.create(STREAMED).withResponse();
      return [response.status, await partsOf(data)];
    },
    calls: [CHAT],
  },
  "a stream that is split": {
    async run(client) {
      const [left, right] = (await client.chat.completions.create(STREAMED)).tee();
      return [await partsOf(left), await partsOf(right)];
    },
    calls: [CHAT],
  },
  "a stream as lines": {
    run: async (client) =>
      new Response((await client.chat.completions.create(STREAMED)).toReadableStream()).text(),
    calls: [CHAT],
  },
  "a stream that is consumed twice": {
    async run(client) {
      const stream = await client.chat.completions.create(STREAMED);
      await partsOf(stream);
      return partsOf(stream);
    },
    calls: [CHAT],
  },
  "a stream of tool calls": {
    behaviours: [{ kind: "answer", toolCalls: TOOL_CALL }],
    run: async (client) => partsOf(await client.chat.completions.create({ ...STREAMED, tools: [TOOL] })),
    calls: [CHAT],
  },
  "the stream helper": {
    run: (client) => helpers(client).stream(STREAMED).finalChatCompletion(),
    calls: [CHAT],
  },
  "tools that run": {
    behaviours: [{ kind: "answer", toolCalls: TOOL_CALL }, { kind: "answer" }],
    run: (client) =>
      helpers(client)
        .runTools({ ...ASKED, tools: [TOOL] })
        .finalContent(),
    calls: [CHAT, CHAT],
  },
  "a stream that is left": {
    async run(client) {
      const stream = await client.chat.completions.create(STREAMED);
      let seen = 0;
      for await (const _part of stream) if (++seen === 3) break;
      return { seen, aborted: stream.controller.signal.aborted };
    },
    calls: [
      { ...CHAT, usage: { input: expect.any(Number), output: 2 }, usage_estimated: true, error: undefined },
    ],
  },
  "a stream that is aborted": {
    behaviours: [{ kind: "slow", free: 3 }],
    async run(client) {
      const stream = await client.chat.completions.create(STREAMED);
      const seen: unknown[] = [];
      for await (const part of stream) {
        seen.push(part);
        if (seen.length === 3) stream.controller.abort();
      }
      return seen;
    },
    calls: [{ usage: { input: expect.any(Number), output: 2 }, usage_estimated: true }],
  },
  "a stream that tells of an error": {
    behaviours: [{ kind: "stream_error", afterChunks: 3 }],
    run: async (client) => partsOf(await client.chat.completions.create(STREAMED)),
    calls: [{ usage: { input: expect.any(Number), output: 2 }, usage_estimated: true, error: "APIError" }],
  },
  "a stream whose connection breaks": {
    behaviours: [{ kind: "cut", at: { chunk: 3 }, held: true }],
    async run(client, server) {
      const stream = await client.chat.completions.create(STREAMED);
      let seen = 0;
      for await (const _part of stream) if (++seen === 3) server.release();
      return seen;
    },
    calls: [
      { usage: { input: expect.any(Number), output: 2 }, usage_estimated: true, error: expect.any(String) },
    ],
  },
  "a broken body": {
    behaviours: [{ kind: "cut", at: "in_body" }],
    run: (client) => client.chat.completions.create(ASKED),
    calls: [{ usage: { input: expect.any(Number) }, usage_estimated: true, error: expect.any(String) }],
  },
  "a connection that breaks before": {
    behaviours: [{ kind: "cut", at: "before_headers" }],
    run: (client) => client.chat.completions.create(ASKED),
    calls: [{ usage: {}, error: "APIConnectionError", usage_estimated: undefined }],
  },
  "a call that is aborted": {
    behaviours: [{ kind: "silence" }],
    async run(client, server) {
      const controller = new AbortController();
      const call = client.chat.completions.create(ASKED, { signal: controller.signal });
      void server.arrived(1).then(() => controller.abort());
      return call;
    },
    calls: [{ usage: { input: expect.any(Number) }, usage_estimated: true, error: "APIUserAbortError" }],
  },
  "a call that was aborted before": {
    run: (client) => client.chat.completions.create(ASKED, { signal: AbortSignal.abort() }),
    calls: [{ usage: {}, error: "APIUserAbortError" }],
  },
  "a call whose time is up": {
    behaviours: [{ kind: "silence" }],
    run: (client) => client.chat.completions.create(ASKED, { timeout: 100 }),
    calls: [
      { usage: { input: expect.any(Number) }, usage_estimated: true, error: "APIConnectionTimeoutError" },
    ],
  },
  "a try that is refused before one that is answered": {
    behaviours: [{ kind: "error", status: 500, headers: { "retry-after-ms": "1" } }],
    run: (client) => client.chat.completions.create(ASKED, { maxRetries: 1 }),
    calls: [{ ...CHAT, attempts: 2, usage_estimated: undefined }],
  },
  "a try that nobody answers before one that is": {
    behaviours: [{ kind: "silence" }],
    run: (client) => client.chat.completions.create(ASKED, { maxRetries: 1, timeout: 200 }),
    calls: [
      {
        attempts: 2,
        usage: { input: expect.toSatisfy((input) => input > 19), output: 10 },
        usage_estimated: true,
      },
    ],
  },
  "a response": {
    run: (client) => client.responses.create({ model: "gpt-4o-mini", input: "Say hello" }),
    calls: [RESPONSES],
  },
  "a stream of a response": {
    run: async (client) =>
      partsOf(await client.responses.create({ model: "gpt-4o-mini", input: "Say hello", stream: true })),
    calls: [{ ...RESPONSES, time_to_first_token_ms: expect.any(Number) }],
  },
  "the stream helper of responses": {
    run: (client) => client.responses.stream({ model: "gpt-4o-mini", input: "Say hello" }).finalResponse(),
    calls: [RESPONSES],
  },
  "a stream of a response that is left": {
    async run(client) {
      const stream = await client.responses.create({
        model: "gpt-4o-mini",
        input: "Say hello",
        stream: true,
      });
      for await (const event of stream) if (event.type === "response.output_text.delta") return event.delta;
    },
    calls: [{ ...RESPONSES, usage: { input: expect.any(Number), output: 1 }, usage_estimated: true }],
  },
  "a response that is parsed": {
    run: (client) => client.responses.parse({ model: "gpt-4o-mini", input: "Say hello" }),
    calls: [RESPONSES],
  },
  embeddings: {
    run: (client) => client.embeddings.create({ model: "text-embedding-3-small", input: ["a", "b"] }),
    calls: [{ operation: "embeddings", model: "text-embedding-3-small" }],
  },
  images: {
    run: (client) => client.images.generate({ model: "gpt-image-1", prompt: "A fox" }),
    calls: [
      {
        operation: "images.generate",
        model: "gpt-image-1",
        served: { size: "1024x1024", quality: "medium" },
      },
    ],
  },
  "an edited image": {
    run: (client) => client.images.edit({ model: "gpt-image-1", prompt: "A fox", image: file() }),
    calls: [{ operation: "images.edit", model: "gpt-image-1" }],
  },
  "a transcription": {
    run: (client) => client.audio.transcriptions.create({ model: "whisper-1", file: recording() }),
    calls: [{ operation: "audio.transcriptions", model: "whisper-1", usage: { second: 5 } }],
  },
  "a transcription as text": {
    run: (client) =>
      client.audio.transcriptions.create({ model: "whisper-1", file: recording(), response_format: "text" }),
    calls: [{ operation: "audio.transcriptions", usage: { second: 2 }, usage_estimated: true }],
  },
  "a stream of a transcription": {
    run: async (client) =>
      partsOf(
        (await client.audio.transcriptions.create({
          model: "gpt-4o-transcribe",
          file: recording(),
          stream: true,
        })) as AsyncIterable<unknown>,
      ),
    calls: [{ operation: "audio.transcriptions", model: "gpt-4o-transcribe", usage_estimated: undefined }],
  },
  "a translation": {
    run: (client) => client.audio.translations.create({ model: "whisper-1", file: recording() }),
    calls: [{ operation: "audio.translations", model: "whisper-1", usage: { second: 5 } }],
  },
  speech: {
    async run(client) {
      const response = await client.audio.speech.create({ model: "tts-1", voice: "alloy", input: "Hello" });
      return [response.constructor.name, (await response.arrayBuffer()).byteLength];
    },
    calls: [{ operation: "audio.speech", model: "tts-1", usage: { character: 5 } }],
  },
  "speech as events": {
    async run(client) {
      const speech = {
        model: "gpt-4o-mini-tts",
        voice: "alloy",
        input: "Hello",
        stream_format: "sse",
      } as const;
      return (await client.audio.speech.create(speech)).text();
    },
    calls: [
      { operation: "audio.speech", model: "gpt-4o-mini-tts", usage: expect.objectContaining({ input: 19 }) },
    ],
  },
  "what costs nothing": {
    run: async (client) => [
      await partsOf(await client.models.list()),
      await client.moderations.create({ input: "a" }).catch((error: unknown) => String(error)),
    ],
    calls: [],
  },
};

for (const status of [400, 401, 404, 429, 500] as const)
  Object.assign(CASES, {
    [`an error ${status}`]: {
      behaviours: [{ kind: "error", status }],
      run: (client) => client.chat.completions.create(ASKED),
      calls: [
        { usage: {}, error: expect.stringMatching(/Error$/), request_id: expect.stringMatching(/^req_/) },
      ],
    } satisfies Case,
  });

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

describe.each(SDKS)("openai %s", (_version, Sdk) => {
  const newClient = () => new Sdk({ apiKey: "k", baseURL: server.openAIUrl, maxRetries: 0 });

  it.each(Object.entries(CASES))(
    "is as before with %s, and records each call once",
    async (_name, script) => {
      const { bare, wrapped, metrics, extraRequests } = await compared(server, newClient, script);
      expect(wrapped).toEqual(bare);
      expect(extraRequests).toBe(0);
      expect(metrics).toEqual(script.calls.map((call) => expect.objectContaining(withoutUndefined(call))));
      for (const [index, call] of script.calls.entries()) expectAbsent(metrics[index], call);
    },
  );
});

type Members = Readonly<Record<string, unknown>>;

const withoutUndefined = (call: Members): Members =>
  Object.fromEntries(Object.entries(call).filter(([, value]) => value !== undefined));

function expectAbsent(metric: unknown, call: Members): void {
  for (const [name, value] of Object.entries(call))
    if (value === undefined) expect(metric).not.toHaveProperty(name);
}
