import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { type ProviderServer, startProviderServer } from "../testing/index.ts";
import { testTracker } from "../testing/test-tracker.ts";
import { trackAnthropicMessage, trackGooglePlaces, trackOpenAICompletion } from "./known-functions.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterEach(() => server.reset());
afterAll(() => server.close());

function setting() {
  const { tracker, metrics } = testTracker();
  const recorded = async () => {
    await tracker.flush();
    return metrics;
  };
  return { tracker, recorded };
}

const terms = { service: "acme", model: "anvil-1", operation: "forge" };

describe("a tracked function", () => {
  it("keeps its type, its name and its length", () => {
    const { tracker } = setting();
    const forge = async (iron: number, _name?: string): Promise<{ weight: number }> => ({ weight: iron });
    const tracked = tracker.track({ ...terms, usage: ({ weight }) => ({ x_grams: weight }) }, forge);
    expectTypeOf(tracked).toEqualTypeOf(forge);
    expect([tracked.name, tracked.length]).toEqual(["forge", 2]);
  });

  it("returns what it returned, and is a request where nothing else is told", async () => {
    const { tracker, recorded } = setting();
    const result = {};
    expect(tracker.track(terms, () => result)()).toBe(result);
    expect(await tracker.track(terms, async () => result)()).toBe(result);
    expect(await tracker.track(terms, async () => undefined)()).toBeUndefined();
    expect(await recorded()).toMatchObject(
      Array.from({ length: 3 }, () => ({ ...terms, usage: { request: 1 } })),
    );
  });

  it("passes on its parameters and what it is called on", async () => {
    const { tracker } = setting();
    const forge = {
      heat: 7,
      strike: tracker.track(terms, function (this: { heat: number }, times: number) {
        return this.heat * times;
      }),
    };
    expect(forge.strike(3)).toBe(21);
  });

  it("throws what it threw, and is recorded with the error's class", async () => {
    const { tracker, recorded } = setting();
    const error = new RangeError("the secret of the sphinx");
    const failing = tracker.track(terms, () => {
      throw error;
    });
    expect(failing).toThrow(error);
    await expect(tracker.track(terms, async () => Promise.reject(error))()).rejects.toBe(error);
    const metrics = await recorded();
    expect(metrics).toMatchObject([
      { error: "RangeError", usage: {} },
      { error: "RangeError", usage: {} },
    ]);
    expect(JSON.stringify(metrics)).not.toContain("sphinx");
  });

  it("tells its usage, and all else that it knows", async () => {
    const { tracker, recorded } = setting();
    const usage = (count: number) => ({ x_blows: count });
    await tracker.track({ ...terms, usage }, async (count: number) => count)(3);
    const known = { usage: { output: 4 }, requestId: "blow-1", model: "anvil-2", reportedCost: "0.25" };
    tracker.track({ ...terms, usage: () => known }, () => 1)();
    expect(await recorded()).toMatchObject([
      { usage: { x_blows: 3 } },
      { usage: { output: 4 }, request_id: "blow-1", model: "anvil-2", cost_usd: "0.25" },
    ]);
  });

  it("goes on where what reads its usage, or its request, fails", async () => {
    const { tracker, recorded } = setting();
    const fail = () => {
      throw new TypeError("the secret of the sphinx");
    };
    expect(tracker.track({ ...terms, usage: fail, request: fail }, () => 1)()).toBe(1);
    const metrics = await recorded();
    expect(metrics).toMatchObject([
      { usage: {}, usage_problems: ["what reads the usage of the function failed: TypeError"] },
    ]);
  });
});

describe("what a tracked function returns to iterate over", () => {
  async function* parts() {
    yield { tokens: 1 };
    yield { tokens: 3 };
  }
  const usage = ({ tokens }: { tokens: number }) => ({ output: tokens });

  it("is the same, and is recorded at its end by what was told last", async () => {
    const { tracker, recorded } = setting();
    const generator = parts();
    const returned = tracker.track({ ...terms, usage }, () => generator)();
    expect(returned).toBe(generator);
    expect(await recorded()).toEqual([]);
    const seen: number[] = [];
    for await (const { tokens } of returned) seen.push(tokens);
    expect(seen).toEqual([1, 3]);
    expect(await recorded()).toMatchObject([{ usage: { output: 3 } }]);
  });

  it("is recorded when it is left, by what had come", async () => {
    const { tracker, recorded } = setting();
    for await (const _ of await tracker.track({ ...terms, usage }, async () => parts())()) break;
    expect(await recorded()).toMatchObject([{ usage: { output: 1 } }]);
  });

  it("is recorded with its error when it fails", async () => {
    const { tracker, recorded } = setting();
    const failing = tracker.track({ ...terms, usage }, async function* () {
      yield { tokens: 2 };
      throw new RangeError("no iron");
    });
    const read = async () => {
      for await (const _ of failing());
    };
    await expect(read()).rejects.toThrow("no iron");
    expect(await recorded()).toMatchObject([{ error: "RangeError", usage: { output: 2 } }]);
  });

  it("may be a web stream, read or cancelled", async () => {
    const { tracker, recorded } = setting();
    const stream = () =>
      new ReadableStream<{ tokens: number }>({
        start(controller) {
          controller.enqueue({ tokens: 1 });
          controller.enqueue({ tokens: 3 });
          controller.close();
        },
      });
    const tracked = tracker.track({ ...terms, usage }, stream);
    const seen: number[] = [];
    for await (const { tokens } of tracked()) seen.push(tokens);
    expect(seen).toEqual([1, 3]);
    const reader = tracked().getReader();
    await reader.read();
    await reader.cancel();
    expect(await recorded()).toMatchObject([{ usage: { output: 3 } }, { usage: { output: 1 } }]);
  });

  it("is recorded when nobody reads on, and it is garbage", async () => {
    const { tracker, recorded } = setting();
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const tracked = tracker.track({ ...terms, usage }, parts);
    const readOne = async () => {
      await tracked().next();
    };
    await readOne();
    const recordedNow = () => {
      collectGarbage();
      return recorded();
    };
    await expect.poll(recordedNow, { timeout: 10_000 }).toMatchObject([{ usage: { output: 1 } }]);
  });
});

describe("a function that answers as a provider does", () => {
  const client = () => new OpenAI({ apiKey: "key", baseURL: server.openAIUrl, maxRetries: 0 });
  const message = { role: "user" as const, content: "the secret of the sphinx" };

  it("of OpenAI is recorded as a chat completion, plain and streamed", async () => {
    const { tracker, recorded } = setting();
    const openai = client();
    const complete = trackOpenAICompletion(tracker, (model: string) =>
      openai.chat.completions.create({ model, messages: [message] }),
    );
    const { data, request_id } = await complete("gpt-4o").withResponse();
    expect(data.choices[0]?.message.content).toBe("Good day! How may I help?");
    expect(request_id).toBeTypeOf("string");
    const stream = trackOpenAICompletion(tracker, async (model: string) =>
      openai.chat.completions.create({
        model,
        messages: [message],
        stream: true,
        stream_options: { include_usage: true },
      }),
    );
    for await (const _ of await stream("gpt-4o"));
    const metrics = await recorded();
    const expected = {
      service: "openai",
      operation: "chat.completions",
      model: "gpt-4o",
      usage: { input: 19, output: 10 },
    };
    expect(metrics).toMatchObject([expected, expected]);
    expect(metrics[0]?.request_id).toBe(data.id);
    expect(JSON.stringify(metrics)).not.toMatch(/sphinx|Good day/);
  });

  it("of OpenAI fails as before", async () => {
    const { tracker, recorded } = setting();
    const openai = client();
    const complete = trackOpenAICompletion(tracker, () =>
      openai.chat.completions.create({ model: "gpt-4o", messages: [message] }),
    );
    server.next({ kind: "error", status: 429 });
    await expect(complete()).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    expect(await recorded()).toMatchObject([{ error: "RateLimitError", usage: {} }]);
  });

  it("of Anthropic is recorded as a message, plain and streamed", async () => {
    const { tracker, recorded } = setting();
    const anthropic = new Anthropic({ apiKey: "key", baseURL: server.url, maxRetries: 0 });
    const asked = { model: "claude-sonnet-4-5", max_tokens: 100, messages: [message] };
    await trackAnthropicMessage(tracker, () => anthropic.messages.create(asked))();
    const stream = await trackAnthropicMessage(tracker, () =>
      anthropic.messages.create({ ...asked, stream: true }),
    )();
    for await (const _ of stream);
    const expected = {
      service: "anthropic",
      operation: "messages",
      model: "claude-sonnet-4-5",
      usage: { input: 19, output: 10 },
    };
    expect(await recorded()).toMatchObject([expected, expected]);
  });

  it("of Google Places is a request, by the fields that it asks for", async () => {
    const { tracker, recorded } = setting();
    const fetchPlace = async (id: string, fields: string) => {
      const headers = { "x-goog-api-key": "key", "x-goog-fieldmask": fields };
      const response = await fetch(`${server.url}/v1/places/${id}`, { headers });
      return (await response.json()) as { readonly id: string };
    };
    const place = trackGooglePlaces(tracker, "place_details", fetchPlace, { fields: (_, fields) => fields });
    expectTypeOf(place).toEqualTypeOf(fetchPlace);
    await place("abc", "id,displayName");
    await place("abc", "id,rating");
    expect(await recorded()).toMatchObject([
      { service: "google_places", operation: "place_details_pro", usage: { request: 1 } },
      { service: "google_places", operation: "place_details_enterprise", usage: { request: 1 } },
    ]);
  });
});
